// The message stanzas that a conversation sends (RFC 6121 §5; XEP-0085, 0184, 0333, 0334, 0359).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { type ChatState, chatState } from '@parlance/xmpp/wire/xep-0085.chatstates';
import { receipt, receiptRequest } from '@parlance/xmpp/wire/xep-0184.receipts';
import { displayed, markable } from '@parlance/xmpp/wire/xep-0333.markers';
import type { Pending } from './pending.ts';

const hint = (name: 'store' | 'no-store'): Element => el(name, namespaces.hints);

const message = (id: string, to: string, ...children: readonly Element[]): Element =>
  el('message', namespaces.client, { type: 'chat', id, to }, ...children);

/** Text, asking for a receipt and a marker. */
export const textMessage = ({ id, peer, text }: Pending): Element =>
  message(
    id,
    peer,
    el('body', namespaces.client, {}, text),
    el('origin-id', namespaces.sid, { id }),
    chatState('active'),
    receiptRequest,
    markable,
  );

/** Kept in both archives, so that the sender finds it there after a reload (XEP-0334 §4.4). */
export const receiptMessage = (id: string, to: string, reference: string): Element =>
  message(id, to, receipt(reference), hint('store'));

/** Kept in both archives, so that our other devices and we ourselves find what we have read. */
export const displayedMessage = (id: string, to: string, reference: string): Element =>
  message(id, to, displayed(reference), hint('store'));

/** Of the moment: not kept (XEP-0085 §5.5, XEP-0334 §4.2). */
export const stateMessage = (id: string, to: string, state: ChatState): Element =>
  message(id, to, chatState(state), hint('no-store'));

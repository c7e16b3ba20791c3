// Presence from SIP to XMPP: show, status and priority of a phone as of one more resource (RFC 8048 §6.3, table 2).
import type { PresenceLine } from '@parlance/core/presence';
import { type Element, el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence } from '@parlance/xmpp/wire/rfc-6121.presence';

const ns = namespaces.client;

/** A line as available presence from a full JID, without `to`: text in `jabber:client`. */
export const presenceOfLine = (from: string, line: PresenceLine): string =>
  serialise(presence('available', { from }, ...children(line)), ns);

const children = ({ show, note, activities, priority }: PresenceLine): readonly Element[] => [
  ...(show === 'online' ? [] : [el('show', ns, {}, show)]),
  ...(note === '' ? (activities.includes('on-the-phone') ? onCall : []) : [el('status', ns, {}, note)]),
  ...(priority === 0 ? [] : [el('priority', ns, {}, String(priority))]),
];

/** What stands where a phone says that it is in use and nothing else: in the language of whoever reads it (RFC 6121 §4.7.2.2). */
const onCall = [el('status', ns, {}, 'On a call'), el('status', ns, { 'xml:lang': 'zh' }, '通话中')];

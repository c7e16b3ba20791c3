// How a mailbox entry looks to one session: with its stanza-id, delayed, or as a carbon copy. One function for live, offline and resumed.
import type { Account } from '@parlance/core/account';
import type { MessageKind } from '@parlance/core/envelope';
import { type Address, domainOf } from '@parlance/core/ids';
import type { StoredEntry } from '@parlance/core/store';
import { escapeAttr, serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { delayElement } from '@parlance/xmpp/wire/xep-0203.delay';
import type { Context } from '../context.ts';
import type { Wrapping } from '../session/outbound.ts';
import { stanzaText } from './native.ts';

/** A kept message, ready to be shown. */
export interface Shown {
  /** Payload v1 of an XMPP message. */
  readonly payload: string;
  /** The stanza's type attribute as a copy repeats it (XEP-0280 §7). */
  readonly kind: MessageKind;
  /** The account's archive id, absent when the message is not in its archive (XEP-0313 §3.5), and the account's address. */
  readonly id: string | undefined;
  readonly address: Address;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** An entry of the mailbox, as it came back from the database. */
export const shownEntry = (
  context: Pick<Context, 'archiveIds' | 'toStanza'>,
  account: Account,
  entry: StoredEntry,
): Shown => ({
  payload: stanzaText(context, entry.protocol, entry.payload),
  kind: entry.kind,
  id: entry.archived ? context.archiveIds.seal(account, entry.sequence) : undefined,
  address: account.address,
  time: entry.time,
});

const typeOf: Readonly<Record<MessageKind, string>> = {
  chat: 'chat',
  normal: 'normal',
  headline: 'headline',
  group: 'groupchat',
  error: 'error',
};

const insertLast = (payload: string, extra: string): string => {
  if (extra === '') return payload;
  const end = payload.lastIndexOf('</');
  return end > 0 ? payload.slice(0, end) + extra + payload.slice(end) : `${payload.slice(0, -2)}>${extra}</message>`;
};

const stanzaId = ({ id, address }: Shown): string =>
  id === undefined ? '' : `<stanza-id xmlns='${namespaces.sid}' id='${id}' by='${escapeAttr(address)}'/>`;

const delay = ({ address, time }: Shown): string => serialise(delayElement({ from: domainOf(address), time }));

/** The message with its stanza-id (XEP-0359 §3) and, when it waited, its delay (XEP-0203 §2). */
export const wrap = (shown: Shown, wrapping: Wrapping, jid: string): string => {
  const id = stanzaId(shown);
  if (wrapping === 'plain') return insertLast(shown.payload, id);
  if (wrapping === 'delayed') return insertLast(shown.payload, id + delay(shown));
  return carbon(shown, insertLast(shown.payload, id), wrapping === 'carbon-sent' ? 'sent' : 'received', jid);
};

/** The message as a stanza of its own, wherever it stands. */
const standing = (message: string): string =>
  `<message xmlns='${namespaces.client}'${message.slice('<message'.length)}`;

/** A carbon copy (XEP-0280 §6–7): from the account's bare JID to the full JID of one session. */
const carbon = (shown: Shown, message: string, direction: 'sent' | 'received', jid: string): string => {
  const forwarded = `<forwarded xmlns='${namespaces.forward}'>${standing(message)}</forwarded>`;
  const head = `<message from='${escapeAttr(shown.address)}' to='${escapeAttr(jid)}' type='${typeOf[shown.kind]}'>`;
  return `${head}<${direction} xmlns='${namespaces.carbons}'>${forwarded}</${direction}></message>`;
};

/** A result of an archive query (XEP-0313 §4.2), from the account's bare JID to the full JID of one session. */
export const archiveResult = (shown: Shown, id: string, queryId: string | undefined, jid: string): string => {
  const query = queryId === undefined ? '' : ` queryid='${escapeAttr(queryId)}'`;
  const stamp = serialise(delayElement({ time: shown.time }));
  const forwarded = `<forwarded xmlns='${namespaces.forward}'>${stamp}${standing(shown.payload)}</forwarded>`;
  const head = `<message from='${escapeAttr(shown.address)}' to='${escapeAttr(jid)}'>`;
  return `${head}<result xmlns='${namespaces.mam}'${query} id='${escapeAttr(id)}'>${forwarded}</result></message>`;
};

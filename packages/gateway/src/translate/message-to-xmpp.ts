// A message from SIP to XMPP: text, whether plain, in HTML or in CPIM; typing; what was delivered (RFC 7572 §5, §7; RFC 7573 §5–6).
import { cpimHeader, readCpim } from '@parlance/sip/documents/cpim';
import { readImdn, readNotificationRequest } from '@parlance/sip/documents/imdn';
import { readIsComposing } from '@parlance/sip/documents/is-composing';
import { SipError } from '@parlance/sip/error';
import { from, to } from '@parlance/sip/headers/name-addr';
import { callId, contentType, cseq, type Parameterised } from '@parlance/sip/headers/plain';
import type { SipRequest } from '@parlance/sip/message';
import { isRequest } from '@parlance/sip/message';
import { partHeader, partType } from '@parlance/sip/mime';
import { parameterOf } from '@parlance/sip/parameters';
import { readDatagram } from '@parlance/sip/parse';
import { type Element, el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { chatState } from '@parlance/xmpp/wire/xep-0085.chatstates';
import { receipt, receiptRequest } from '@parlance/xmpp/wire/xep-0184.receipts';
import { jidOfSip } from './addresses.ts';
import { textOfHtml } from './html.ts';

const ns = namespaces.client;

/** What a body says, as children of a stanza, and the id under which its sender will hear of it. */
interface Said {
  readonly children: readonly Element[];
  readonly id?: string | undefined;
}

const nothing: Said = { children: [] };

/** A kept SIP message (payload v1) as a kept stanza: text in `jabber:client`. Undefined when it is none, or cannot be read. */
export const stanzaOfSip = (payload: Uint8Array): string | undefined => {
  const message = readDatagram(payload);
  if (message === undefined || !isRequest(message)) return undefined;
  try {
    return serialise(stanzaOf(message), ns);
  } catch (error) {
    if (error instanceof SipError) return undefined;
    throw error;
  }
};

const stanzaOf = (message: SipRequest): Element => {
  const sender = jidOfSip(message.one(from).uri);
  const recipient = jidOfSip(message.uri) ?? jidOfSip(message.one(to).uri);
  const { children, id } = said(message.optional(contentType) ?? plain, message.body, 0);
  const subject = message.text('subject');
  const language = message.text('content-language');
  return el(
    'message',
    ns,
    {
      from: sender,
      to: recipient,
      id: id ?? idOf(message),
      ...(language === undefined ? {} : { 'xml:lang': language }),
    },
    ...(subject === undefined ? [] : [el('subject', ns, {}, subject)]),
    ...children,
    el('thread', ns, {}, message.one(callId)),
  );
};

/** What tells one request from the others of its call: RFC 7572 §5, table 2, has the transaction for it, which is not kept. */
const idOf = (message: SipRequest): string => {
  const number = message.optional(cseq)?.number;
  return number === undefined ? message.one(callId) : `${message.one(callId)}-${number}`;
};

/** What a body is that does not say (RFC 2045 §5.2). */
const plain: Parameterised = { value: 'text/plain', parameters: [] };

/** Messages in messages that are looked into. */
const deepest = 3;

const said = (type: Parameterised, body: Uint8Array, depth: number): Said => {
  switch (type.value) {
    case 'text/plain':
    case 'text/html':
      return { children: [el('body', ns, {}, decode(body, type))] };
    case 'message/cpim':
      return depth < deepest ? saidInCpim(body, depth) : nothing;
    case 'application/im-iscomposing+xml':
      return { children: [chatState(readIsComposing(body).state === 'active' ? 'composing' : 'active')] };
    case 'message/imdn+xml':
      return saidByImdn(body);
    default:
      return { children: [el('body', ns, {}, `[${type.value}]`)] };
  }
};

const saidInCpim = (body: Uint8Array, depth: number): Said => {
  const cpim = readCpim(body);
  const asked = readNotificationRequest(cpim);
  const inner = said(partType(cpim.content), cpim.content.body, depth + 1);
  const subject = cpimHeader(cpim, 'Subject');
  const wantsReceipt = asked?.wishes.includes('positive-delivery') === true;
  return {
    id: asked?.messageId,
    children: [
      ...(subject === undefined ? [] : [el('subject', ns, {}, subject)]),
      ...inner.children,
      ...(wantsReceipt && partHeader(cpim.content, 'content-disposition') !== 'notification' ? [receiptRequest] : []),
    ],
  };
};

/** That a message arrived is a receipt; other news have no word in XMPP that is theirs (RFC 7573 §6). */
const saidByImdn = (body: Uint8Array): Said => {
  const { messageId, disposition } = readImdn(body);
  return disposition.kind === 'delivery' && disposition.status === 'delivered'
    ? { children: [receipt(messageId)] }
    : nothing;
};

/** In whatever character set; what is not in it shows as such. Characters that XML has not are left out. */
const decode = (bytes: Uint8Array, type: Parameterised): string => {
  const text = decodeAs(bytes, parameterOf(type.parameters, 'charset'));
  return characters(type.value === 'text/html' ? textOfHtml(text) : text);
};

const characters = (text: string): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what XML 1.0 §2.2 does not allow
  text.replaceAll(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, '');

/** A character set that nobody knows counts as UTF-8. */
const decodeAs = (bytes: Uint8Array, charset = 'utf-8'): string => {
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
};

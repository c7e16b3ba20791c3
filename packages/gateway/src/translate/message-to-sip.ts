// A message from XMPP to SIP: text with its subject, language and thread; typing; receipts (RFC 7572 §4, RFC 7573 §5–6).

import { addressHeader, type CpimMessage, writeCpim } from '@parlance/sip/documents/cpim';
import { notificationHeaders, writeImdn } from '@parlance/sip/documents/imdn';
import { writeIsComposing } from '@parlance/sip/documents/is-composing';
import { Field } from '@parlance/sip/field';
import { from, to } from '@parlance/sip/headers/name-addr';
import { make, SipRequest } from '@parlance/sip/message';
import { encodeText, oneLine } from '@parlance/sip/text';
import { parseDocument } from '@parlance/xml/document';
import type { Element } from '@parlance/xml/element';
import { storedLimits } from '@parlance/xml/limits';
import { namespaces } from '@parlance/xmpp/namespaces';
import { readChatState } from '@parlance/xmpp/wire/xep-0085.chatstates';
import { asksForReceipt, readReceipt } from '@parlance/xmpp/wire/xep-0184.receipts';
import { sipOfJid } from './addresses.ts';

interface Content {
  readonly type: string;
  readonly body: Uint8Array;
}

const xmlLanguage = 'xml:lang';

/**
 * The kept stanza (payload v1) as a kept SIP message: a MESSAGE with From, To, Call-ID, content and body. Undefined when it has
 * nothing that SIP could show: see the table of losses.
 */
export const sipOfStanza = (payload: string): SipRequest | undefined => {
  const stanza = parseDocument(payload, storedLimits, namespaces.client);
  const [sender, recipient] = [uri(stanza, 'from'), uri(stanza, 'to')];
  if (sender === undefined || recipient === undefined) return undefined;
  const content = contentOf(stanza, { sender, recipient });
  if (content === undefined) return undefined;
  const subject = stanza.childText('subject');
  const language = stanza.attr(xmlLanguage) ?? stanza.child('body')?.attr(xmlLanguage);
  const fields = [
    make(from, { display: '', uri: sender, parameters: [] }),
    make(to, { display: '', uri: recipient, parameters: [] }),
    Field.make('call-id', oneWord(stanza.childText('thread') ?? stanza.attr('id') ?? 'message')),
    ...(subject === undefined ? [] : [Field.make('subject', oneLine(subject))]),
    ...(language === undefined ? [] : [Field.make('content-language', oneLine(language))]),
    Field.make('content-type', content.type),
  ];
  return new SipRequest({ method: 'MESSAGE', uri: recipient, fields, body: content.body });
};

const uri = (stanza: Element, name: 'from' | 'to'): string | undefined => {
  const jid = stanza.attr(name);
  return jid === undefined ? undefined : sipOfJid(jid);
};

/** The two sides, as URIs. */
interface Sides {
  readonly sender: string;
  readonly recipient: string;
}

const plain = 'text/plain;charset=utf-8';

const contentOf = (stanza: Element, sides: Sides): Content | undefined => {
  const text = stanza.childText('body');
  const id = stanza.attr('id');
  if (text !== undefined) {
    const body = encodeText(text);
    return id !== undefined && asksForReceipt(stanza) ? asking(id, sides, body) : { type: plain, body };
  }
  const arrived = readReceipt(stanza);
  if (arrived !== undefined) return reporting(arrived, sides);
  const state = readChatState(stanza);
  if (state === undefined) return undefined;
  // Of five states SIP knows two (RFC 7573 §5).
  const typing = writeIsComposing({ state: state === 'composing' ? 'active' : 'idle' });
  return { type: 'application/im-iscomposing+xml', body: typing };
};

const wrapped = ({ sender, recipient }: Sides, { headers, content }: CpimMessage): Content => {
  const addresses = [addressHeader('From', { uri: sender }), addressHeader('To', { uri: recipient })];
  return { type: 'message/cpim', body: writeCpim({ headers: [...addresses, ...headers], content }) };
};

/** Text whose sender wants to know that it arrived (RFC 5438 §7.1; RFC 7573 §6). */
const asking = (messageId: string, sides: Sides, body: Uint8Array): Content =>
  wrapped(sides, {
    headers: notificationHeaders({ messageId, wishes: ['positive-delivery'] }),
    content: { headers: [{ name: 'Content-Type', value: plain }], body },
  });

const notification = [
  { name: 'Content-Type', value: 'message/imdn+xml' },
  { name: 'Content-Disposition', value: 'notification' },
];

/** That a message arrived, whose id it was (RFC 5438 §7.2.1.1). */
const reporting = (messageId: string, sides: Sides): Content =>
  wrapped(sides, {
    headers: notificationHeaders({ messageId: `of-${messageId}`, wishes: [] }),
    content: {
      headers: notification,
      body: writeImdn({ messageId, recipient: sides.sender, disposition: { kind: 'delivery', status: 'delivered' } }),
    },
  });

/** A thread or id as a Call-ID: the characters of a word, no more. */
const oneWord = (text: string): string => encodeURIComponent(text).slice(0, 200);

// A message from XMPP to SIP: text with its subject, language and thread; typing; receipts (RFC 7572 §4, RFC 7573 §5–6).

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
  const content = contentOf(stanza);
  if (sender === undefined || recipient === undefined || content === undefined) return undefined;
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

const contentOf = (stanza: Element): Content | undefined => {
  const text = stanza.childText('body');
  if (text !== undefined) return { type: 'text/plain;charset=utf-8', body: encodeText(text) };
  const state = readChatState(stanza);
  if (state === undefined) return undefined;
  // Of five states SIP knows two (RFC 7573 §5).
  const typing = writeIsComposing({ state: state === 'composing' ? 'active' : 'idle' });
  return { type: 'application/im-iscomposing+xml', body: typing };
};

/** A thread or id as a Call-ID: the characters of a word, no more. */
const oneWord = (text: string): string => encodeURIComponent(text).slice(0, 200);

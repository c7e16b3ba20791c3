// An XMPP message as the core's native payload: payload v1 is the stanza in jabber:client without server-owned elements (ADR 0002).
import type { Columns, MessageKind, Native } from '@parlance/core/envelope';
import type { Protocol } from '@parlance/core/ids';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';

/** A message stanza, serialised at most once however many sessions and archives get it. */
export class NativeMessage implements Native {
  readonly protocol = 'xmpp';
  readonly stanza: Element;
  #text: string | undefined;

  constructor(stanza: Element) {
    this.stanza = stanza;
  }

  payload(): string {
    this.#text ??= serialise(this.stanza, namespaces.client);
    return this.#text;
  }
}

const kinds: Readonly<Record<string, MessageKind>> = {
  chat: 'chat',
  headline: 'headline',
  groupchat: 'group',
  error: 'error',
};

/** The type attribute as a kind; unknown values are `normal` (RFC 6121 §5.2.2). */
export const kindOf = (stanza: Element): MessageKind => {
  const type = stanza.attr('type') ?? 'normal';
  return Object.hasOwn(kinds, type) ? (kinds[type] ?? 'normal') : 'normal';
};

/** The neutral columns of a stanza. */
export const columnsOf = (stanza: Element): Columns => {
  const origin = stanza.child('origin-id', namespaces.sid)?.attr('id') ?? stanza.attr('id');
  const text = stanza.childText('body');
  const thread = stanza.childText('thread');
  return {
    ...(origin === undefined ? {} : { originId: origin }),
    ...(text === undefined ? {} : { text }),
    ...(thread === undefined ? {} : { thread }),
  };
};

/** A kept message of the other protocol as a stanza (payload v1), made by the gateway. */
export type ToStanza = (payload: string | Uint8Array) => string;

const decoder = new TextDecoder();

/** A kept message as a stanza's text, whatever protocol it came by. */
export const stanzaText = (
  { toStanza }: { readonly toStanza: ToStanza },
  protocol: Protocol,
  payload: string | Uint8Array,
): string => {
  if (protocol !== 'xmpp') return toStanza(payload);
  return typeof payload === 'string' ? payload : decoder.decode(payload);
};

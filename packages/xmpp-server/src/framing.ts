// How a stream is put into text: the framing of sockets (RFC 6120 §4.2); WebSockets and BOSH bring their own.
import type { Element } from '@parlance/xml/element';
import { escapeAttr } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { inStream, standingAlone } from '@parlance/xmpp/stream-element';

/** Our stream header (RFC 6120 §4.7). */
export interface Header {
  /** '' when the peer asked for a host that is not ours (RFC 6120 §4.9.1.3). */
  readonly from: string;
  /** The peer's own bare address, where it gave one. */
  readonly to: string | undefined;
  readonly id: string;
  readonly language: string;
}

export interface Framing {
  /** The element that opens the peer's half. */
  readonly root: { readonly ns: string; readonly name: string };
  open(header: Header): string;
  readonly close: string;
  /** A first-level element. */
  element(element: Element): string;
  /** A first-level element that is text already, in the context of `jabber:client`. */
  text(text: string): string;
}

/** The attributes that every framing gives its header. */
export const headerAttributes = ({ from, to, id, language }: Header): string => {
  const addressee = to === undefined ? '' : ` to='${escapeAttr(to)}'`;
  return `id='${id}' from='${escapeAttr(from)}'${addressee} version='1.0' xml:lang='${escapeAttr(language)}'`;
};

/** A first-level element that stands alone: it declares its own namespace (RFC 7395 §3.3.3, XEP-0206 §3). */
export const standing: Pick<Framing, 'element' | 'text'> = {
  element: standingAlone,
  text: (text) => text.replace(/^<(message|presence|iq)(?=[\s/>])/, `<$1 xmlns='${namespaces.client}'`),
};

/** RFC 6120 §4.2: the framing of TCP and TLS streams. */
export const socketFraming: Framing = {
  root: { ns: namespaces.stream, name: 'stream' },
  open: (header) =>
    `<?xml version='1.0'?><stream:stream xmlns='${namespaces.client}' xmlns:stream='${namespaces.stream}' ${headerAttributes(header)}>`,
  close: '</stream:stream>',
  element: inStream,
  text: (text) => text,
};

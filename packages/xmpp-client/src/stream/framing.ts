// How elements are cut out of what a connection brings: an XML stream (RFC 6120 §4) or WebSocket frames (RFC 7395 §3.3).
import type { Element } from '@parlance/xml/element';

export interface StreamHeader {
  /** The domain that is asked for. */
  readonly to: string;
  /** The account, once the connection is confidential (RFC 6120 §4.7.1). */
  readonly from?: string;
  readonly lang?: string;
}

/** What the framing tells its owner, from inside `received`. */
export interface FramingHandler {
  /** The server's stream header. */
  opened(header: Element): void;
  /** A complete first-level element. True: what follows is not for this stream (after STARTTLS's proceed). */
  element(element: Element): boolean;
  /** The server has closed its stream; `elsewhere` when it names another endpoint (RFC 7395 §3.6.1). */
  closed(elsewhere?: string): void;
}

export interface Framing {
  /** The text that opens a stream; forgets everything about the one before. */
  open(header: StreamHeader): string;
  /** The text that closes the stream. */
  readonly close: string;
  encode(element: Element): string;
  /** Hands over what `data` completes. Throws XmlError or ProtocolError when the server breaks the rules. */
  received(data: Uint8Array | string): void;
  /** After authentication the server may send large stanzas. */
  trust(): void;
}

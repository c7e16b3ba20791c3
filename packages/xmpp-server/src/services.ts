// What a client stream works with: shared by all streams of all transports, made once by the composition root.
import type { Element } from '@parlance/xml/element';
import type { Connection } from './connection.ts';
import type { Context } from './context.ts';
import type { Inbound } from './inbound.ts';
import type { Negotiator } from './negotiation/negotiator.ts';
import type { XmppSession } from './session/session.ts';
import type { Sessions } from './session/sessions.ts';
import type { ClientStream } from './stream.ts';

export interface StreamServices {
  readonly context: Context;
  readonly sessions: Sessions;
  readonly inbound: Inbound;
  negotiator(stream: ClientStream): Negotiator;
  /** A first-level element of a bound stream that is no stanza. Throws StreamError when nobody knows it. */
  nonza(session: XmppSession, element: Element, stream: ClientStream): undefined;
  /** TLS for this stream's domain; undefined where there is none (WebSocket, BOSH). */
  readonly upgrade: ((connection: Connection) => void) | undefined;
}

// One connection as the stream sees it: elements in, text out, and what is known of its security. TCP, TLS, WebSocket, BOSH implement it.
import type { Endpoint } from '@parlance/core/session';
import type { Element } from '@parlance/xml/element';
import type { Limits } from '@parlance/xml/limits';

/** What a transport tells its owner. Calls come in order and never after `closed`; none of them throws. */
export interface ConnectionOwner {
  /** The peer's stream header, without children. */
  opened(header: Element): void;
  /** One complete first-level element. */
  element(element: Element): void;
  /** Something was read, whether or not it brought an element: white space, a part of one, a request without any. */
  heard(): void;
  /** The peer closed its half of the stream. */
  ended(): void;
  /** What came is no XML stream: an XmlError or StreamError. Nothing more is read. */
  broken(error: unknown): void;
  /** The transport is gone. */
  closed(): void;
  /** The peer took everything that was waiting. */
  drained(): void;
  /** The peer was written to and has been silent since: make it say something. */
  doubted(): void;
}

/** Channel-binding data for SCRAM-*-PLUS (RFC 5929, RFC 9266). */
export interface ChannelBindings {
  readonly tlsServerEndPoint?: Uint8Array;
  readonly tlsExporter?: Uint8Array;
}

export interface Connection {
  readonly remote: Endpoint;
  readonly transport: 'tcp' | 'tls' | 'websocket' | 'bosh';
  /** TLS, a loopback peer without forwarding headers, or a trusted proxy that says https (ADR 0005). */
  readonly securePath: boolean;
  readonly encrypted: boolean;
  bindings(): ChannelBindings;
  /** Queues one element, or one opening or closing of the stream; everything queued in one turn of the event loop leaves in one write. */
  write(text: string): void;
  /** Bytes queued and not yet taken by the peer. */
  readonly backlog: number;
  /** Bytes that the peer has sent and that were looked at, and for each look as much as it costs. */
  readonly received: number;
  /** Nothing behind the present element is handed over until reading goes on; only the peer's own budget may stop it. */
  pauseReading(paused: boolean): void;
  /** What follows begins with a new header, under these limits (RFC 6120 §4.3.3). */
  restart(limits: Limits): void;
  /** Writes what is queued, then closes; what still arrives is dropped. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

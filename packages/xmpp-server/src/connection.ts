// One client connection as the stream sees it: text out, bytes in, and what is known of its security. TCP, TLS, WebSocket, BOSH implement it.
import type { Endpoint } from '@parlance/core/session';

/** What a transport tells its owner. Calls come in order and never after `closed`. */
export interface ConnectionOwner {
  /** Bytes from the peer; returns how many were consumed (fewer only after a pause for an upgrade). */
  received(bytes: Uint8Array): number;
  /** The transport is gone; `clean` when the peer ended it properly. */
  closed(clean: boolean): void;
  /** The peer took everything that was waiting. */
  drained(): void;
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
  /** Queues text; everything queued in one turn of the event loop leaves in one write. */
  write(text: string): void;
  /** Bytes queued and not yet taken by the peer. */
  readonly backlog: number;
  /** Stops or goes on reading from the peer; only the peer's own budget may stop it. */
  pauseReading(paused: boolean): void;
  /** Writes what is queued, then closes. */
  end(): void;
  /** Closes at once. */
  destroy(): void;
}

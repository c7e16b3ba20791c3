// What the HTTP side knows of whoever is at the other end of a WebSocket or a BOSH request (ADR 0005).
import type { Endpoint } from '@parlance/core/session';

export interface WebPeer {
  /** The client's own address, also behind a trusted proxy. */
  readonly remote: Endpoint;
  /** TLS here, loopback without forwarding headers, or a trusted proxy that says https. */
  readonly securePath: boolean;
}

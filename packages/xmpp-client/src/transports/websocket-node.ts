// XMPP over WebSocket (RFC 7395) with the package ws: Node 20 has no WebSocket of its own.
import { WebSocket } from 'ws';
import type { Transport } from '../transport.ts';
import type { TlsTrust } from './tls-trust.ts';
import { websocket } from './websocket.ts';

export interface NodeWebSocketOptions {
  readonly trust?: TlsTrust;
  /** The Origin header, as a page there would send it. */
  readonly origin?: string;
}

/** A transport over ws. Compression stays off: one connection with it costs hundreds of kilobytes. */
export const nodeWebSocket = (url: string, { trust = {}, origin }: NodeWebSocketOptions = {}): Transport =>
  websocket(
    url,
    (address, protocol) =>
      new WebSocket(address, protocol, {
        perMessageDeflate: false,
        rejectUnauthorized: trust.verify !== false,
        ...(trust.ca === undefined ? {} : { ca: typeof trust.ca === 'string' ? trust.ca : [...trust.ca] }),
        ...(origin === undefined ? {} : { origin }),
      }),
  );

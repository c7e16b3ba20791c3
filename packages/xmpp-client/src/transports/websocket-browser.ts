// XMPP over the browser's own WebSocket (RFC 7395).
import type { Transport } from '../transport.ts';
import { websocket } from './websocket.ts';

/** A transport over the global WebSocket (browsers, and Node from 22 on). */
export const browserWebSocket = (url: string): Transport =>
  websocket(url, (address, protocol) => new WebSocket(address, protocol));

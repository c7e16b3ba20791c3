// XMPP over WebSocket (RFC 7395), over whatever implements the browsers' WebSocket: the global one, or the package ws.
import { ConnectionLost, ProtocolError } from '../errors.ts';
import type { Connection, ConnectionOwner, Transport } from '../transport.ts';

/** The part of a WebSocket that we use. */
export interface WebSocketLike {
  readonly protocol: string;
  send(text: string): void;
  close(code?: number): void;
  addEventListener(type: 'open' | 'close' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
}

/** Begins to connect to `url` with that subprotocol. */
export type WebSocketMaker = (url: string, protocol: string) => WebSocketLike;

/** RFC 7395 §3.1. */
const subprotocol = 'xmpp';

const connectionOver = (socket: WebSocketLike, owner: ConnectionOwner, secure: boolean): Connection => {
  let closed = false;
  const gone = (error?: Error): void => {
    if (closed) return;
    closed = true;
    owner.closed(error);
  };
  socket.addEventListener('close', () => gone());
  socket.addEventListener('error', () => gone(new ConnectionLost('the WebSocket failed')));
  socket.addEventListener('message', ({ data }) => {
    if (closed) return;
    if (typeof data === 'string') owner.received(data);
    else socket.close(1003); // RFC 7395 §3.2: text frames only
  });
  return {
    secure,
    write: (text) => closed || socket.send(text),
    startTls: () => Promise.reject(new ProtocolError('STARTTLS does not exist over WebSocket (RFC 7395 §3.9)')),
    channelBindings: () => new Map(),
    end: () => socket.close(1000),
    destroy: () => {
      socket.close();
      // A closing handshake with a vanished peer takes its time; the owner need not wait for it.
      gone();
    },
  };
};

const opened = (socket: WebSocketLike, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const fail = (reason: string): void => reject(new ConnectionLost(reason));
    const abort = (): void => {
      socket.close();
      fail('given up while connecting');
    };
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    socket.addEventListener('error', () => fail('the WebSocket cannot connect'));
    socket.addEventListener('close', () => fail('the WebSocket was closed while connecting'));
    socket.addEventListener('open', () => {
      signal.removeEventListener('abort', abort);
      if (socket.protocol === subprotocol) return resolve();
      socket.close(1002); // RFC 7395 §3.1: without the subprotocol the other side does not speak XMPP
      fail('the server does not speak XMPP over WebSocket');
    });
  });

/** A transport over WebSocket to `url` (ws: or wss:). TLS, if any, is the URL's; the domain's certificate is its host's. */
export const websocket = (url: string, make: WebSocketMaker): Transport => {
  const secure = url.startsWith('wss:');
  return {
    framing: 'frames',
    requireTls: false,

    async open(owner, signal) {
      const socket = make(url, subprotocol);
      await opened(socket, signal);
      return connectionOver(socket, owner, secure);
    },

    redirected(address) {
      // RFC 7395 §3.6.1: never to a lower security context.
      const follows = address.startsWith('wss://') || (!secure && address.startsWith('ws://'));
      return follows ? websocket(address, make) : undefined;
    },
  };
};

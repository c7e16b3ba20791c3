// XMPP over WebSocket: upgrades taken over from the HTTP side, liveness, an orderly end (RFC 7395).
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Admission, type AdmissionLimits } from '@parlance/base/admission';
import type { Timer } from '@parlance/base/clock';
import type { Turn } from '@parlance/base/turn';
import { WebSocketServer } from 'ws';
import type { StreamServices } from '../services.ts';
import { ClientStream } from '../stream.ts';
import type { WebPeer } from './web-peer.ts';
import { WebSocketConnection, webSocketFraming } from './websocket-connection.ts';

export interface WebSocketParts {
  readonly services: StreamServices;
  readonly turn: Turn;
  readonly limits: AdmissionLimits;
}

export interface WebSocketListener {
  /** Takes over a request whose path, origin and security have been checked. Answers it in any case. */
  upgrade(request: IncomingMessage, wire: Duplex, head: Buffer, peer: WebPeer): void;
  readonly count: () => number;
  /** Ends every stream; resolves when the last connection has gone. */
  close(): Promise<void>;
}

/** Milliseconds of silence after which a peer is asked; a pulled cable is noticed within three times that. */
const interval = 15_000;

/** RFC 7395 §3.1: the client offers the subprotocol, the server agrees to it. */
const subprotocol = 'xmpp';

const offers = ({ headers }: IncomingMessage): boolean =>
  (headers['sec-websocket-protocol'] ?? '').split(',').some((each) => each.trim() === subprotocol);

const refuse = (wire: Duplex, status: string): void => {
  wire.on('error', () => undefined);
  wire.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => wire.destroy());
};

class WebSockets implements WebSocketListener {
  readonly #parts: WebSocketParts;
  readonly #admission: Admission;
  readonly #server: WebSocketServer;
  readonly #open = new Map<WebSocketConnection, ClientStream>();
  #life: Timer | undefined;
  #gone: () => void = () => undefined;

  constructor(parts: WebSocketParts) {
    this.#parts = parts;
    this.#admission = new Admission(parts.limits);
    this.#server = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: parts.services.context.limits.after.bytes,
      handleProtocols: () => subprotocol,
    });
  }

  readonly count = (): number => this.#open.size;

  upgrade(request: IncomingMessage, wire: Duplex, head: Buffer, peer: WebPeer): void {
    if (!offers(request)) {
      refuse(wire, '400 Bad Request');
      return;
    }
    const { address } = peer.remote;
    if (!this.#admission.enter(address)) {
      refuse(wire, '503 Service Unavailable');
      return;
    }
    wire.once('close', () => this.#admission.leave(address));
    this.#server.handleUpgrade(request, wire, head, (socket) => {
      const { services, turn } = this.#parts;
      const connection = new WebSocketConnection(socket, wire, peer, turn, services.context.limits.before);
      const stream = new ClientStream(connection, services, webSocketFraming);
      this.#open.set(connection, stream);
      socket.once('close', () => this.#leave(connection));
      connection.start(stream);
      this.#life ??= this.#watch();
    });
  }

  close(): Promise<void> {
    this.#life?.cancel();
    const gone = new Promise<void>((resolve) => (this.#gone = resolve));
    for (const stream of [...this.#open.values()]) stream.close('system-shutdown');
    if (this.#open.size === 0) this.#gone();
    return gone;
  }

  #leave(connection: WebSocketConnection): void {
    this.#open.delete(connection);
    if (this.#open.size > 0) return;
    this.#life?.cancel();
    this.#life = undefined;
    this.#gone();
  }

  #watch(): Timer {
    return this.#parts.services.context.clock.after(interval, () => {
      for (const connection of [...this.#open.keys()]) connection.checkLife();
      this.#life = this.#open.size > 0 ? this.#watch() : undefined;
    });
  }
}

/** One for all HTTP listeners that share limits. */
export const webSocketListener = (parts: WebSocketParts): WebSocketListener => new WebSockets(parts);

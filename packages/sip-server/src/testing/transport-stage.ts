// Transports on loopback for tests: what came and what was closed is kept; time stands still, turns of the event loop do not.
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { Clock } from '@parlance/base/clock';
import type { Crypto } from '@parlance/base/crypto';
import { silent } from '@parlance/base/log';
import type { Random } from '@parlance/base/random';
import { Turn } from '@parlance/base/turn';
import type { Flow } from '@parlance/sip/flow';
import { isRequest, type SipMessage } from '@parlance/sip/message';
import { respond } from '@parlance/sip/response';
import { serialise } from '@parlance/sip/serialise';
import type { TlsPort, TransportLimits, TransportParts } from '../transport/parts.ts';
import { Transports } from '../transport/transports.ts';
import { authority, oneCertificate, oneKey, twoCertificate, twoKey } from './certificates.ts';

export const stageLimits: TransportLimits = {
  connections: 20,
  perSource: 10,
  head: 65_536,
  body: 262_144,
  stranger: 10_000,
  patience: 30_000,
  idle: 3_600_000,
  unused: 600_000,
  opening: 2_000,
  outbound: 1_000_000,
};

const one = { cert: oneCertificate, key: oneKey, ca: authority };
const two = { cert: twoCertificate, key: twoKey, ca: authority };

/** one.example, and two.example for those who ask for it. */
export const bothNames: TlsPort = {
  context: (name) => createSecureContext(name === 'two.example' ? two : one),
  fallback: () => one,
  onChange: () => undefined,
};

/** Whoever has nothing to show. */
export const nobody: TlsPort = { ...bothNames, fallback: (): SecureContextOptions => ({ ca: authority }) };

interface Came {
  readonly message: SipMessage;
  readonly flow: Flow;
  readonly datagram: number;
}

/** What a test brings; it owns time. */
export interface StagePorts {
  readonly clock: Clock & { advance(ms: number): void };
  readonly crypto: Crypto;
  readonly random: Random;
}

export class TransportStage {
  readonly clock: StagePorts['clock'];
  readonly came: Came[] = [];
  readonly closed: Flow[] = [];
  readonly stun: Uint8Array[] = [];
  readonly transports: Transports;
  #wake: () => void = () => undefined;

  /** `answers`: each request gets 200. */
  constructor(ports: StagePorts, parts: Partial<TransportParts> = {}, answers = true) {
    this.clock = ports.clock;
    this.transports = new Transports({
      ...ports,
      log: silent,
      turn: new Turn(setImmediate),
      limits: stageLimits,
      receive: (message, flow, datagram) => {
        this.came.push({ message, flow, datagram });
        if (answers && isRequest(message)) flow.send(serialise(respond(message, { status: 200 }, 'us')));
        this.#wake();
      },
      closed: (flow) => {
        this.closed.push(flow);
        this.#wake();
      },
      stun: (bytes) => void this.stun.push(bytes),
      ...parts,
    });
  }

  /** Waits until something is true of what came or was closed. */
  async until(done: () => boolean): Promise<void> {
    while (!done())
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
  }

  /** The message that came at this place, counted from 0. */
  async nth(place: number): Promise<Came> {
    await this.until(() => this.came.length > place);
    const found = this.came[place];
    if (found === undefined) throw new Error('nothing came');
    return found;
  }

  async close(): Promise<void> {
    const closing = this.transports.close();
    // Whoever does not close when we do.
    this.clock.advance(1_000);
    await closing;
  }
}

/** A request that everybody understands; lines end as they must. */
export const options = (
  more: readonly string[] = [],
  via = 'SIP/2.0/UDP phone.example;branch=z9hG4bK1',
  body = '',
): string =>
  [
    'OPTIONS sip:one.example SIP/2.0',
    `Via: ${via}`,
    'From: <sip:romeo@one.example>;tag=1',
    'To: <sip:one.example>',
    'Call-ID: 1@phone',
    'CSeq: 1 OPTIONS',
    ...more,
    '',
    body,
  ].join('\r\n');

/** As `options`, for streams. */
export const framed = (via = 'SIP/2.0/TCP phone.example;branch=z9hG4bK1', body = ''): string =>
  options([`Content-Length: ${Buffer.byteLength(body)}`], via, body);

/** Somebody who sends datagrams and keeps those that come. */
export class Datagrams {
  readonly heard: string[] = [];
  readonly #socket: Socket;
  #wake: () => void = () => undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', (bytes) => {
      this.heard.push(bytes.toString());
      this.#wake();
    });
  }

  static async at(address: string): Promise<Datagrams> {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.bind({ address, port: 0 });
    await once(socket, 'listening');
    return new Datagrams(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  say(what: string | Uint8Array, port: number, address = this.#socket.address().address): void {
    this.#socket.send(what, port, address);
  }

  /** The next that comes, or has come. */
  async next(): Promise<string> {
    while (this.heard.length === 0)
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    return this.heard.shift() ?? '';
  }

  close(): void {
    this.#socket.close();
  }
}

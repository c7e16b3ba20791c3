// SIP over a WebSocket: one message a frame, text or binary, Content-Length or not (RFC 7118 §4.2, §5).
import { isUtf8 } from 'node:buffer';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { plainAddress } from '@parlance/base/addresses';
import type { Endpoint } from '@parlance/sip/flow';
import { FrameError } from '@parlance/sip/framer';
import { readDatagram } from '@parlance/sip/parse';
import type { WebSocket } from 'ws';
import { ConnectionFlow, type FlowParts } from './connection-flow.ts';

/** What a frame may have in front of its payload (RFC 6455 §5.2). */
const frameHead = 14;
/** Control frames of the peer between two sweeps; each is answered or ignored, but read in any case. */
const controlBudget = 64;
/** Silent sweeps after which a peer is asked, and after which it is given up: a quarter and half a minute. */
const [doubtful, dead] = [3, 6];

const localOf = (wire: Duplex): Endpoint =>
  wire instanceof Socket
    ? { address: plainAddress(wire.localAddress ?? ''), port: wire.localPort ?? 0 }
    : { address: '', port: 0 };

/** What the HTTP side hands over. */
export interface WebParts {
  readonly socket: WebSocket;
  /** What the WebSocket runs over. */
  readonly wire: Duplex;
  /** The client's own address, also behind a trusted proxy. */
  readonly remote: Endpoint;
  /** Nobody between can read along. */
  readonly secure: boolean;
}

export class WebFlow extends ConnectionFlow {
  readonly #socket: WebSocket;
  readonly #wire: Duplex;
  /** Bytes that came since the last whole frame. */
  #unfinished = 0;
  /** The present portion ended a frame. */
  #progressed = false;
  #controls = 0;
  #silent = 0;

  constructor({ socket, wire, remote, secure }: WebParts, parts: FlowParts) {
    super({ transport: secure ? 'WSS' : 'WS', local: localOf(wire), remote, ours: false, names: [] }, parts);
    this.#socket = socket;
    this.#wire = wire;
    wire.on('data', (bytes: Buffer) => this.#count(bytes.length));
    socket.on('message', (bytes) => this.#take(bytes as Buffer));
    socket.on('ping', () => this.#control());
    socket.on('pong', () => this.#control());
    // A broken frame: ws closes with the right code, 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', () => this.gone());
  }

  /** A browser cannot ask whether we are there, and its machine may be asleep: it is asked (RFC 7118 §6). */
  override sweep(now: number): void {
    this.#controls = 0;
    if (++this.#silent === doubtful) this.#socket.ping();
    if (this.#silent > dead) this.destroy();
    else super.sweep(now);
  }

  protected get waiting(): number {
    return this.#socket.bufferedAmount;
  }

  /** Text wherever it can be: not every browser agent reads binary frames (RFC 7118 §4.2). */
  protected write(bytes: Uint8Array): void {
    this.#socket.send(bytes, { binary: !isUtf8(bytes) });
  }

  protected hold(): void {
    this.#wire.cork();
  }

  protected release(): void {
    this.#wire.uncork();
  }

  protected finish(): void {
    this.#socket.close(1000);
  }

  protected abort(): void {
    this.#socket.terminate();
  }

  /** A frame may be no longer than the message it carries, also while it is still coming. Runs behind ws, which has read the portion. */
  #count(bytes: number): void {
    this.#silent = 0;
    this.#unfinished = this.#progressed ? 0 : this.#unfinished + bytes;
    this.#progressed = false;
    if (this.open && this.#unfinished > this.bounds.whole + frameHead)
      this.broken(new FrameError(513, 'Message Too Large'));
  }

  #control(): void {
    this.stirred();
    if (++this.#controls > controlBudget) this.destroy();
  }

  /** Keep-alives may come in frames of their own (RFC 7118 §6; RFC 5626 §3.5.1). */
  #take(bytes: Buffer): void {
    this.#progressed = true;
    if (!this.open) return;
    if (bytes.length <= 4 && /^(?:\r\n)*$/.test(bytes.toString('latin1'))) {
      if (bytes.length === 4) this.ping();
      else this.pong();
      return;
    }
    const message = readDatagram(bytes);
    if (message === undefined) this.broken(new FrameError(400, 'Malformed message'));
    else if (bytes.length > this.bounds.whole) this.broken(new FrameError(513, 'Message Too Large', message));
    else this.message(message);
  }
}

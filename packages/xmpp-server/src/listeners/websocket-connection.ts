// A WebSocket as a Connection: one document a frame, frames of one turn in one write (RFC 7395 §3.3).
import type { Duplex } from 'node:stream';
import type { Turn } from '@parlance/base/turn';
import type { Endpoint } from '@parlance/core/session';
import { parseDocument } from '@parlance/xml/document';
import type { Limits } from '@parlance/xml/limits';
import { namespaces } from '@parlance/xmpp/namespaces';
import { StreamError } from '@parlance/xmpp/stream-error';
import type { WebSocket } from 'ws';
import type { ChannelBindings, Connection, ConnectionOwner } from '../connection.ts';
import { type Framing, headerAttributes, standing } from '../framing.ts';
import { readCost } from '../pace.ts';
import type { WebPeer } from './web-peer.ts';

/** RFC 7395 §3.3.2, §3.4, §3.6. */
export const webSocketFraming: Framing = {
  root: { ns: namespaces.framing, name: 'open' },
  open: (header) => `<open xmlns='${namespaces.framing}' ${headerAttributes(header)}/>`,
  close: `<close xmlns='${namespaces.framing}'/>`,
  ...standing,
};

/** What a frame may have in front of its payload (RFC 6455 §5.2). */
const frameHead = 14;

/** Control frames of the peer between two looks at its liveness; each is answered or ignored, but read in any case. */
const controlBudget = 64;

export class WebSocketConnection implements Connection {
  readonly remote: Endpoint;
  readonly transport = 'websocket';
  readonly securePath: boolean;
  readonly #socket: WebSocket;
  readonly #wire: Duplex;
  readonly #turn: Turn;
  #owner: ConnectionOwner | undefined;
  #limits: Limits;
  /** Bytes that came since the last whole message. */
  #unfinished = 0;
  #received = 0;
  /** The present portion ended a message. */
  #progressed = false;
  #controls = 0;
  #heard = true;
  #asked = false;
  #corked = false;
  #ended = false;
  #held = false;
  /** Messages that had been read when reading was held. */
  #waiting: string[] = [];

  /** `wire` is what the WebSocket runs over. */
  constructor(socket: WebSocket, wire: Duplex, peer: WebPeer, turn: Turn, limits: Limits) {
    this.#socket = socket;
    this.#wire = wire;
    this.#turn = turn;
    this.#limits = limits;
    this.remote = peer.remote;
    this.securePath = peer.securePath;
  }

  start(owner: ConnectionOwner): void {
    this.#owner = owner;
    const socket = this.#socket;
    this.#wire.on('data', (bytes: Buffer) => this.#count(bytes.length));
    this.#wire.on('drain', () => owner.drained());
    socket.on('message', (data, binary) => this.#message(data as Buffer, binary));
    socket.on('ping', () => this.#control());
    socket.on('pong', () => this.#control());
    // A broken frame: ws closes with the right code, 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#ended = true;
      owner.closed();
    });
  }

  get encrypted(): boolean {
    return this.securePath;
  }

  /** None: the TLS that the client sees may end elsewhere (ADR 0005). */
  bindings(): ChannelBindings {
    return {};
  }

  get backlog(): number {
    return this.#socket.bufferedAmount;
  }

  get received(): number {
    return this.#received;
  }

  write(text: string): void {
    if (this.#ended) return;
    if (!this.#corked) {
      this.#corked = true;
      this.#wire.cork();
      this.#turn.add(this);
    }
    this.#socket.send(text);
  }

  flush(): void {
    this.#corked = false;
    this.#wire.uncork();
  }

  pauseReading(paused: boolean): void {
    this.#held = paused;
    if (paused) this.#socket.pause();
    else {
      this.#read();
      if (!this.#held) this.#socket.resume();
    }
  }

  restart(limits: Limits): void {
    this.#limits = limits;
  }

  /** RFC 7395 §3.6: the WebSocket is closed behind the stream; ws lets the peer answer. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#waiting = [];
    this.#socket.resume();
    this.#socket.close(1000);
  }

  destroy(): void {
    this.#ended = true;
    this.#socket.terminate();
  }

  /** Called at intervals: a peer that was silent for one is asked, one that does not answer for another is gone. */
  checkLife(): void {
    if (this.#heard) this.#asked = false;
    else if (this.#asked) this.destroy();
    else {
      this.#asked = true;
      this.#socket.ping();
    }
    this.#heard = false;
    this.#controls = 0;
  }

  /**
   * A frame may be no longer than the stanza it carries, also while it is still coming (SECURITY-CHECKLIST 3). Runs behind
   * ws, which has read the portion.
   */
  #count(bytes: number): void {
    this.#heard = true;
    this.#received += bytes + readCost;
    this.#owner?.heard();
    this.#unfinished = this.#progressed ? 0 : this.#unfinished + bytes;
    this.#progressed = false;
    if (this.#unfinished <= this.#limits.bytes + frameHead) return;
    this.#unfinished = 0;
    this.#owner?.broken(new StreamError('policy-violation', 'stanza too large'));
  }

  #control(): void {
    if (++this.#controls > controlBudget) this.destroy();
  }

  /** ws gives text as bytes that are known to be UTF-8. */
  #message(data: Buffer, binary: boolean): void {
    this.#progressed = true;
    if (this.#ended) return;
    if (binary) {
      this.#owner?.broken(new StreamError('bad-format', 'a binary frame'));
      return;
    }
    this.#waiting.push(data.toString());
    this.#read();
  }

  #read(): void {
    while (!this.#held && !this.#ended) {
      const text = this.#waiting.shift();
      if (text === undefined) return;
      this.#document(text);
    }
  }

  #document(text: string): void {
    const owner = this.#owner;
    try {
      const element = parseDocument(text, this.#limits);
      if (element.ns !== namespaces.framing) owner?.element(element);
      else if (element.name === 'close') owner?.ended();
      else owner?.opened(element);
    } catch (error) {
      owner?.broken(error);
    }
  }
}

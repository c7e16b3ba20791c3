// What flows over connections have in common: one way out for refusals, a queue with an end, one sweep (RFC 3261 §18.2.2, §18.3).
import type { Flushed } from '@parlance/base/turn';
import type { Endpoint, Flow, TransportName } from '@parlance/sip/flow';
import { FrameError } from '@parlance/sip/framer';
import { via } from '@parlance/sip/headers/via';
import { isRequest, type SipMessage } from '@parlance/sip/message';
import { respond } from '@parlance/sip/response';
import { serialise } from '@parlance/sip/serialise';
import { Bounds } from './bounds.ts';
import type { TransportParts } from './parts.ts';
import { stamped } from './top-via.ts';

/** What a connection is, once it is there. */
export interface ConnectionParts {
  readonly transport: TransportName;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** Opened by us. */
  readonly ours: boolean;
  /** Names that the peer has proved by its certificate (RFC 5922 §7.1), in lower case. */
  readonly names: readonly string[];
}

/** What `Transports` does for its connections. */
export type FlowParts = Pick<TransportParts, 'clock' | 'random' | 'limits' | 'turn' | 'log'> & {
  receive(message: SipMessage, flow: ConnectionFlow): void;
  /** Called once. */
  closed(flow: ConnectionFlow): void;
};

/** Bits of an id. */
const idBits = 128;
/** Bits of the tag of an answer that nobody asks about again. */
const tagBits = 64;

const pong = new Uint8Array([13, 10]);

export abstract class ConnectionFlow implements Flow, Flushed {
  readonly id: string;
  readonly transport: TransportName;
  readonly reliable = true;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly names: readonly string[];
  protected readonly parts: FlowParts;
  protected readonly bounds: Bounds;
  #open = true;
  #queued = false;
  #ponged = false;

  constructor({ transport, local, remote, ours, names }: ConnectionParts, parts: FlowParts) {
    this.id = parts.random.token(idBits);
    this.transport = transport;
    this.local = local;
    this.remote = remote;
    this.names = names;
    this.parts = parts;
    this.bounds = new Bounds(parts.limits, ours, parts.clock.monotonic());
  }

  get open(): boolean {
    return this.#open;
  }

  /** A peer that does not read is gone when its queue is full: what follows could not be understood without what is lost. */
  send(bytes: Uint8Array): boolean {
    if (!this.#open) return false;
    if (this.waiting + bytes.length > this.parts.limits.outbound) {
      this.destroy();
      return false;
    }
    this.bounds.used(this.parts.clock.monotonic());
    this.#queue();
    this.write(bytes);
    return true;
  }

  /** The upper layer knows who this is. */
  trust(): void {
    this.bounds.trust();
  }

  /** Called at even intervals. */
  sweep(now: number): void {
    if (!this.#open || this.bounds.over(now, this.waiting)) this.destroy();
  }

  /** Sends what is queued, then closes. A peer that does not close its side meets the next sweep. */
  end(): void {
    if (!this.#open) return;
    this.flush();
    this.#open = false;
    this.finish();
  }

  destroy(): void {
    this.#open = false;
    this.abort();
  }

  flush(): void {
    if (!this.#queued) return;
    this.#queued = false;
    this.#ponged = false;
    this.release();
  }

  /** Answers a peer that asks whether we are there (RFC 5626 §3.5.1): once a turn, however often it asks. */
  ping(): void {
    this.stirred();
    if (!this.#open || this.#ponged) return;
    this.#ponged = true;
    this.#queue();
    this.write(pong);
  }

  pong(): void {
    this.stirred();
  }

  /** Something came, whatever it was. */
  protected stirred(): void {
    this.bounds.used(this.parts.clock.monotonic());
  }

  message(message: SipMessage): void {
    if (!this.#open) return;
    this.bounds.heard(this.parts.clock.monotonic());
    this.parts.receive(message, this);
  }

  /** The stream cannot be read on: what can be answered is, and the connection ends (RFC 4475 §3.1.2.3). */
  protected broken(error: unknown): void {
    if (!(error instanceof FrameError)) throw error;
    const { status, message: reason, head } = error;
    if (head !== undefined && isRequest(head) && head.method !== 'ACK' && head.has(via.id))
      this.send(serialise(respond(stamped(head, this), { status, reason }, this.parts.random.token(tagBits))));
    this.end();
  }

  /** The connection is gone, whoever ended it. */
  protected gone(): void {
    this.#open = false;
    this.parts.closed(this);
  }

  #queue(): void {
    if (this.#queued) return;
    this.#queued = true;
    this.hold();
    this.parts.turn.add(this);
  }

  /** Bytes that the peer has not taken. */
  protected abstract readonly waiting: number;
  protected abstract write(bytes: Uint8Array): void;
  /** Between these two, writes are gathered. */
  protected abstract hold(): void;
  protected abstract release(): void;
  protected abstract finish(): void;
  protected abstract abort(): void;
}

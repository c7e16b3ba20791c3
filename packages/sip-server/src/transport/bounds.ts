// What one connection may hold and how long it may be silent: little for strangers, more for whoever has proved who they are
// (SECURITY-CHECKLIST 2, 4, 52; RFC 3261 §18).
import type { FramerLimits } from '@parlance/sip/framer';
import type { TransportLimits } from './parts.ts';

/** Sweeps of a queue that gets no shorter, after which nobody reads any more: half a minute. */
const patientSweeps = 6;

/** Asked by the sweep of `Transports`. Times are in milliseconds of one monotonic clock. */
export class Bounds implements FramerLimits {
  readonly #limits: TransportLimits;
  /** Opened by us. */
  readonly #ours: boolean;
  #trusted: boolean;
  #since: number;
  #waiting = 0;
  #stalled = 0;

  constructor(limits: TransportLimits, ours: boolean, now: number) {
    this.#limits = limits;
    this.#ours = ours;
    // We chose whom to connect to.
    this.#trusted = ours;
    this.#since = now;
  }

  get head(): number {
    return this.#trusted ? this.#limits.head : this.#limits.stranger;
  }

  get body(): number {
    return this.#trusted ? this.#limits.body : this.#limits.stranger;
  }

  /** Bytes that may be held of one message. */
  get whole(): number {
    return this.#trusted ? this.#limits.head + this.#limits.body : this.#limits.stranger;
  }

  trust(): void {
    this.#trusted = true;
  }

  /** A whole message came. */
  heard(now: number): void {
    this.#since = now;
  }

  /** Something less than a message came, or a message left: it keeps nobody alive who is a stranger. */
  used(now: number): void {
    if (this.#trusted) this.#since = now;
  }

  /** Whether the connection has had its time. `waiting`: bytes that its peer has not taken. Called at even intervals. */
  over(now: number, waiting: number): boolean {
    this.#stalled = waiting > 0 && waiting >= this.#waiting ? this.#stalled + 1 : 0;
    this.#waiting = waiting;
    return this.#stalled >= patientSweeps || now - this.#since > this.#patience;
  }

  get #patience(): number {
    const { patience, idle, unused } = this.#limits;
    if (this.#ours) return unused;
    return this.#trusted ? idle : patience;
  }
}

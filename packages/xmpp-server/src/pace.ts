// The pace of a stream: how much it may make the server do at once, and in the long run, so that nobody else waits (DESIGN §2; SECURITY-CHECKLIST 34).
import type { Clock } from '@parlance/base/clock';

/** What handling a first-level element costs besides what was read, counted in bytes. */
const elementCost = 512;

/** What a read costs besides its bytes, in bytes: whoever sends byte by byte makes as much work as others with stanzas. */
export const readCost = 256;

/** Elements, or bytes, behind which everybody else has a turn. */
const mostElements = 32;
const mostBytes = 32_768;

/** Milliseconds of the long run that may be used up at once. */
const burst = 2_000;

/** What somebody may use up in the long run: a connection before it is bound, then its account with all its sessions. */
export class Credit {
  readonly #clock: Clock;
  /** Bytes per millisecond. */
  readonly #rate: number;
  #left: number;
  #at: number;

  /** `rate` in bytes per second. */
  constructor(clock: Clock, rate: number) {
    this.#clock = clock;
    this.#rate = rate / 1_000;
    this.#left = this.#rate * burst;
    this.#at = clock.monotonic();
  }

  /** Uses so many bytes up; milliseconds to wait before there are more. */
  spend(bytes: number): number {
    const now = this.#clock.monotonic();
    this.#left = Math.min(this.#rate * burst, this.#left + (now - this.#at) * this.#rate) - bytes;
    this.#at = now;
    return Math.max(0, Math.ceil(-this.#left / this.#rate));
  }
}

export class Pace {
  #elements = 0;
  #received = 0;

  /**
   * One more element has been handled, or none, of a connection that has received so many bytes until now. Undefined: go
   * on. Otherwise milliseconds to wait before more is handled; 0: until the next turn of the event loop.
   */
  step(received: number, credit: Credit, elements = 1): number | undefined {
    this.#elements += elements;
    const bytes = received - this.#received;
    if (this.#elements < mostElements && bytes < mostBytes) return undefined;
    const spent = bytes + this.#elements * elementCost;
    this.#received = received;
    this.#elements = 0;
    return credit.spend(spent);
  }
}

// Lock-out: who keeps guessing passwords waits longer and longer (RFC 6120 §13.12, XEP-0205; SECURITY-CHECKLIST 16, 17, 54).
import type { Clock } from './clock.ts';
import { RecentMap } from './recent-map.ts';

/** Wrong guesses that cost nothing when nobody says otherwise: people mistype, and many may share one address. */
const usualFree = 20;

/** Milliseconds: the first wait, which doubles with each failure, the longest, and the quiet after which all is forgotten. */
const firstWait = 1_000;
const longestWait = 300_000;
const memory = 900_000;

interface Record {
  readonly failures: number;
  /** On the monotonic clock. */
  readonly last: number;
  readonly until: number;
}

/** Remembers the sources that failed last, at most twice `capacity` of them. A success clears nothing. */
export class Lockout {
  readonly #clock: Clock;
  readonly #free: number;
  readonly #records: RecentMap<string, Record>;

  /** The wrong guess of number `free` is the first after which one waits. */
  constructor(clock: Clock, capacity: number, free = usualFree) {
    this.#clock = clock;
    this.#free = free;
    this.#records = new RecentMap(capacity);
  }

  /** Whether the source has to wait; its tries are refused unseen meanwhile. */
  isLocked(source: string): boolean {
    const record = this.#records.get(source);
    return record !== undefined && this.#clock.monotonic() < record.until;
  }

  failed(source: string): void {
    const now = this.#clock.monotonic();
    const record = this.#records.get(source);
    const failures = record !== undefined && now - record.last < memory ? record.failures + 1 : 1;
    const wait = failures < this.#free ? 0 : Math.min(firstWait * 2 ** (failures - this.#free), longestWait);
    this.#records.set(source, { failures, last: now, until: now + wait });
  }
}

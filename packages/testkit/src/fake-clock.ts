// A clock that tests own: time moves only when a test says so. Implements the port in base/clock.ts.
import type { Clock, Timer } from '@parlance/base/clock';

interface Pending {
  readonly at: number;
  readonly run: () => void;
}

/**
 * Timers run inside `advance`, in the order of their times and, for equal times, of their setting. What `soon` was
 * given runs at the next `advance` or `turn`, also what is asked for meanwhile. Starts at 2030-01-01 UTC.
 */
export class FakeClock implements Clock {
  #elapsed = 0;
  readonly #start: number;
  #timers: Pending[] = [];
  #soon: (() => void)[] = [];

  constructor(start: number = Date.UTC(2030, 0, 1)) {
    this.#start = start;
  }

  now(): number {
    return this.#start + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  after(ms: number, run: () => void): Timer {
    const pending: Pending = { at: this.#elapsed + Math.max(0, ms), run };
    const later = this.#timers.findIndex((other) => other.at > pending.at);
    this.#timers.splice(later < 0 ? this.#timers.length : later, 0, pending);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== pending);
      },
    };
  }

  soon(run: () => void): void {
    this.#soon.push(run);
  }

  /** Ends the present turn of the event loop: runs what `soon` was given. */
  turn(): void {
    for (let run = this.#soon.shift(); run !== undefined; run = this.#soon.shift()) run();
  }

  /** Moves time forward by `ms` milliseconds and runs every timer that falls due on the way, each in a turn of its own. */
  advance(ms: number): void {
    const until = this.#elapsed + ms;
    this.turn();
    for (let next = this.#timers[0]; next !== undefined && next.at <= until; next = this.#timers[0]) {
      this.#timers.shift();
      this.#elapsed = next.at;
      next.run();
      this.turn();
    }
    this.#elapsed = until;
  }

  /** As `advance`, but lets promises settle before it, between timers and after it. */
  async advanceAsync(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await settle();
    for (let next = this.#timers[0]; next !== undefined && next.at <= until; next = this.#timers[0]) {
      this.advance(next.at - this.#elapsed);
      await settle();
    }
    this.advance(until - this.#elapsed);
    await settle();
  }

  /** Timers that are set and have not run. */
  get pending(): number {
    return this.#timers.length;
  }
}

/** Two turns of the real event loop: promises that wait for nothing else are settled afterwards. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 2; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
};

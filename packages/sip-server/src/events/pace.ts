// How often one watcher is notified: a few times at once, then seldom (RFC 3856 §6.10, RFC 6665 §4.2.2).

/** Notifications at once. */
const burst = 5;

/** Milliseconds from one notification to the next, in the long run (RFC 3856 §6.10). */
const interval = 5_000;

export class Pace {
  /** When all that was sent will have been forgotten. */
  #settled = Number.NEGATIVE_INFINITY;

  /** Milliseconds until one more may be sent; `now` of a monotonic clock. */
  wait(now: number): number {
    return Math.max(0, this.#settled - now - (burst - 1) * interval);
  }

  /** One is sent. */
  spend(now: number): void {
    this.#settled = Math.max(this.#settled, now) + interval;
  }
}

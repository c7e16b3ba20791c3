// How often something may be done from one source, in a window of time that begins with the first (SECURITY-CHECKLIST 4, 17).
import type { Clock } from '@parlance/base/clock';
import { RecentMap } from '@parlance/base/recent-map';

interface Window {
  readonly until: number;
  readonly used: number;
}

/** Remembers the sources that came last, at most twice `capacity` of them. */
export class Quota {
  readonly #clock: Clock;
  readonly #allowed: number;
  readonly #length: number;
  readonly #windows: RecentMap<string, Window>;

  /** `allowed` times in `length` milliseconds. */
  constructor(clock: Clock, allowed: number, length: number, capacity: number) {
    this.#clock = clock;
    this.#allowed = allowed;
    this.#length = length;
    this.#windows = new RecentMap(capacity);
  }

  /** Takes one of the times that are allowed; false when none is left. */
  take(source: string): boolean {
    const now = this.#clock.monotonic();
    const known = this.#windows.get(source);
    const window = known === undefined || known.until <= now ? { until: now + this.#length, used: 0 } : known;
    if (window.used >= this.#allowed) return false;
    this.#windows.set(source, { ...window, used: window.used + 1 });
    return true;
  }
}

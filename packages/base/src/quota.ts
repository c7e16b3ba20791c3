// How often something may be done from one source, in a window of time that begins with the first (SECURITY-CHECKLIST 4, 16, 17, 35).
import { RecentMap } from './recent-map.ts';

interface Window {
  readonly until: number;
  readonly used: number;
}

export interface QuotaSetting {
  /** Times in one window. */
  readonly allowed: number;
  /** Milliseconds. */
  readonly window: number;
  /** Sources that are remembered at least; at most twice as many. Who was not heard of for long begins anew. */
  readonly sources: number;
}

export class Quota {
  readonly #setting: QuotaSetting;
  readonly #windows: RecentMap<string, Window>;

  constructor(setting: QuotaSetting) {
    this.#setting = setting;
    this.#windows = new RecentMap(setting.sources);
  }

  /** Takes one of the times that are allowed; false when none is left. `now` is in milliseconds, always of the same clock. */
  take(source: string, now: number): boolean {
    const { allowed, window: length } = this.#setting;
    const known = this.#windows.get(source);
    const window = known === undefined || known.until <= now ? { until: now + length, used: 0 } : known;
    if (window.used >= allowed) return false;
    this.#windows.set(source, { ...window, used: window.used + 1 });
    return true;
  }
}

// How often somebody is told that nobody has an address: who mistypes learns it, who tries names one after the other does not (RFC 6121 §8.5.1; SECURITY-CHECKLIST 16).
import { RecentMap } from '@parlance/base/recent-map';
import type { Address } from './ids.ts';

/** Times in an hour of UTC. */
const most = 20;
const hour = 3_600_000;

/** Senders that are remembered at least; at most twice as many. */
const senders = 10_000;

export class Guesses {
  readonly #counts = new RecentMap<Address, { readonly hour: number; readonly count: number }>(senders);

  /** Whether `from` is told once more, at a time in milliseconds since 1970. */
  mayLearn(from: Address, time: number): boolean {
    const now = Math.floor(time / hour);
    const known = this.#counts.get(from);
    const count = known?.hour === now ? known.count : 0;
    if (count >= most) return false;
    this.#counts.set(from, { hour: now, count: count + 1 });
    return true;
  }
}

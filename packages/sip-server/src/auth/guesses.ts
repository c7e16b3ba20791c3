// Wrong passwords, counted by where they came from and for whom; who signed in from there before is not shut out by others' guesses (SECURITY-CHECKLIST 16, 17, 54).
import { sourceOf } from '@parlance/base/addresses';
import type { Clock } from '@parlance/base/clock';
import { Lockout } from '@parlance/base/lockout';
import { RecentMap } from '@parlance/base/recent-map';
import type { Address } from '@parlance/core/ids';

/** Sources, accounts, and pairs of them that are remembered, each. */
const capacity = 10_000;

/** Wrong guesses at one account from wherever, after which strange sources wait. */
const freeForAccount = 100;

const pairOf = (source: string, address: Address): string => `${source} ${address}`;

export class Guesses {
  readonly #sources: Lockout;
  readonly #accounts: Lockout;
  readonly #pairs: Lockout;
  readonly #known = new RecentMap<string, true>(capacity);

  constructor(clock: Clock) {
    this.#sources = new Lockout(clock, capacity);
    this.#accounts = new Lockout(clock, capacity, freeForAccount);
    this.#pairs = new Lockout(clock, capacity);
  }

  /**
   * Whether a guess at an account from an IP address has to wait. A phone with an old password would otherwise shut out all that
   * share its address, and a stranger everybody from his account.
   */
  areLocked(ip: string, address: Address): boolean {
    const source = sourceOf(ip);
    const pair = pairOf(source ?? '', address);
    if (this.#known.get(pair) === true) return source !== undefined && this.#pairs.isLocked(pair);
    return this.#accounts.isLocked(address) || (source !== undefined && this.#sources.isLocked(source));
  }

  failed(ip: string, address: Address): void {
    const source = sourceOf(ip);
    this.#accounts.failed(address);
    if (source === undefined) return;
    this.#sources.failed(source);
    this.#pairs.failed(pairOf(source, address));
  }

  succeeded(ip: string, address: Address): void {
    this.#known.set(pairOf(sourceOf(ip) ?? '', address), true);
  }
}

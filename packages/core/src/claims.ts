// Addresses that are being given or taken away: each by one at a time, and none beside its look-alike.
import { type Address, domainOf, localOf } from './ids.ts';
import { lookOf, looksBeside } from './look-alikes.ts';

const inDomain = (address: Address, look: string): string => `${look}@${domainOf(address)}`;

export class Claims {
  readonly #taken = new Set<Address>();
  /** Those that are taken, by what they look like. */
  readonly #looks = new Map<string, Set<Address>>();

  /** False when somebody else is at this address just now. */
  take(address: Address): boolean {
    if (this.#taken.has(address)) return false;
    this.#taken.add(address);
    const look = inDomain(address, lookOf(localOf(address)));
    this.#looks.set(look, (this.#looks.get(look) ?? new Set()).add(address));
    return true;
  }

  /** The first that was taken among those beside which this one may not stand. */
  resembling(address: Address): Address | undefined {
    for (const look of looksBeside(localOf(address)))
      for (const other of this.#looks.get(inDomain(address, look)) ?? []) if (other !== address) return other;
    return undefined;
  }

  release(address: Address): void {
    this.#taken.delete(address);
    const look = inDomain(address, lookOf(localOf(address)));
    const others = this.#looks.get(look);
    others?.delete(address);
    if (others?.size === 0) this.#looks.delete(look);
  }
}

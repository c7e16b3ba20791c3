// The accounts in memory: loaded on first need, in one batch per turn, kept while they have sessions and a while after.
import type { Clock } from '@parlance/base/clock';
import type { Account } from './account.ts';
import type { Address } from './ids.ts';
import type { AccountStore } from './store.ts';

interface Slot {
  /** `null`: looked up and absent. */
  readonly account: Account | null;
  readonly loadedAt: number;
}

/** How long an absence is believed without asking the database again, in milliseconds. */
const absenceLife = 5_000;

/**
 * A bounded cache in front of the account store. `peek` is the hot path: one map read.
 * The least recently loaded half is dropped when `capacity` is reached, except accounts that `pinned` names.
 */
export class Accounts {
  readonly #store: AccountStore;
  readonly #clock: Clock;
  readonly #capacity: number;
  readonly #pinned: (address: Address) => boolean;
  readonly #slots = new Map<Address, Slot>();
  #asked = new Map<Address, Promise<Account | null>>();
  #batch: Promise<ReadonlyMap<Address, Account>> | undefined;
  #wanted: Address[] = [];

  constructor(store: AccountStore, clock: Clock, capacity: number, pinned: (address: Address) => boolean) {
    this.#store = store;
    this.#clock = clock;
    this.#capacity = capacity;
    this.#pinned = pinned;
  }

  /** The account if it is in memory, `null` if it is known not to exist, `undefined` if it must be loaded. */
  peek(address: Address): Account | null | undefined {
    const slot = this.#slots.get(address);
    if (slot === undefined) return undefined;
    if (slot.account === null && this.#clock.monotonic() - slot.loadedAt > absenceLife) return undefined;
    return slot.account;
  }

  /** Loads an account; callers of the same turn share one query, callers of one address one answer. */
  load(address: Address): Promise<Account | null> {
    const known = this.peek(address);
    if (known !== undefined) return Promise.resolve(known);
    const running = this.#asked.get(address);
    if (running !== undefined) return running;
    const answer = this.#loadBatched(address);
    this.#asked.set(address, answer);
    return answer;
  }

  /** Forgets what is known of an address: it was created, removed, or a commit on it failed. */
  forget(address: Address): void {
    this.#slots.delete(address);
  }

  /** The account ends with the open batch: until that is on disk, this is known here only. */
  gone(address: Address): void {
    this.#keep(address, null);
  }

  async #loadBatched(address: Address): Promise<Account | null> {
    this.#wanted.push(address);
    this.#batch ??= new Promise((resolve, reject) => {
      this.#clock.soon(() => {
        const wanted = this.#wanted;
        this.#wanted = [];
        this.#batch = undefined;
        this.#store
          .load(wanted)
          .then((found) => resolve(new Map(found.map((a) => [a.address, a]))))
          .catch(reject);
      });
    });
    try {
      const account = (await this.#batch).get(address) ?? null;
      this.#keep(address, account);
      return account;
    } finally {
      this.#asked.delete(address);
    }
  }

  #keep(address: Address, account: Account | null): void {
    if (this.#slots.size >= this.#capacity) this.#shrink();
    this.#slots.set(address, { account, loadedAt: this.#clock.monotonic() });
  }

  #shrink(): void {
    let surplus = this.#slots.size >> 1;
    for (const address of this.#slots.keys()) {
      if (surplus === 0) return;
      if (this.#pinned(address)) continue;
      this.#slots.delete(address);
      surplus--;
    }
  }
}

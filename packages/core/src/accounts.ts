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

/** How long an account stays at least, in milliseconds: longer than whoever got it works with it. */
const shortestStay = 60_000;

/** How long an absence is believed without asking the database again, in milliseconds. */
const absenceLife = 5_000;

export interface AccountsParts {
  readonly store: AccountStore;
  readonly clock: Clock;
  /** Accounts in memory; more only while they are pinned or new. */
  readonly capacity: number;
  /** Whether an account must stay: it has sessions. */
  readonly pinned: (address: Address) => boolean;
  /** Resolves when everything written so far is on disk, or has failed. */
  readonly settled: () => Promise<unknown>;
}

/**
 * A cache in front of the account store. `peek` is the hot path: one map read. The least recently loaded half is
 * dropped when `capacity` is reached. An account is in memory once at most, since its mailbox has one head: it is read
 * when all that was written before is on disk, and dropped when nobody can be working with it.
 */
export class Accounts {
  readonly #parts: AccountsParts;
  readonly #slots = new Map<Address, Slot>();
  readonly #asked = new Map<Address, Promise<Account | null>>();
  #batch: Promise<ReadonlyMap<Address, Account>> | undefined;
  #wanted: Address[] = [];

  constructor(parts: AccountsParts) {
    this.#parts = parts;
  }

  /** The account if it is in memory, `null` if it is known not to exist, `undefined` if it must be loaded. */
  peek(address: Address): Account | null | undefined {
    const slot = this.#slots.get(address);
    if (slot === undefined) return undefined;
    if (slot.account === null && this.#parts.clock.monotonic() - slot.loadedAt > absenceLife) return undefined;
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
    this.#batch ??= this.#read();
    try {
      const account = (await this.#batch).get(address) ?? null;
      this.#keep(address, account);
      return account;
    } finally {
      this.#asked.delete(address);
    }
  }

  async #read(): Promise<ReadonlyMap<Address, Account>> {
    const { clock, settled, store } = this.#parts;
    await new Promise<void>((resolve) => clock.soon(resolve));
    const wanted = this.#wanted;
    this.#wanted = [];
    this.#batch = undefined;
    await settled();
    return new Map((await store.load(wanted)).map((account) => [account.address, account]));
  }

  #keep(address: Address, account: Account | null): void {
    if (this.#slots.size >= this.#parts.capacity) this.#shrink();
    this.#slots.set(address, { account, loadedAt: this.#parts.clock.monotonic() });
  }

  #shrink(): void {
    const { clock, pinned } = this.#parts;
    const old = clock.monotonic() - shortestStay;
    let surplus = this.#slots.size >> 1;
    for (const [address, { account, loadedAt }] of this.#slots) {
      if (surplus === 0) return;
      if (account !== null && (loadedAt > old || pinned(address))) continue;
      this.#slots.delete(address);
      surplus--;
    }
  }
}

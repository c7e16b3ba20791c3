// Temporary accounts of anonymous people: real rows under a random name, removed with their last session (XEP-0175 §3).
import type { Account } from '@parlance/core/account';
import { type Address, addressOf } from '@parlance/core/ids';
import type { Context } from '../context.ts';

/** The kind of credential that marks an account as temporary; no password opens it. */
const kind = 'anonymous';

/** Temporary accounts at a time on one server. */
const capacity = 1_000;

/** Removes an account for good, as for everybody else. */
type Remove = (address: Address) => Promise<unknown>;

export class AnonymousAccounts {
  readonly #context: Context;
  readonly #remove: Remove;
  readonly #living = new Set<Address>();

  constructor(context: Context, remove: Remove) {
    this.#context = context;
    this.#remove = remove;
  }

  /** A new account, once it is on disk; undefined when there are too many. It goes again if nobody binds in time. */
  async create(domain: string): Promise<Account | undefined> {
    if (this.#living.size >= capacity) return undefined;
    const { accounts, clock, commits, limits, random, stores } = this.#context;
    const address = addressOf(random.token(128).toLowerCase(), domain);
    this.#living.add(address);
    clock.after(limits.negotiation, () => this.left(address));
    const { id, writes } = await stores.accounts.create({ address, role: 'user', created: clock.now() });
    commits.write(...writes, stores.credentials.put(id, { kind, device: '', parameters: '{}', version: 1 }));
    await commits.flushed();
    return (await accounts.load(address)) ?? undefined;
  }

  /** A session of the account ended, or never began: without any other, a temporary account is removed. */
  left(address: Address): void {
    const { log, table } = this.#context;
    if (!this.#living.has(address) || table.sessions(address).length > 0) return;
    this.#living.delete(address);
    this.#remove(address).catch((error: unknown) => log.error('temporary account not removed', { address, error }));
  }

  /** Takes over what the last process left, at start, after its streams were restored. */
  async adopt(): Promise<void> {
    for (const address of await this.#context.stores.credentials.holders(kind)) {
      this.#living.add(address);
      this.left(address);
    }
  }
}

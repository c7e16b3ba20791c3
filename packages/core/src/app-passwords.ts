// App passwords: one for each device that cannot have the account's own; made here, shown once, taken back one by one (DESIGN §2).
import type { Clock } from '@parlance/base/clock';
import type { HookPoint } from '@parlance/base/hook';
import type { Random } from '@parlance/base/random';
import { isRefusal, type Refusal, refuse } from '@parlance/base/refusal';
import type { Accounts } from './accounts.ts';
import type { CommitLoop } from './commit-loop.ts';
import { type Ha1Note, type Ha1Ports, ha1Credential, ha1Kind, noteOf } from './ha1.ts';
import type { Address } from './ids.ts';
import type { Stores } from './store.ts';

/** Of one account at a time: each is tried when somebody signs in. */
export const mostAppPasswords = 10;

/** Characters of a label. */
const longestLabel = 100;

/** Letters of a password: 100 bits, typed without a shift key and without letters that look like digits (RFC 4648 §6). */
const passwordLength = 20;
const idLength = 8;
const alphabet = 'abcdefghijklmnopqrstuvwxyz234567';

export interface AppPassword extends Ha1Note {
  /** Names it when it is taken back; the device id of whoever signs in with it. */
  readonly id: string;
}

export interface NewAppPassword extends AppPassword {
  /** Kept nowhere. */
  readonly password: string;
}

export interface AppPasswordParts extends Ha1Ports {
  readonly accounts: Pick<Accounts, 'load'>;
  readonly stores: Pick<Stores, 'credentials'>;
  readonly commits: Pick<CommitLoop, 'write' | 'flushed'>;
  readonly clock: Clock;
  readonly random: Random;
  /** Told when what opens an account has changed, on disk. */
  readonly changed: HookPoint<Address>;
}

/** Everything here answers after its batch is on disk, and rejects when that failed. */
export class AppPasswords {
  readonly #parts: AppPasswordParts;

  constructor(parts: AppPasswordParts) {
    this.#parts = parts;
  }

  /** Refuses `overloaded` when there are too many, `bad-request` for a label that is too long. */
  async add(address: Address, label: string): Promise<NewAppPassword | Refusal> {
    const { accounts, clock, commits, stores } = this.#parts;
    if (label.length > longestLabel) return refuse('bad-request');
    const account = await accounts.load(address);
    if (account === null) return refuse('not-found');
    const present = await this.list(address);
    if (isRefusal(present)) return present;
    if (present.length >= mostAppPasswords) return refuse('overloaded');
    const [id, password] = [this.#letters(idLength), this.#letters(passwordLength)];
    const note = { label, created: clock.now() };
    const row = ha1Credential(this.#parts, { address, device: id, version: 1, note }, password);
    commits.write(stores.credentials.put(account.id, row));
    await this.#done(address);
    return { id, password, ...note };
  }

  /** Oldest first. */
  async list(address: Address): Promise<readonly AppPassword[] | Refusal> {
    const account = await this.#parts.accounts.load(address);
    if (account === null) return refuse('not-found');
    const rows = await this.#parts.stores.credentials.of(account.id);
    return rows
      .filter(({ kind, device }) => kind === ha1Kind && device !== '')
      .map((row) => ({ id: row.device, ...noteOf(row) }))
      .sort((a, b) => a.created - b.created);
  }

  /** Refuses `gone` when there is none of this id. */
  async remove(address: Address, id: string): Promise<Refusal | undefined> {
    const { accounts, commits, stores } = this.#parts;
    const present = await this.list(address);
    if (isRefusal(present)) return present;
    const account = await accounts.load(address);
    if (account === null) return refuse('not-found');
    if (!present.some((each) => each.id === id)) return refuse('gone');
    commits.write(stores.credentials.remove(account.id, ha1Kind, id));
    await this.#done(address);
    return undefined;
  }

  async #done(address: Address): Promise<void> {
    await this.#parts.commits.flushed();
    this.#parts.changed.run(address);
  }

  #letters(count: number): string {
    return [...this.#parts.random.bytes(count)].map((byte) => alphabet.charAt(byte & 31)).join('');
  }
}

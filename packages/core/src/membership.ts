// Who has an account here: joining, leaving, password, role, suspension. Every way in (CLI, registration, invitation) ends here.
import type { Clock } from '@parlance/base/clock';
import { HookPoint } from '@parlance/base/hook';
import { isRefusal, type Refusal, refuse } from '@parlance/base/refusal';
import type { Account, AccountView } from './account.ts';
import type { Accounts } from './accounts.ts';
import { Claims } from './claims.ts';
import type { CommitLoop } from './commit-loop.ts';
import type { Credential } from './credentials.ts';
import { ha1Kind } from './ha1.ts';
import { type AccountId, type Address, domainOf } from './ids.ts';
import type { Stores, Write } from './store.ts';

/** The rows of a password as a person typed it; a refusal when it cannot be prepared (RFC 4013). */
export type PasswordRows = (password: string, version: number) => Promise<readonly Credential[] | Refusal>;

/** The row that lets phones use a password; undefined where they may not. */
export type Ha1Row = (address: Address, password: string, version: number) => Credential | undefined;

/** Somebody who wants an account. The address is prepared. */
export interface Applicant {
  readonly address: Address;
  readonly password: string;
  readonly role: AccountView['role'];
  /** An operator has decided that the address may look like another one. */
  readonly lookAlike?: boolean;
}

/** What an operator has decided for an account that is imported. */
export interface ImportOptions {
  /** An account that has the address is removed. */
  readonly replace: boolean;
  /** The address may look like another one. */
  readonly lookAlike: boolean;
}

/** The address looks like one that is taken; which one is for operators only, never for strangers. */
export interface Resemblance extends Refusal {
  readonly resembles: Address;
}

export interface MembershipParts {
  readonly accounts: Accounts;
  readonly stores: Pick<Stores, 'accounts' | 'credentials'>;
  readonly commits: CommitLoop;
  readonly clock: Clock;
  readonly isLocal: (domain: string) => boolean;
  readonly passwordRows: PasswordRows;
  readonly ha1Row?: Ha1Row;
}

/** Everything here answers after its batch is on disk, and rejects when that failed. */
export class Membership {
  /** The account is about to be removed; its sessions are still bound. */
  readonly onRemove = new HookPoint<Account>('account removed');
  /** The account may not sign in any more; its sessions are still bound. */
  readonly onSuspend = new HookPoint<Account>('account suspended');
  /** An account has come in with credentials of its own. */
  readonly onImport = new HookPoint<Address>('account imported');
  /** What opens the account at this address is another now, on disk. */
  readonly onCredentials = new HookPoint<Address>('credentials changed');
  readonly #parts: MembershipParts;
  readonly #claims = new Claims();
  /** Passwords that were set. */
  #passwords = 0;

  constructor(parts: MembershipParts) {
    this.#parts = parts;
  }

  async create(applicant: Applicant): Promise<Refusal | Resemblance | undefined> {
    const [answer] = await this.createMany([applicant]);
    return answer;
  }

  /** One batch: those who are not refused get their accounts together or not at all. Answers stand in the order asked. */
  async createMany(applicants: readonly Applicant[]): Promise<readonly (Refusal | Resemblance | undefined)[]> {
    const { commits } = this.#parts;
    const claims = applicants.map((applicant) => this.#claim(applicant));
    try {
      const rows = await Promise.all(
        applicants.map(async (applicant, index) => claims[index] ?? this.#rows(applicant)),
      );
      const writes = rows.flatMap((row) => (isRefusal(row) ? [] : row));
      if (writes.length > 0) {
        commits.write(...writes);
        await commits.flushed();
      }
      for (const [index, { address }] of applicants.entries())
        if (!isRefusal(rows[index])) this.onCredentials.run(address);
      return rows.map((row) => (isRefusal(row) ? row : undefined));
    } finally {
      for (const [index, { address }] of applicants.entries()) if (claims[index] === undefined) this.#release(address);
    }
  }

  /**
   * An account that was created without an address gets one. Whoever has the address is removed first, when that is wished:
   * his sessions end, and his contacts keep the address on their lists. `writes` are committed together with that.
   */
  async importAccount(
    id: AccountId,
    address: Address,
    { replace, lookAlike }: ImportOptions,
    writes: readonly Write[] = [],
  ): Promise<Refusal | Resemblance | undefined> {
    const { accounts, clock, commits, stores } = this.#parts;
    const claim = this.#claim({ address, lookAlike });
    if (claim !== undefined) return claim;
    try {
      const present = await accounts.load(address);
      if (present !== null && !replace) return refuse('conflict');
      const resembles = present !== null || lookAlike ? undefined : await stores.accounts.resembling(address);
      if (resembles !== undefined) return { refused: 'conflict', resembles };
      if (present !== null) {
        this.onSuspend.run(present);
        commits.write(...stores.accounts.remove(present.id, clock.now()));
      }
      commits.write(...writes, stores.accounts.assignAddress(id, address, clock.now()));
      accounts.gone(address);
      await commits.flushed();
      this.onImport.run(address);
      this.onCredentials.run(address);
      return undefined;
    } finally {
      this.#release(address);
    }
  }

  async remove(address: Address): Promise<Refusal | undefined> {
    const { accounts, clock, commits, stores } = this.#parts;
    if (!this.#claims.take(address)) return refuse('conflict');
    try {
      const account = await accounts.load(address);
      if (account === null) return refuse('not-found');
      this.onRemove.run(account);
      commits.write(...stores.accounts.remove(account.id, clock.now()));
      accounts.gone(address);
      await commits.flushed();
      return undefined;
    } finally {
      this.#release(address);
    }
  }

  /** A new version of all password credentials; sessions go on, and app passwords stay. */
  async setPassword(address: Address, password: string): Promise<Refusal | undefined> {
    const { ha1Row, passwordRows, stores } = this.#parts;
    const { credentials } = stores;
    return this.#change(
      address,
      async (account) => {
        const version = Math.max(0, ...(await credentials.of(account.id)).map((row) => row.version)) + 1;
        const rows = await passwordRows(password, version);
        if (isRefusal(rows)) return rows;
        this.#passwords++;
        const row = ha1Row?.(address, password, version);
        return [
          row === undefined ? credentials.remove(account.id, ha1Kind, '') : credentials.put(account.id, row),
          ...rows.map((each) => credentials.put(account.id, each)),
        ];
      },
      () => this.onCredentials.run(address),
    );
  }

  /**
   * The account's own password, which somebody has just proven to know in clear: the row for phones is made of it where it is
   * missing, because the password was set elsewhere or before there were any.
   */
  async learnPassword(address: Address, password: string): Promise<void> {
    const { commits, ha1Row, stores } = this.#parts;
    const { credentials } = stores;
    const before = this.#passwords;
    await commits.flushed();
    await this.#change(
      address,
      async (account) => {
        const rows = (await credentials.of(account.id)).filter(({ device }) => device === '');
        const row = ha1Row?.(address, password, Math.max(1, ...rows.map(({ version }) => version)));
        // A password that was set meanwhile is another one, and has made its own.
        const stays = before !== this.#passwords || rows.some(({ kind }) => kind === ha1Kind);
        return row === undefined || stays ? [] : [credentials.put(account.id, row)];
      },
      () => this.onCredentials.run(address),
    );
  }

  async setRole(address: Address, role: AccountView['role']): Promise<Refusal | undefined> {
    return this.#change(
      address,
      (account) => [this.#parts.stores.accounts.setRole(account.id, role)],
      (account) => {
        account.view = { ...account.view, role };
      },
    );
  }

  async setSuspended(address: Address, suspended: boolean): Promise<Refusal | undefined> {
    return this.#change(
      address,
      (account) => [this.#parts.stores.accounts.setSuspended(account.id, suspended)],
      (account) => {
        account.suspended = suspended;
        if (suspended) this.onSuspend.run(account);
      },
    );
  }

  /** A refusal when somebody is at this address just now, or at one that looks like it. */
  #claim({ address, lookAlike }: Pick<Applicant, 'address' | 'lookAlike'>): Refusal | Resemblance | undefined {
    const resembles = lookAlike === true ? undefined : this.#claims.resembling(address);
    if (resembles !== undefined) return { refused: 'conflict', resembles };
    return this.#claims.take(address) ? undefined : refuse('conflict');
  }

  /** What was absent may be there now, and is asked for again. An account in memory stays the only one of its address. */
  #release(address: Address): void {
    const { accounts } = this.#parts;
    this.#claims.release(address);
    if (accounts.peek(address) === null) accounts.forget(address);
  }

  /** The rows of a new account with its password. */
  async #rows({ address, password, role, lookAlike }: Applicant): Promise<readonly Write[] | Refusal | Resemblance> {
    const { accounts, clock, ha1Row, isLocal, passwordRows, stores } = this.#parts;
    if (!isLocal(domainOf(address))) return refuse('not-allowed');
    if ((await accounts.load(address)) !== null) return refuse('conflict');
    const resembles = lookAlike === true ? undefined : await stores.accounts.resembling(address);
    if (resembles !== undefined) return { refused: 'conflict', resembles };
    const credentials = await passwordRows(password, 1);
    if (isRefusal(credentials)) return credentials;
    const { id, writes } = await stores.accounts.create({ address, role, created: clock.now() });
    const row = ha1Row?.(address, password, 1);
    return [...writes, ...[...credentials, ...(row ? [row] : [])].map((each) => stores.credentials.put(id, each))];
  }

  /** `done`: what is in memory follows once it is on disk, and stays as it was when that failed. */
  async #change(
    address: Address,
    make: (account: Account) => readonly Write[] | Refusal | Promise<readonly Write[] | Refusal>,
    done?: (account: Account) => void,
  ): Promise<Refusal | undefined> {
    const { accounts, commits } = this.#parts;
    const account = await accounts.load(address);
    if (account === null) return refuse('not-found');
    const writes = await make(account);
    if (isRefusal(writes)) return writes;
    commits.write(...writes);
    await commits.flushed();
    done?.(account);
    return undefined;
  }
}

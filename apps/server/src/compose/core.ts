// The core of a running server: storage, accounts, address table, commit loop, router; made here and nowhere else (DESIGN §3).
import { refuse } from '@parlance/base/refusal';
import { Accounts } from '@parlance/core/accounts';
import { AddressTable } from '@parlance/core/address-table';
import { AppPasswords } from '@parlance/core/app-passwords';
import { CommitLoop, type OnFailure } from '@parlance/core/commit-loop';
import { passwordCredentials } from '@parlance/core/credentials';
import { ha1Credential } from '@parlance/core/ha1';
import type { Address } from '@parlance/core/ids';
import { type Ha1Row, Membership, type PasswordRows } from '@parlance/core/membership';
import { Board } from '@parlance/core/presence';
import { Router } from '@parlance/core/router';
import type { Stores } from '@parlance/core/store';
import { Trace } from '@parlance/core/trace';
import type { MailboxLimits } from '@parlance/core/waiting';
import { StorageFull } from '@parlance/storage/driver';
import { preparePassword } from '@parlance/xmpp/sasl/prepare';
import type { PhonePasswords } from './ha1.ts';
import type { Ports } from './ports.ts';
import type { Storage } from './storage.ts';

/** Accounts kept in memory besides those that have sessions. */
const accountCapacity = 20_000;

/** Messages that `parlance trace` remembers. */
const traceCapacity = 20_000;

export interface CoreParts extends Ports, PhonePasswords {
  readonly storage: Storage;
  readonly isLocal: (domain: string) => boolean;
  readonly limits: MailboxLimits;
}

/** Whether somebody needs the account of an address. */
type Keeps = (address: Address) => boolean;

export interface Core {
  readonly stores: Stores;
  readonly table: AddressTable;
  /** Who says what of his presence, over both protocols. */
  readonly board: Board;
  readonly accounts: Accounts;
  /** Who must stay in memory beside those that have sessions. */
  readonly keep: (keeps: Keeps) => void;
  readonly commits: CommitLoop;
  readonly router: Router;
  readonly trace: Trace;
  /** Who has an account. */
  readonly membership: Membership;
  readonly appPasswords: AppPasswords;
}

/** Passwords as people type them, prepared as SASL wants them (RFC 4013). */
const passwordRows =
  ({ crypto, random }: Ports): PasswordRows =>
  (password, version) => {
    const prepared = preparePassword(password);
    if (prepared === undefined) return Promise.resolve(refuse('not-acceptable'));
    return passwordCredentials(crypto, random, prepared, version);
  };

/** The same passwords as phones prove to know them, where they may use the account's own (RFC 7616 §4). */
const ha1Row =
  ({ ha1, accountPassword }: PhonePasswords): Ha1Row =>
  (address, password, version) =>
    accountPassword ? ha1Credential(ha1, { address, device: '', version }, password) : undefined;

/** Milliseconds between two lines about the same full disk. */
const fullDiskInterval = 10_000;

/** A full disk is nobody's bug, and what is owed is tried again; anything else is one. */
const commitFailures = ({ clock, log }: Ports): OnFailure => {
  let told = Number.NEGATIVE_INFINITY;
  return (error) => {
    if (!(error instanceof StorageFull)) {
      log.error('commit failed', { error });
      return false;
    }
    if (clock.monotonic() - told > fullDiskInterval) {
      told = clock.monotonic();
      log.warn('no space to store anything', { error });
    }
    return true;
  };
};

export const composeCore = (parts: CoreParts): Core => {
  const { clock, isLocal } = parts;
  const { stores, committer } = parts.storage;
  const table = new AddressTable();
  const board = new Board();
  const keepers: Keeps[] = [(address) => table.sessions(address).length > 0, (address) => board.of(address).length > 0];
  const commits = new CommitLoop(committer, clock, commitFailures(parts));
  const accounts = new Accounts({
    store: stores.accounts,
    clock,
    capacity: accountCapacity,
    pinned: (address) => keepers.some((keeps) => keeps(address)),
    settled: () => commits.settled(),
  });
  const trace = new Trace(traceCapacity);
  const router = new Router({
    accounts,
    table,
    commits,
    mailbox: stores.mailbox,
    trace,
    isLocal,
    limits: parts.limits,
  });
  const rows = { passwordRows: passwordRows(parts), ha1Row: ha1Row(parts) };
  const membership = new Membership({ accounts, stores, commits, clock, isLocal, ...rows });
  const { random, ha1 } = parts;
  const changed = membership.onCredentials;
  const appPasswords = new AppPasswords({ ...ha1, accounts, stores, commits, clock, random, changed });
  const keep = (keeps: Keeps): void => void keepers.push(keeps);
  return { stores, table, board, accounts, keep, commits, router, trace, membership, appPasswords };
};

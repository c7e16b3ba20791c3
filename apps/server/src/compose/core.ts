// The core of a running server: storage, accounts, address table, commit loop, router; made here and nowhere else (DESIGN §3).
import { refuse } from '@parlance/base/refusal';
import { Accounts } from '@parlance/core/accounts';
import { AddressTable } from '@parlance/core/address-table';
import { CommitLoop } from '@parlance/core/commit-loop';
import { passwordCredentials } from '@parlance/core/credentials';
import { Membership, type PasswordRows } from '@parlance/core/membership';
import { Router } from '@parlance/core/router';
import type { Stores } from '@parlance/core/store';
import { Trace } from '@parlance/core/trace';
import { preparePassword } from '@parlance/xmpp/sasl/prepare';
import type { Ports } from './ports.ts';
import type { Storage } from './storage.ts';

/** Accounts kept in memory besides those that have sessions. */
const accountCapacity = 20_000;

/** Messages that `parlance trace` remembers. */
const traceCapacity = 20_000;

export interface CoreParts extends Ports {
  readonly storage: Storage;
  readonly isLocal: (domain: string) => boolean;
}

export interface Core {
  readonly stores: Stores;
  readonly table: AddressTable;
  readonly accounts: Accounts;
  readonly commits: CommitLoop;
  readonly router: Router;
  readonly trace: Trace;
  /** Who has an account. */
  readonly membership: Membership;
}

/** Passwords as people type them, prepared as SASL wants them (RFC 4013). */
const passwordRows =
  ({ crypto, random }: Ports): PasswordRows =>
  (password, version) => {
    const prepared = preparePassword(password);
    if (prepared === undefined) return Promise.resolve(refuse('not-acceptable'));
    return passwordCredentials(crypto, random, prepared, version);
  };

export const composeCore = (parts: CoreParts): Core => {
  const { clock, log, isLocal } = parts;
  const { stores, committer } = parts.storage;
  const table = new AddressTable();
  const accounts = new Accounts(
    stores.accounts,
    clock,
    accountCapacity,
    (address) => table.sessions(address).length > 0,
  );
  const commits = new CommitLoop(committer, clock, (error) => log.error('commit failed', { error }));
  const trace = new Trace(traceCapacity);
  const router = new Router({ accounts, table, commits, mailbox: stores.mailbox, trace, isLocal });
  const membership = new Membership({ accounts, stores, commits, clock, isLocal, passwordRows: passwordRows(parts) });
  return { stores, table, accounts, commits, router, trace, membership };
};

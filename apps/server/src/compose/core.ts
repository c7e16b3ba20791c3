// The core of a running server: storage, accounts, address table, commit loop, router; made here and nowhere else (DESIGN §3).
import type { Clock } from '@parlance/base/clock';
import type { Log } from '@parlance/base/log';
import { Accounts } from '@parlance/core/accounts';
import { AddressTable } from '@parlance/core/address-table';
import { CommitLoop } from '@parlance/core/commit-loop';
import { Router } from '@parlance/core/router';
import type { Stores } from '@parlance/core/store';
import { Trace } from '@parlance/core/trace';
import type { Storage } from './storage.ts';

/** Accounts kept in memory besides those that have sessions. */
const accountCapacity = 20_000;

/** Messages that `parlance trace` remembers. */
const traceCapacity = 20_000;

export interface CoreParts {
  readonly storage: Storage;
  readonly clock: Clock;
  readonly log: Log;
  readonly isLocal: (domain: string) => boolean;
}

export interface Core {
  readonly stores: Stores;
  readonly table: AddressTable;
  readonly accounts: Accounts;
  readonly commits: CommitLoop;
  readonly router: Router;
  readonly trace: Trace;
}

export const composeCore = ({ storage, clock, log, isLocal }: CoreParts): Core => {
  const { stores, committer } = storage;
  const table = new AddressTable();
  const accounts = new Accounts(stores.accounts, clock, accountCapacity, (address) => table.sessions(address).length > 0);
  const commits = new CommitLoop(committer, clock, (error) => log.error('commit failed', { error }));
  const trace = new Trace(traceCapacity);
  const router = new Router({ accounts, table, commits, mailbox: stores.mailbox, trace, isLocal });
  return { stores, table, accounts, commits, router, trace };
};

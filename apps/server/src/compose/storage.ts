// Storage of a data directory: one database, its newest schema, its repositories (DESIGN §4).
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '@parlance/base/clock';
import type { Committer, Stores } from '@parlance/core/store';
import type { Driver, Statement } from '@parlance/storage/driver';
import { migrate } from '@parlance/storage/migrate';
import { sqliteDialect } from '@parlance/storage/migrations/0001-house';
import { Accounts } from '@parlance/storage/repositories/accounts';
import { Archive } from '@parlance/storage/repositories/archive';
import { Bindings } from '@parlance/storage/repositories/bindings';
import { Blocks } from '@parlance/storage/repositories/blocks';
import { Contacts } from '@parlance/storage/repositories/contacts';
import { Credentials } from '@parlance/storage/repositories/credentials';
import { Documents } from '@parlance/storage/repositories/documents';
import { openMailbox } from '@parlance/storage/repositories/mailbox';
import { Nodes } from '@parlance/storage/repositories/nodes';
import { Requests } from '@parlance/storage/repositories/requests';
import { Retention } from '@parlance/storage/repositories/retention';
import { Streams } from '@parlance/storage/repositories/streams';
import { openSqlite } from '@parlance/storage/sqlite/driver';

export interface Storage {
  readonly stores: Stores;
  readonly committer: Committer;
  /** Closes the database once all that was given to it is on disk. */
  close(): Promise<void>;
}

/** The database of a data directory. */
export const databaseFile = (data: string): string => join(data, 'parlance.db');

/** Opens (and makes, if absent) the database of a data directory, whose lock the caller holds. */
export const openStorage = async (data: string, clock: Clock): Promise<Storage> => {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const driver = openSqlite(databaseFile(data));
  try {
    await migrate(driver, sqliteDialect);
    const [stores, committer] = [await repositories(driver), committerOf(driver)];
    await clearOut(stores, committer, clock.now());
    return { stores, committer, close: () => driver.close() };
  } catch (error) {
    await driver.close();
    throw error;
  }
};

/** What an import that was killed has left behind. */
const clearOut = async ({ accounts }: Stores, committer: Committer, now: number): Promise<void> => {
  for (const account of await accounts.withoutAddress()) await committer.commit(accounts.remove(account, now));
};

const repositories = async (driver: Driver): Promise<Stores> => ({
  accounts: new Accounts(driver),
  contacts: new Contacts(),
  credentials: new Credentials(driver),
  mailbox: await openMailbox(driver),
  archive: new Archive(driver),
  blocks: new Blocks(),
  documents: new Documents(driver),
  nodes: new Nodes(driver),
  retention: new Retention(driver),
  streams: new Streams(driver),
  bindings: new Bindings(driver),
  requests: new Requests(driver),
});

/** Writes are statements that repositories have sealed as opaque values. */
const committerOf = (driver: Driver): Committer => ({
  commit: (writes) => driver.commit(writes as readonly unknown[] as readonly Statement[]),
});

// The embedded store in a temporary folder, for tests that want to see the real thing.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lookOf } from '@parlance/core/look-alikes';
import type { Committer, Stores } from '@parlance/core/store';
import type { Row, Statement } from '@parlance/storage/driver';
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

export interface EmbeddedStorage {
  readonly stores: Stores;
  readonly committer: Committer;
  /** Adds an account with `local@domain` as its address, with an empty contact list, archiving everything. */
  account(address: string): Promise<void>;
  /** What a query finds on disk. */
  read(sql: string): Promise<readonly Row[]>;
  /** Closes the database and removes its folder. */
  close(): Promise<void>;
}

const everything = JSON.stringify({ byDefault: 'always', always: [], never: [] });

const insert = (address: string): Statement[] => {
  const [local = '', domain = ''] = address.split('@');
  return [
    {
      sql: `INSERT INTO account (created, role, suspended, roster_version, archive) VALUES (0, 'user', 0, 0, ?)`,
      parameters: [everything],
    },
    {
      sql: 'INSERT INTO address (domain, local, account, since, look) SELECT ?, ?, MAX(id), 0, ? FROM account',
      parameters: [domain, local, lookOf(local)],
    },
  ];
};

/** Opens a database in which there is nothing but accounts with these addresses. */
export const openEmbedded = async (...people: readonly string[]): Promise<EmbeddedStorage> => {
  const folder = mkdtempSync(join(tmpdir(), 'parlance-test-'));
  const driver = openSqlite(join(folder, 'parlance.db'));
  await migrate(driver, sqliteDialect);
  for (const address of people) await driver.commit(insert(address));
  const stores: Stores = {
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
  };
  return {
    stores,
    committer: { commit: (writes) => driver.commit(writes as readonly unknown[] as readonly Statement[]) },
    account: (address) => driver.commit(insert(address)),
    read: (sql) => driver.read({ sql, parameters: [] }),
    close: async () => {
      await driver.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

// Accounts in the database: created, listed, changed, removed without a trace of theirs, numbers and places never given twice.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope } from '@parlance/core/envelope';
import { type AccountId, type Address, firstSequence, type Sequence } from '@parlance/core/ids';
import type { Write } from '@parlance/core/store';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Driver, Statement } from '../driver.ts';
import { migrate } from '../migrate.ts';
import { sqliteDialect } from '../migrations/0001-house.ts';
import { openSqlite } from '../sqlite/driver.ts';
import { Accounts } from './accounts.ts';
import { Contacts } from './contacts.ts';
import { openMailbox } from './mailbox.ts';

const juliet = 'juliet@capulet.example' as Address;
const nurse = 'nurse@capulet.example' as Address;
let directory = '';
let driver: Driver;
let accounts: Accounts;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parlance-accounts-'));
  driver = openSqlite(join(directory, 'test.sqlite'));
  await migrate(driver, sqliteDialect);
  accounts = new Accounts(driver);
});

afterEach(async () => {
  await driver.close();
  rmSync(directory, { recursive: true });
});

const commit = (writes: readonly Write[]): Promise<void> =>
  driver.commit(writes as readonly unknown[] as readonly Statement[]);

const create = async (address: Address, role: 'user' | 'admin' = 'user'): Promise<AccountId> => {
  const { id, writes } = await accounts.create({ address, role, created: 1_000 });
  await commit(writes);
  return id;
};

const read = (sql: string, ...parameters: Statement['parameters']): ReturnType<Driver['read']> =>
  driver.read({ sql, parameters });

/** The tables whose rows name the account that they belong to. */
const personalTables = async (): Promise<readonly string[]> => {
  const rows = await read(`SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c
    WHERE m.type = 'table' AND c.name = 'account' AND m.name <> 'address'`);
  return rows.map((row) => String(row['name']));
};

/** One row in a table, with something of the right type in every column. */
const fill = async (table: string, account: AccountId): Promise<void> => {
  const columns = await read('SELECT name, type FROM pragma_table_info(?)', table);
  // Names of rows are their account's own; all else may be the same in every row.
  const values = columns.map(({ name, type }) => {
    if (name === 'account') return account;
    if (type !== 'TEXT') return 1;
    return name === 'id' ? `row of ${account}` : '{}';
  });
  const names = columns.map(({ name }) => String(name)).join(', ');
  const marks = columns.map(() => '?').join(', ');
  await driver.commit([{ sql: `INSERT INTO ${table} (${names}) VALUES (${marks})`, parameters: values }]);
};

test('a created account is found by its address, empty, archiving everything', async () => {
  const id = await create(juliet, 'admin');
  const [account] = await accounts.load([juliet, nurse]);
  expect(account).toMatchObject({ id, address: juliet, suspended: false });
  expect(account?.view).toMatchObject({ role: 'admin', rosterVersion: 0, archive: { byDefault: 'always' } });
  expect(account?.nextSequence).toBe(firstSequence);
});

test('an address is taken once: the second creation commits nothing', async () => {
  await create(juliet);
  await expect(create(juliet)).rejects.toThrow(/unique/i);
  expect(await read('SELECT COUNT(*) AS n FROM account')).toEqual([{ n: 1 }]);
});

test('who looks alike is found in his domain, while he lives', async () => {
  const twin = (domain: string): Address => `juli\u0435t@${domain}` as Address;
  const id = await create(juliet);
  expect(await accounts.resembling(twin('capulet.example'))).toBe(juliet);
  expect(await accounts.resembling(twin('montague.example'))).toBeUndefined();
  expect(await accounts.resembling('ju1iet@capulet.example' as Address)).toBeUndefined();
  const plan = await read(
    `EXPLAIN QUERY PLAN SELECT local FROM address WHERE domain = ? AND look = ? AND until IS NULL
    LIMIT 1`,
    'capulet.example',
    '=juliet',
  );
  expect(JSON.stringify(plan)).toContain('address_look');
  await commit(accounts.remove(id, 2_000));
  expect(await accounts.resembling(twin('capulet.example'))).toBeUndefined();
});

test('role and suspension are kept', async () => {
  const id = await create(juliet);
  await commit([accounts.setRole(id, 'admin'), accounts.setSuspended(id, true)]);
  const [account] = await accounts.load([juliet]);
  expect([account?.view.role, account?.suspended]).toEqual(['admin', true]);
});

test('the list is of one domain, in order, in pages', async () => {
  for (const local of ['c', 'a', 'b']) await create(`${local}@capulet.example` as Address);
  await create('a@montague.example' as Address);
  const sql = "INSERT INTO credential SELECT account, 'sip-ha1', '', '{}', 1 FROM address WHERE local = 'b'";
  await driver.commit([{ sql, parameters: [] }]);
  const first = await accounts.list('capulet.example', '', 2);
  expect(first).toEqual([
    { address: 'a@capulet.example', role: 'user', created: 1_000, suspended: false, phone: false },
    { address: 'b@capulet.example', role: 'user', created: 1_000, suspended: false, phone: true },
  ]);
  expect((await accounts.list('capulet.example', 'b', 2)).map(({ address }) => address)).toEqual(['c@capulet.example']);
});

test('removal leaves a tombstone and nothing personal, in whichever table', async () => {
  const [id, other] = [await create(juliet), await create(nurse)];
  const tables = (await personalTables()).toSorted((a, b) => (a === 'node' ? -1 : b === 'node' ? 1 : 0));
  expect(tables.length).toBeGreaterThan(8);
  for (const table of tables) await fill(table, id);
  const [kept = '', ...rest] = tables.filter((table) => table !== 'stream');
  for (const table of [kept, ...rest]) await fill(table, other);
  await commit(accounts.remove(id, 2_000));
  for (const table of tables)
    expect([table, ...(await read(`SELECT account FROM ${table} WHERE account = ?`, id))]).toEqual([table]);
  expect(await read(`SELECT COUNT(*) AS n FROM ${kept} WHERE account = ?`, other)).toEqual([{ n: 1 }]);
  expect(await read('SELECT local, until FROM address WHERE account = ?', id)).toEqual([
    { local: 'juliet', until: 2_000 },
  ]);
  expect(await accounts.load([juliet])).toEqual([]);
  expect(await accounts.list('capulet.example', '', 9)).toHaveLength(1);
});

test('a disowned address may watch nobody, and is watched by nobody, any more', async () => {
  const id = await create(nurse);
  const contact = { address: juliet, approved: true, name: 'J', groups: ['house'], request: '', version: 4 };
  const others = { ...contact, address: 'romeo@montague.example' as Address };
  const [both, listed] = [{ permission: 'allow', interest: 'granted' } as const, { listed: true }];
  const contacts = new Contacts();
  await commit([
    ...contacts.put(id, { ...contact, ...both, ...listed }),
    ...contacts.put(id, { ...others, ...both, ...listed }),
  ]);
  await commit(accounts.disown(juliet));
  const [account] = await accounts.load([nurse]);
  expect(account?.view.rosterVersion).toBe(5);
  expect(account?.view.contacts.get(juliet)).toEqual({
    ...contact,
    permission: 'none',
    interest: 'none',
    approved: false,
    listed: true,
    version: 5,
  });
  expect(account?.view.contacts.get(others.address)).toMatchObject({ ...both, version: 4 });
});

const message: Envelope = {
  from: nurse,
  fromLabel: '',
  to: juliet,
  toLabel: '',
  kind: 'chat',
  native: { protocol: 'xmpp', payload: () => '<message/>' },
  time: 0,
  copies: true,
  keep: { archive: true, pending: false },
  columns: {},
};

const entry = (account: AccountId, direction: 'in' | 'out', sequence: number) => ({
  account,
  direction,
  sequence: sequence as Sequence,
  peer: 'x',
  archived: true,
  pending: false,
});

test('what only the removed account held goes; what another mailbox holds stays', async () => {
  const [one, two] = [await create(juliet), await create(nurse)];
  const mailbox = await openMailbox(driver);
  await commit([
    ...mailbox.append(message, [entry(one, 'in', 1), entry(two, 'out', 1)]),
    ...mailbox.append(message, [entry(one, 'in', 2)]),
  ]);
  await commit(accounts.remove(one, 2_000));
  expect(await read('SELECT id FROM message')).toEqual([{ id: 1 }]);
  await commit(accounts.remove(two, 2_000));
  expect(await read('SELECT id FROM message')).toEqual([]);
});

test('a number is not given again after a removal, nor by the next process', async () => {
  const first = await create(juliet);
  await commit(accounts.remove(first, 2_000));
  expect(await create(juliet)).toBe(first + 1);
  accounts = new Accounts(driver);
  expect(await create(nurse)).toBe(first + 2);
});

test('a mailbox goes on above its reserved mark, also when its newest entries are gone', async () => {
  const id = await create(juliet);
  const mailbox = await openMailbox(driver);
  await commit([mailbox.reserve(id, (firstSequence + 256) as Sequence)]);
  const [account] = await accounts.load([juliet]);
  expect(account?.nextSequence).toBe(firstSequence + 256);
});

// The archive against a model of it: every way of paging gives the same messages, in order, once (XEP-0313 §4, XEP-0059 §2).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Envelope } from '@parlance/core/envelope';
import type { AccountId, Address, Sequence } from '@parlance/core/ids';
import type { ArchiveFilter, Write } from '@parlance/core/store';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Driver, Statement } from '../driver.ts';
import { migrate } from '../migrate.ts';
import { sqliteDialect } from '../migrations/0001-house.ts';
import { openSqlite } from '../sqlite/driver.ts';
import { Archive } from './archive.ts';
import { selectPage } from './archive-statements.ts';
import { openMailbox } from './mailbox.ts';

const account = 1 as AccountId;
const own = 'juliet@capulet.example' as Address;
const peers = ['romeo@montague.example', 'nurse@capulet.example', 'tybalt@capulet.example'] as Address[];
const labels = ['orchard', 'home'];
const first = 1_000_000_000;
const minute = 60_000;

interface Row {
  readonly sequence: number;
  readonly peer: string;
  readonly label: string;
  readonly time: number;
  readonly archived: boolean;
}

/** 3000 messages in 118 blocks; romeo writes throughout, tybalt only now and then; the clock goes back by half an hour once. */
const rows: readonly Row[] = Array.from({ length: 3_000 }, (_, n) => ({
  sequence: first + n * 10,
  peer: peers[n % 500 === 7 ? 2 : n % 2] ?? '',
  label: labels[n % 3 === 0 ? 0 : 1] ?? '',
  time: 1_700_000_000_000 + n * minute - (n >= 1_500 ? 30 * minute : 0),
  archived: n % 11 !== 5,
}));

const envelope = ({ peer, label, time, sequence }: Row): Envelope => ({
  from: peer as Address,
  fromLabel: label,
  to: own,
  toLabel: '',
  kind: 'chat',
  native: { protocol: 'xmpp', payload: () => `<message id='${sequence}'/>` },
  time,
  keep: { archive: true, pending: false },
  copies: true,
  columns: {},
});

let directory = '';
let driver: Driver;
let archive: Archive;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parlance-archive-'));
  driver = openSqlite(join(directory, 'test.sqlite'));
  await migrate(driver, sqliteDialect);
  const mailbox = await openMailbox(driver);
  const writes = rows.flatMap((row) =>
    mailbox.append(envelope(row), [
      {
        account,
        sequence: row.sequence as Sequence,
        peer: row.peer,
        direction: 'in',
        archived: row.archived,
        pending: !row.archived,
      },
    ]),
  );
  await driver.commit(writes as (Statement & Write)[]);
  archive = new Archive(driver);
});

afterAll(async () => {
  await driver.close();
  rmSync(directory, { recursive: true });
});

const matches = (row: Row, f: ArchiveFilter): boolean =>
  row.archived &&
  (f.peer === undefined || row.peer === f.peer) &&
  (f.label === undefined || row.label === f.label) &&
  (f.start === undefined || row.time >= f.start) &&
  (f.end === undefined || row.time <= f.end) &&
  (f.after === undefined || row.sequence > f.after) &&
  (f.before === undefined || row.sequence < f.before) &&
  (f.sequences === undefined || f.sequences.includes(row.sequence as Sequence));

const model = (filter: ArchiveFilter): number[] =>
  rows.filter((row) => matches(row, filter)).map((row) => row.sequence);

/** Reads all pages, as a client does. */
const readAll = async (filter: ArchiveFilter, limit: number, backwards: boolean): Promise<number[]> => {
  const pages: number[][] = [];
  let cursor = filter;
  for (;;) {
    const { entries, complete } = await archive.page(account, cursor, limit, backwards);
    expect(entries.length).toBeLessThanOrEqual(limit);
    const page = entries.map((entry) => entry.sequence as number);
    if (backwards) pages.unshift(page);
    else pages.push(page);
    if (complete) return pages.flat();
    const edge = (backwards ? page[0] : page.at(-1)) as Sequence;
    cursor = backwards ? { ...cursor, before: edge } : { ...cursor, after: edge };
  }
};

const place = fc.integer({ min: first - 5, max: first + 30_050 }).map((n) => n as Sequence);
const moment = fc.integer({ min: -90, max: 3_100 }).map((n) => 1_700_000_000_000 + n * minute);

const filters = fc.record(
  {
    peer: fc.constantFrom(...peers, 'stranger@montague.example'),
    start: moment,
    end: moment,
    after: place,
    before: place,
  },
  { requiredKeys: [] },
);

test('pages join without gap or overlap, forwards and backwards', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(filters, fc.integer({ min: 20, max: 400 }), fc.boolean(), async (filter, limit, backwards) => {
      expect(await readAll(filter, limit, backwards)).toEqual(model(filter));
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 60 },
  );
});

test('counts are exact', async () => {
  await fc.assert(
    fc.asyncProperty(filters, async (filter) => {
      expect(await archive.count(account, filter)).toBe(model(filter).length);
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 40 },
  );
});

test('a label narrows a conversation to one resource', async () => {
  const filter = { peer: peers[0] as string, label: 'home' };
  expect(await readAll(filter, 100, false)).toEqual(model(filter));
  expect(model(filter).length).toBeGreaterThan(500);
});

test('entries by id, only archived ones', async () => {
  const sequences = [first + 50, first + 60, first + 61, first + 9_000] as Sequence[];
  expect(await archive.present(account, sequences)).toEqual(new Set([first + 60, first + 9_000]));
  expect(await readAll({ sequences }, 1, false)).toEqual([first + 60, first + 9_000]);
  expect(await archive.page(account, { sequences: [] }, 10, false)).toEqual({ entries: [], complete: true });
});

test('other accounts have nothing here', async () => {
  expect(await archive.page(2 as AccountId, {}, 10, true)).toEqual({ entries: [], complete: true });
  expect(await archive.count(2 as AccountId, { start: 0 })).toBe(0);
});

test('a page is read in the order of keys, without sorting', async () => {
  for (const filter of [{}, { peer: peers[0] as string, start: 5 }]) {
    const { sql, parameters } = selectPage(account, filter, { above: first, below: first + 30_000 }, 51, true);
    const plan = await driver.read({ sql: `EXPLAIN QUERY PLAN ${sql}`, parameters });
    expect(plan.map((step) => String(step['detail'])).join('\n')).not.toMatch(/TEMP B-TREE|SCAN/);
  }
});

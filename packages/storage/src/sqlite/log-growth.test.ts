// The write-ahead log stays bounded while commits never pause (ADR 0003: checkpoints stand outside the commit).
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Driver } from '../driver.ts';
import { openSqlite } from './driver.ts';

let directory = '';
let driver: Driver;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parlance-log-'));
  driver = openSqlite(join(directory, 'log.db'));
});
afterEach(async () => {
  await driver.close();
  rmSync(directory, { recursive: true });
});

const megabytes = (): number => statSync(join(directory, 'log.db-wal')).size / 2 ** 20;

test('many statements in commits that follow each other at once', async () => {
  await driver.commit([{ sql: 'CREATE TABLE t (id INTEGER PRIMARY KEY, text TEXT)', parameters: [] }]);
  const text = 'x'.repeat(300);
  const statement = { sql: 'INSERT INTO t (text) VALUES (?)', parameters: [text] };
  const batch = Array.from({ length: 5_000 }, () => statement);
  let highest = 0;
  for (let n = 0; n < 240; n++) {
    await driver.commit(batch);
    highest = Math.max(highest, megabytes());
  }
  const [row] = await driver.read({ sql: 'SELECT COUNT(*) AS n FROM t', parameters: [] });
  expect(row?.['n']).toBe(1_200_000);
  // 1,200,000 rows are some 400 MB: the log has been used again.
  expect(highest).toBeLessThan(256);
  expect(highest).toBeGreaterThan(10);
});

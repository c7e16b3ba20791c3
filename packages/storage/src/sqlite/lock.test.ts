// The file lock between real processes, and what a driver says when a foreign process has the database.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StorageLocked } from '../driver.ts';
import { migrate } from '../migrate.ts';
import { sqliteDialect } from '../migrations/0001-house.ts';
import { lockFile } from './database.ts';
import { openSqlite } from './driver.ts';

let directory = '';
let file = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'parlance-lock-'));
  file = join(directory, 'file');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

const compiled = new URL('../../dist/sqlite/database.js', import.meta.url).href;

/** Another process that holds the lock of `file`, as soon as this resolves. */
const holder = async (): Promise<ChildProcess> => {
  const script = `const { lockFile } = await import(${JSON.stringify(compiled)});
    globalThis.lock = lockFile(${JSON.stringify(file)}); process.stdout.write('held'); setInterval(() => 0, 1000)`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  await once(child.stdout, 'data');
  return child;
};

test('one owner at a time, in one process too; a release frees it', () => {
  const lock = lockFile(file);
  expect(lock).toBeDefined();
  expect(lockFile(file)).toBeUndefined();
  lock?.release();
  const next = lockFile(file);
  expect(next).toBeDefined();
  next?.release();
});

test('the lock of a killed process is free at once', async () => {
  const child = await holder();
  expect(lockFile(file)).toBeUndefined();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = lockFile(file);
  expect(lock).toBeDefined();
  lock?.release();
});

test('a database that a foreign process has locked is refused as locked, and can be closed', async () => {
  await holder();
  const driver = openSqlite(file);
  await expect(migrate(driver, sqliteDialect)).rejects.toThrow(StorageLocked);
  await expect(driver.close()).rejects.toThrow(StorageLocked);
});

// The data directory's lock names its owner; the holders of a database are found.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { takeData } from './data-lock.ts';
import { holdersOf } from './holders.ts';

let folder = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parlance-data-'));
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

test('the second one is told who has it', () => {
  const data = join(folder, 'new', 'data');
  const first = takeData(data, 'parlance start');
  expect(takeData(data, 'parlance user add')).toEqual({ owner: { pid: process.pid, name: 'parlance start' } });
  if ('release' in first) first.release();
  expect(existsSync(join(data, 'owner.json'))).toBe(false);
  const second = takeData(data, 'parlance user add');
  expect('release' in second).toBe(true);
  if ('release' in second) second.release();
});

test('the name that a killed owner left behind is nobody', () => {
  writeFileSync(join(folder, 'owner.json'), '{"pid":1,"name":"parlance start"}');
  const taken = takeData(folder, 'parlance start');
  expect('release' in taken).toBe(true);
  if ('release' in taken) taken.release();
});

test.runIf(process.platform === 'linux')('a process that has the database open is found', async () => {
  const database = join(folder, 'parlance.db');
  const script = `require('node:fs').openSync(${JSON.stringify(database)}, 'w'); process.stdout.write('open'); setInterval(() => 0, 1000)`;
  const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] });
  children.push(child);
  await once(child.stdout, 'data');
  expect(holdersOf(database)).toEqual([{ pid: child.pid, name: expect.stringMatching(/node|Main/) as string }]);
});

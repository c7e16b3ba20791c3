// Secret keys of an installation: the same after a restart, for the owner's eyes, refused when damaged (checklist 16, 19).
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dataKey } from './data-keys.ts';

let data = '';

beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'parlance-keys-'));
});
afterEach(() => rmSync(data, { recursive: true }));

test('a key is made once, each name its own', () => {
  const key = dataKey(data, 'unknown-names', 32);
  expect(key).toHaveLength(32);
  expect(dataKey(data, 'unknown-names', 32)).toEqual(key);
  expect(dataKey(data, 'archive-ids', 32)).not.toEqual(key);
});

test.skipIf(process.platform === 'win32')('nobody but the owner may read it', () => {
  dataKey(data, 'unknown-names', 32);
  expect(statSync(join(data, 'keys', 'unknown-names')).mode & 0o777).toBe(0o600);
  expect(statSync(join(data, 'keys')).mode & 0o777).toBe(0o700);
});

test('a damaged one is told, not replaced', () => {
  dataKey(data, 'unknown-names', 32);
  writeFileSync(join(data, 'keys', 'unknown-names'), 'short');
  expect(() => dataKey(data, 'unknown-names', 32)).toThrow('damaged');
});

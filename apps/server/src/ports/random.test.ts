// The Random port of a running server: as many bytes as were asked for, and none twice.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemRandom } from './random.ts';

test('as many bytes as were asked for, also more than are drawn ahead', () => {
  fc.assert(fc.property(fc.nat(10_000), (count) => systemRandom.bytes(count).length === count));
});

test('no part is given twice, and none is left empty', () => {
  const parts = Array.from({ length: 2_000 }, (_, n) => systemRandom.bytes(16 + (n % 7)));
  expect(new Set(parts.map((part) => Buffer.from(part).toString('hex'))).size).toBe(parts.length);
  expect(parts.filter((part) => part.every((byte) => byte === 0))).toEqual([]);
});

test('a token has the bits that were asked for, in letters that need no escaping', () => {
  expect(systemRandom.token(128)).toMatch(/^[\w-]{22}$/);
  expect(systemRandom.token(64)).not.toBe(systemRandom.token(64));
});

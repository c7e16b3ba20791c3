// Nonce counts: each once, a little out of order, and nothing begins again that may have been forgotten (RFC 7616 §3.4; SECURITY-CHECKLIST 54).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { NonceCounts } from './nonce-counts.ts';

describe('checklist 54: a count that came before is a replay', () => {
  test('the same again', () => {
    const counts = new NonceCounts(10);
    expect([1, 1, 2, 2, 1, 3].map((count) => counts.take('a', 0, count))).toEqual([
      true,
      false,
      true,
      false,
      false,
      true,
    ]);
    expect(counts.take('b', 0, 1)).toBe(true);
  });

  test('late ones are taken, too late ones are not', () => {
    const counts = new NonceCounts(10);
    expect([100, 69, 68, 99, 99, 200, 100, 169].map((count) => counts.take('a', 0, count))).toEqual([
      true,
      true,
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  test('whatever the order, none twice', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(80)), (all) => {
        const counts = new NonceCounts(10);
        const taken = all.filter((count) => counts.take('a', 0, count));
        expect(new Set(taken).size).toBe(taken.length);
      }),
    );
  });

  test('and all of those that are near enough', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(Array.from({ length: 32 }, (_, n) => n + 1)), (all) => {
        const counts = new NonceCounts(10);
        expect(all.every((count) => counts.take('a', 0, count))).toBe(true);
      }),
    );
  });
});

test('of many nonces the oldest are forgotten, and never begin again', () => {
  const counts = new NonceCounts(10);
  expect(counts.take('first', 1, 1)).toBe(true);
  for (let time = 2; time < 21; time++) expect(counts.take(`n${time}`, time, 1)).toBe(true);
  expect(counts.take('n20', 20, 1)).toBe(false);
  expect(counts.take('n20', 20, 2)).toBe(true);
  for (let time = 21; time < 40; time++) counts.take(`n${time}`, time, 1);
  expect(counts.take('first', 1, 1)).toBe(false);
  expect(counts.take('first', 1, 2)).toBe(false);
  expect(counts.take('young', 40, 1)).toBe(true);
});

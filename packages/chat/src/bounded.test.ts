// Maps that grow to a limit: the entry set last is the newest, the oldest go first.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { withEntry } from './bounded.ts';

test('holds the latest entries, each key once, in the order of their setting', () => {
  const settings = fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat()), { maxLength: 60 });
  fc.assert(
    fc.property(settings, fc.integer({ min: 1, max: 6 }), (all, limit) => {
      let map: ReadonlyMap<number, number> = new Map();
      for (const [key, value] of all) map = withEntry(map, key, value, limit);
      const latest = all.filter(([key], at) => !all.slice(at + 1).some(([later]) => later === key)).slice(-limit);
      expect([...map]).toEqual(latest);
    }),
  );
});

test('the map before stays as it was', () => {
  const before = new Map([['a', 1]]);
  withEntry(before, 'a', 2, 5);
  expect([...before]).toEqual([['a', 1]]);
});

// The memory of what was used lately: it keeps the recent, forgets the rest, and stays within its bound.
import { expect, test } from 'vitest';
import { RecentMap } from './recent-map.ts';

test('what is used stays, what is not goes', () => {
  const map = new RecentMap<number, string>(10);
  map.set(0, 'used');
  map.set(1, 'unused');
  for (let n = 2; n < 100; n++) {
    map.set(n, 'new');
    expect(map.get(0)).toBe('used');
  }
  expect(map.get(1)).toBeUndefined();
});

test('a value that is set again replaces the old one', () => {
  const map = new RecentMap<number, string>(2);
  for (const value of ['a', 'b', 'c']) {
    map.set(1, value);
    map.set(2, 'other');
    expect(map.get(1)).toBe(value);
  }
});

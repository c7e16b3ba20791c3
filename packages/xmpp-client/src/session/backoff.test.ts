// Back-off grows, is capped and is spread.
import type { Random } from '@parlance/base/random';
import { expect, test } from 'vitest';
import { waitAfter } from './backoff.ts';

const always = (byte: number): Random => ({ bytes: (count) => new Uint8Array(count).fill(byte), token: () => '' });

test('the wait doubles with every failure up to the longest', () => {
  const waits = [1, 2, 3, 4, 10, 500].map((failures) =>
    waitAfter(failures, always(0), { first: 1000, longest: 60_000 }),
  );
  expect(waits).toEqual([500, 1000, 2000, 4000, 30_000, 30_000]);
});

test('chance adds at most as much again', () => {
  expect(waitAfter(1, always(255), { first: 1000, longest: 60_000 })).toBeGreaterThan(999);
  expect(waitAfter(1, always(255), { first: 1000, longest: 60_000 })).toBeLessThan(1000);
});

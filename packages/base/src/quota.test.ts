// A quota: so many times for each source in a window that begins with the first, then again.
import { expect, test } from 'vitest';
import { Quota } from './quota.ts';

const hour = 3_600_000;

test('each source has its own times, and has them again when its window is over', () => {
  const quota = new Quota({ allowed: 20, window: hour, sources: 10 });
  const taken = (source: string, now: number): number =>
    Array.from({ length: 100 }, () => quota.take(source, now)).filter(Boolean).length;
  expect(taken('mallory', 5)).toBe(20);
  expect(taken('juliet', 5)).toBe(20);
  expect(taken('mallory', hour + 4)).toBe(0);
  expect(taken('mallory', hour + 5)).toBe(20);
});

test('what nobody may do is never done', () => {
  expect(new Quota({ allowed: 0, window: hour, sources: 10 }).take('mallory', 0)).toBe(false);
});

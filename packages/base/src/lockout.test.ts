// Lock-out: free mistakes, waits that double up to a limit, quiet that makes all good, and a bound on what is remembered.
import { FakeClock } from '@parlance/testkit/fake-clock';
import { expect, test } from 'vitest';
import { Lockout } from './lockout.ts';

const waitOf = (lockout: Lockout, clock: FakeClock, source: string): number => {
  let seconds = 0;
  for (; lockout.isLocked(source); seconds++) clock.advance(1_000);
  return seconds;
};

test('nineteen mistakes are free, then waits double up to five minutes', () => {
  const clock = new FakeClock();
  const lockout = new Lockout(clock, 10);
  const waits = Array.from({ length: 31 }, () => {
    lockout.failed('a');
    return waitOf(lockout, clock, 'a');
  });
  expect(waits.slice(0, 19)).toEqual(Array.from({ length: 19 }, () => 0));
  expect(waits.slice(19)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
  expect(lockout.isLocked('b')).toBe(false);
});

test('how many are free may be said', () => {
  const clock = new FakeClock();
  const lockout = new Lockout(clock, 10, 2);
  const waits = Array.from({ length: 3 }, () => {
    lockout.failed('a');
    return waitOf(lockout, clock, 'a');
  });
  expect(waits).toEqual([0, 1, 2]);
});

test('a quarter of an hour of quiet forgets', () => {
  const clock = new FakeClock();
  const lockout = new Lockout(clock, 10);
  for (let failures = 0; failures < 20; failures++) lockout.failed('a');
  clock.advance(900_000);
  lockout.failed('a');
  expect(lockout.isLocked('a')).toBe(false);
});

test('a flood of sources pushes the oldest out', () => {
  const lockout = new Lockout(new FakeClock(), 10);
  for (let failures = 0; failures < 20; failures++) lockout.failed('a');
  expect(lockout.isLocked('a')).toBe(true);
  for (let source = 0; source < 100; source++) lockout.failed(`s${source}`);
  expect(lockout.isLocked('a')).toBe(false);
});

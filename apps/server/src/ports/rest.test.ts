// Memory is collected at rest and only then, and only when there is something to collect.
import { FakeClock } from '@parlance/testkit/fake-clock';
import { beforeEach, expect, it } from 'vitest';
import { collectAtRest } from './rest.ts';

const megabyte = 1_048_576;

let clock: FakeClock;
let load: number;
let heap: number;
let collected: number;
let stop: () => void;

beforeEach(() => {
  clock = new FakeClock();
  [load, heap, collected] = [0, 20 * megabyte, 0];
  const collect = (): void => {
    collected++;
    heap = 20 * megabyte;
  };
  stop = collectAtRest({ clock, load: () => load, heapBytes: () => heap, collect });
});

it('not while the server works', () => {
  [load, heap] = [0.5, 100 * megabyte];
  clock.advance(60_000);
  expect(collected).toBe(0);
  load = 0.01;
  clock.advance(5_000);
  expect(collected).toBe(1);
});

it('not for a trifle, and not twice for the same', () => {
  heap += 3 * megabyte;
  clock.advance(60_000);
  expect(collected).toBe(0);
  heap += 3 * megabyte;
  clock.advance(60_000);
  expect(collected).toBe(1);
});

it('not after the end', () => {
  stop();
  heap = 100 * megabyte;
  clock.advance(60_000);
  expect(collected).toBe(0);
});

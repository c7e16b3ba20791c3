// The keep-alive asks only after silence, and gives up only when nothing at all comes.
import { FakeClock } from '@parlance/testkit/fake-clock';
import { expect, test } from 'vitest';
import { Keepalive } from './keepalive.ts';

const setUp = (): { clock: FakeClock; keepalive: Keepalive; asked: () => number; dead: () => number } => {
  const clock = new FakeClock();
  let asked = 0;
  let dead = 0;
  const policy = { silence: 1000, patience: 100 };
  const keepalive = new Keepalive(
    clock,
    policy,
    () => asked++,
    () => dead++,
  );
  keepalive.start();
  return { clock, keepalive, asked: () => asked, dead: () => dead };
};

test('nothing is asked while the server speaks', () => {
  const { clock, keepalive, asked } = setUp();
  for (let i = 0; i < 10; i++) {
    clock.advance(900);
    keepalive.heard();
  }
  expect(asked()).toBe(0);
});

test('silence is asked once, and death follows only without an answer', () => {
  const { clock, keepalive, asked, dead } = setUp();
  clock.advance(1050);
  expect([asked(), dead()]).toEqual([1, 0]);
  keepalive.heard();
  clock.advance(100);
  expect([asked(), dead()]).toEqual([1, 0]);
  clock.advance(1050);
  expect([asked(), dead()]).toEqual([2, 1]);
  clock.advance(10_000);
  expect([asked(), dead()]).toEqual([2, 1]);
});

test('a probe does not wait for silence', () => {
  const { clock, keepalive, asked, dead } = setUp();
  keepalive.probe(10);
  expect(asked()).toBe(1);
  clock.advance(10);
  expect(dead()).toBe(1);
});

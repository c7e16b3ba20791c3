// The pace of a stream: a turn for everybody else behind each portion, and a rest for who is too fast in the long run (checklist 34).
import { FakeClock } from '@parlance/testkit/fake-clock';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Credit, Pace } from './pace.ts';

const rate = 1_000_000;

test('32 elements, or 32 KB, and everybody else has a turn', () => {
  const [pace, credit] = [new Pace(), new Credit(new FakeClock(), rate)];
  const small = Array.from({ length: 64 }, () => pace.step(0, credit));
  expect(small.flatMap((rest, n) => (rest === undefined ? [] : [[n + 1, rest]]))).toEqual([
    [32, 0],
    [64, 0],
  ]);
  const large = [32_767, 32_768, 65_535, 65_536].map((received) => pace.step(received, credit));
  expect(large).toEqual([undefined, 0, undefined, 0]);
});

test('what brings no element counts by its bytes', () => {
  const [pace, credit] = [new Pace(), new Credit(new FakeClock(), rate)];
  const blank = Array.from({ length: 100 }, (_, n) => pace.step((n + 1) * 32_768, credit, 0));
  expect(blank.slice(0, 61)).toEqual(Array.from({ length: 61 }, () => 0));
  expect(blank.slice(62).every((rest, n) => rest !== undefined && rest > n * 32)).toBe(true);
  expect(pace.step(100 * 32_768, credit, 0)).toBeUndefined();
});

test('whoever keeps to the rate never rests longer', () => {
  const clock = new FakeClock();
  const [pace, credit] = [new Pace(), new Credit(clock, rate)];
  for (let n = 1; n <= 1_000; n++) {
    expect(pace.step(n * 40_000, credit)).toBe(0);
    clock.advance(41);
  }
});

test('in the long run nobody is faster than the rate, over however many connections', () => {
  const portions = fc.array(fc.tuple(fc.nat({ max: 4 }), fc.nat({ max: 100_000 })), { minLength: 100, maxLength: 300 });
  fc.assert(
    fc.property(portions, (sizes) => {
      const clock = new FakeClock();
      const credit = new Credit(clock, rate);
      const received = [0, 0, 0, 0, 0];
      const paces = received.map(() => new Pace());
      for (const [which, size] of sizes) {
        const all = (received[which] ?? 0) + size;
        received[which] = all;
        clock.advance(paces[which]?.step(all, credit) ?? 0);
      }
      const spent = received.reduce((sum, each) => sum + each, 512 * sizes.length);
      const uncounted = paces.length * (32 * 512 + 32_768);
      expect(spent).toBeLessThanOrEqual((clock.monotonic() / 1_000 + 2) * rate + 200_000 + uncounted);
    }),
  );
});

// The fake clock keeps the promises of the port: order, cancellation, turns.
import { expect, test } from 'vitest';
import { FakeClock } from './fake-clock.ts';

test('timers run in the order of their times, then of their setting, at their own time', () => {
  const clock = new FakeClock(1000);
  const seen: [string, number][] = [];
  const mark = (name: string) => (): void => void seen.push([name, clock.monotonic()]);
  clock.after(20, mark('late'));
  clock.after(10, mark('first'));
  clock.after(10, mark('second'));
  clock.advance(15);
  expect(seen).toEqual([
    ['first', 10],
    ['second', 10],
  ]);
  expect(clock.now()).toBe(1015);
  clock.advance(5);
  expect(seen.at(-1)).toEqual(['late', 20]);
});

test('a timer set by a timer runs in the same advance when it falls due', () => {
  const clock = new FakeClock();
  const seen: number[] = [];
  const tick = (): void => {
    seen.push(clock.monotonic());
    clock.after(10, tick);
  };
  clock.after(10, tick);
  clock.advance(35);
  expect(seen).toEqual([10, 20, 30]);
});

test('a cancelled timer never runs and may be cancelled again', () => {
  const clock = new FakeClock();
  const timer = clock.after(1, () => expect.fail('cancelled'));
  timer.cancel();
  timer.cancel();
  clock.advance(10);
  expect(clock.pending).toBe(0);
});

test('soon waits for the end of the turn', () => {
  const clock = new FakeClock();
  const seen: string[] = [];
  clock.soon(() => clock.soon(() => seen.push('asked meanwhile')));
  expect(seen).toEqual([]);
  clock.turn();
  expect(seen).toEqual(['asked meanwhile']);
});

test('advanceAsync lets a promise set the next timer', async () => {
  const clock = new FakeClock();
  const wait = (ms: number): Promise<void> => new Promise((resolve) => void clock.after(ms, resolve));
  let done = false;
  const work = async (): Promise<void> => {
    await wait(10);
    await wait(10);
    done = true;
  };
  const working = work();
  await clock.advanceAsync(20);
  expect(done).toBe(true);
  await working;
});

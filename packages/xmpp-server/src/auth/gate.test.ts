// The gate: so many at a time, in order, and no more waiting than there is room.
import { expect, test } from 'vitest';
import { Gate } from './gate.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('lets two in, one wait, and turns the fourth away', async () => {
  const gate = new Gate(2, 1);
  const inside: number[] = [];
  const leave: (() => void)[] = [];
  const enter = (name: number): Promise<number | undefined> =>
    gate.run(
      () =>
        new Promise((resolve) => {
          inside.push(name);
          leave.push(() => resolve(name));
        }),
    );
  const first = enter(1);
  const others = [enter(2), enter(3)];
  expect(await enter(4)).toBeUndefined();
  expect(inside).toEqual([1, 2]);
  leave[0]?.();
  expect(await first).toBe(1);
  await turn();
  expect(inside).toEqual([1, 2, 3]);
  for (const each of leave) each();
  expect(await Promise.all(others)).toEqual([2, 3]);
});

test('work that fails makes room, too', async () => {
  const gate = new Gate(1, 0);
  await expect(gate.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await gate.run(() => Promise.resolve('in'))).toBe('in');
});

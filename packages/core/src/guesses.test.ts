// Who asks for addresses that nobody has is told twenty times an hour, each sender for himself.
import { expect, test } from 'vitest';
import { Guesses } from './guesses.ts';
import type { Address } from './ids.ts';

const [mallory, juliet] = ['mallory@localhost', 'juliet@localhost'] as [Address, Address];
const hour = 3_600_000;

test('twenty times in an hour, then again in the next', () => {
  const guesses = new Guesses();
  const told = (from: Address, time: number): number =>
    Array.from({ length: 100 }, () => guesses.mayLearn(from, time)).filter(Boolean).length;
  expect(told(mallory, 10 * hour)).toBe(20);
  expect(told(juliet, 10 * hour)).toBe(20);
  expect(told(mallory, 11 * hour - 1)).toBe(0);
  expect(told(mallory, 11 * hour)).toBe(20);
});

// What is derived from the machine: key derivations leave a core, and a thread of Node's four, to everybody else.
import { expect, test } from 'vitest';
import { derivationsAtOnce } from './limits.ts';

test('checklist 17: at least one derivation at a time, a core fewer than there are, three at most', () => {
  expect([1, 2, 3, 4, 8, 64].map(derivationsAtOnce)).toEqual([1, 1, 2, 3, 3, 3]);
});

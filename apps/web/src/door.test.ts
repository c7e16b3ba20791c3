// Before the code behind the first screen has come: what is asked shows, and a failure is a sentence.
import { expect, test } from 'vitest';
import { Door } from './door.ts';

test('who signs in at once sees that it is tried; the code is fetched once', () => {
  let fetched = 0;
  const door = new Door(() => {
    fetched++;
    return new Promise(() => undefined);
  });
  door.setActive(true);
  door.wake();
  expect([fetched, door.session.snapshot().kind]).toEqual([0, 'signed-out']);
  door.prepare();
  door.signIn('juliet@capulet.lit', 'secret');
  expect(door.session.snapshot()).toEqual({ kind: 'signing-in', remembered: false });
  expect(fetched).toBe(1);
});

test('what does not come is told to whoever asks for it, and fetched again with the next attempt', async () => {
  let fetched = 0;
  const door = new Door(() => {
    fetched++;
    return Promise.reject(new Error('no such file'));
  });
  door.prepare();
  await expect.poll(() => fetched).toBe(1);
  expect(door.session.snapshot()).toMatchObject({ kind: 'signed-out', failure: undefined });
  door.signIn('juliet@capulet.lit', 'secret');
  await expect
    .poll(() => door.session.snapshot())
    .toEqual({ kind: 'signed-out', failure: 'unreachable', address: undefined });
  expect(fetched).toBe(2);
});

// Drafts outlive the page and stay with their account.
import { expect, test } from 'vitest';
import { Drafts } from './drafts.ts';
import { memoryStorage } from './testing/memory-storage.ts';

const peer = 'romeo@montague.lit';

test('a draft is there after a reload, until it is sent or taken back', () => {
  const storage = memoryStorage();
  const drafts = new Drafts(storage);
  drafts.keep(peer, 'Wherefore');
  drafts.keep('nurse@capulet.lit', 'Come');
  drafts.keep('nurse@capulet.lit', '');
  const reloaded = new Drafts(storage);
  expect([reloaded.of(peer), reloaded.of('nurse@capulet.lit')]).toEqual(['Wherefore', '']);
  reloaded.keep(peer, '');
  expect(storage.names()).toEqual([]);
});

test('another account has its own', () => {
  const [one, other] = [new Drafts(memoryStorage()), new Drafts(memoryStorage())];
  one.keep(peer, 'Wherefore');
  expect(other.of(peer)).toBe('');
});

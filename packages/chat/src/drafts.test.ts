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

test('two pages keep theirs side by side', () => {
  const storage = memoryStorage();
  const [one, other] = [new Drafts(storage), new Drafts(storage)];
  one.keep(peer, 'Wherefore');
  other.keep('nurse@capulet.lit', 'Come');
  one.keep(peer, 'Wherefore art');
  const reloaded = new Drafts(storage);
  expect([reloaded.of(peer), reloaded.of('nurse@capulet.lit')]).toEqual(['Wherefore art', 'Come']);
});

test('a device that keeps nothing loses nothing while the page lives', () => {
  const drafts = new Drafts({ load: () => undefined, save: () => undefined, names: () => [] });
  drafts.keep(peer, 'Wherefore');
  drafts.keep('nurse@capulet.lit', 'Come');
  expect(drafts.of(peer)).toBe('Wherefore');
});

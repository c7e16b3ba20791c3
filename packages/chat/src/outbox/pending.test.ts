// What waits to be sent outlives the page, in order, and never beyond its bound.
import { expect, test } from 'vitest';
import type { TextStorage } from '../storage.ts';
import { type Pending, PendingMessages } from './pending.ts';

const memoryStorage = (): TextStorage => {
  const texts = new Map<string, string>();
  return {
    load: (name) => texts.get(name),
    save: (name, text) => void (text === undefined ? texts.delete(name) : texts.set(name, text)),
  };
};

const message = (id: string): Pending => ({ id, peer: 'romeo@montague.lit', text: `text ${id}`, at: 1 });

test('what was added is there after a reload, what was removed is not', () => {
  const storage = memoryStorage();
  const pending = new PendingMessages(storage);
  for (const id of ['a', 'b', 'c']) expect(pending.add(message(id))).toBe(true);
  pending.remove('b');
  expect(new PendingMessages(storage).all).toEqual([message('a'), message('c')]);
});

test('five hundred may wait', () => {
  const pending = new PendingMessages(memoryStorage());
  for (let n = 0; n < 500; n++) pending.add(message(String(n)));
  expect(pending.add(message('one more'))).toBe(false);
  expect(pending.all).toHaveLength(500);
});

test('what is kept may have been damaged', () => {
  for (const text of ['', '{', '{}', 'null', '[1, null, {"id": 1}]', '[{"id":"a","peer":"b","text":"c"}]']) {
    const storage = memoryStorage();
    storage.save('outbox', text);
    expect(new PendingMessages(storage).all).toEqual([]);
  }
});

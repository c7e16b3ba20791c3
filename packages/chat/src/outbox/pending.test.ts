// What waits to be sent outlives the page, in order, and never beyond its bound.
import { expect, test } from 'vitest';
import { memoryStorage } from '../testing/memory-storage.ts';
import { type Pending, PendingMessages } from './pending.ts';

const message = (id: string): Pending => ({ id, peer: 'romeo@montague.lit', text: `text ${id}`, at: 1 });

test('what was added is there after a reload, what was removed is not', () => {
  const storage = memoryStorage();
  const pending = new PendingMessages(storage, 'page');
  for (const id of ['a', 'b', 'c']) expect(pending.add(message(id))).toBe(true);
  pending.remove('b');
  const reloaded = new PendingMessages(storage, 'page, reloaded');
  expect(reloaded.others()).toEqual(['page']);
  expect(reloaded.inherit('page')).toEqual([message('a'), message('c')]);
  expect(reloaded.all).toEqual([message('a'), message('c')]);
  expect(reloaded.others()).toEqual([]);
  expect(reloaded.inherit('page')).toEqual([]);
});

test('two pages do not write over each other', () => {
  const storage = memoryStorage();
  const [one, other] = [new PendingMessages(storage, 'one'), new PendingMessages(storage, 'other')];
  one.add(message('a'));
  other.add(message('b'));
  other.remove('b');
  expect(new PendingMessages(storage, 'one').all).toEqual([message('a')]);
});

test('five hundred may wait', () => {
  const storage = memoryStorage();
  const [pending, gone] = [new PendingMessages(storage, 'page'), new PendingMessages(storage, 'gone')];
  for (const id of ['x', 'y', 'z']) gone.add(message(id));
  for (let n = 0; n < 498; n++) pending.add(message(String(n)));
  expect(pending.inherit('gone')).toEqual([message('x'), message('y')]);
  expect(pending.add(message('one more'))).toBe(false);
  expect(pending.all).toHaveLength(500);
  // What there was no room for stays where it was.
  expect(new PendingMessages(storage, 'gone').all).toEqual([message('z')]);
});

test('what is kept may have been damaged', () => {
  for (const text of ['', '{', '{}', 'null', '[1, null, {"id": 1}]', '[{"id":"a","peer":"b","text":"c"}]']) {
    const storage = memoryStorage();
    storage.save('outbox/page', text);
    expect(new PendingMessages(storage, 'page').all).toEqual([]);
  }
});

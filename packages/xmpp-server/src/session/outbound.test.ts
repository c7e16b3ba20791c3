// The outbound list: order, acknowledgement across connections (XEP-0198 §4, §5), and what is held behind a backlog.
import { Batch } from '@parlance/core/commit-loop';
import type { Sequence } from '@parlance/core/ids';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Fate, ofCopy } from './fate.ts';
import { type Item, Outbound } from './outbound.ts';

const item = (text: string, more: Partial<Item> = {}): Item => ({
  text,
  pointer: undefined,
  batch: undefined,
  ...more,
});
const pointer = (sequence: number, fate: Fate): NonNullable<Item['pointer']> => ({
  sequence: sequence as Sequence,
  wrapping: 'plain',
  fate,
});

test('nothing is written before its batch is on disk, and nothing overtakes it', () => {
  const outbound = new Outbound();
  const [first, second] = [new Batch(), new Batch()];
  outbound.push(item('a', { batch: first }));
  outbound.push(item('b'));
  outbound.push(item('c', { batch: second, tells: true }));
  outbound.push(item('d', { batch: second }));
  expect(outbound.take(true).texts).toEqual([]);
  first.state = 'committed';
  expect(outbound.take(true).texts).toEqual(['a', 'b']);
  second.state = 'failed';
  expect(outbound.take(true).texts).toEqual(['d']);
  expect([outbound.unacknowledged, outbound.length, outbound.bytes]).toEqual([3, 3, 3]);
});

test('what was written on a lost connection may be acknowledged on the next, and is written again otherwise', () => {
  const outbound = new Outbound();
  for (const text of ['a', 'b', 'c']) outbound.push(item(text));
  outbound.take(true);
  outbound.push(item('d'));
  outbound.rewind();
  expect(outbound.acknowledge(4)).toBeUndefined();
  expect(outbound.acknowledge(2)?.map(({ text }) => text)).toEqual(['a', 'b']);
  expect(outbound.take(true).texts).toEqual(['c', 'd']);
  expect(outbound.acknowledge(4)?.map(({ text }) => text)).toEqual(['c', 'd']);
  expect(outbound.acknowledge(5)).toBeUndefined();
});

test('after a restart everything may have been written', () => {
  const outbound = new Outbound();
  outbound.acknowledged = 0xffff_ffff;
  for (const text of ['a', 'b']) outbound.push(item(text));
  outbound.restored();
  expect(outbound.acknowledge(2)).toBeUndefined();
  expect(outbound.acknowledge(0)?.map(({ text }) => text)).toEqual(['a']);
  expect(outbound.take(true).texts).toEqual(['b']);
});

test('who gives up, gives back what nobody else has, once', () => {
  const [one, other] = [new Outbound(), new Outbound()];
  const shared = new Fate(false, false);
  one.push(item('a', { pointer: pointer(1, shared) }));
  one.push(item('b', { pointer: pointer(2, new Fate(false, true)) }));
  one.push(item('c', { pointer: pointer(3, new Fate(false, false)) }));
  one.push(item('d', { pointer: pointer(4, ofCopy) }));
  other.push(item('a', { pointer: pointer(1, shared) }));
  expect(other.take(false).delivered).toEqual([]);
  expect(one.giveUp()).toEqual([3]);
  expect(one.giveUp()).toEqual([]);
  expect(one.take(false).delivered).toEqual([2, 3]);
});

test('states alone may wait; anything else may not', () => {
  const outbound = new Outbound();
  outbound.push(item('done'));
  outbound.take(true);
  outbound.push(item('a', { subject: 'romeo' }));
  expect([outbound.onlyStates(2), outbound.onlyStates(1)]).toEqual([true, false]);
  expect(outbound.renew('romeo', 'b', 1)).toBe(true);
  outbound.push(item('message'));
  expect(outbound.onlyStates(9)).toBe(false);
  expect(outbound.take(true).texts).toEqual(['b', 'message']);
});

test('whatever is held comes behind everything older, in order, each item once', () => {
  const act = fc.constantFrom('push', 'older', 'take', 'acknowledge', 'rewind', 'hold', 'release');
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), fc.boolean(), (acts, keep) => {
      const outbound = new Outbound();
      const expected: string[] = [];
      const seen: string[] = [];
      let held: string[] | undefined;
      let next = 0;
      const take = (): void => void seen.push(...outbound.take(keep).texts);
      const release = (): void => {
        outbound.release();
        expected.push(...(held ?? []));
        held = undefined;
      };
      for (const each of acts) {
        const text = `${next++} `;
        if (each === 'push') {
          outbound.push(item(text));
          (held ?? expected).push(text);
        } else if (each === 'older') {
          outbound.pushOlder(item(text));
          held ??= [];
          expected.push(text);
        } else if (each === 'hold') {
          outbound.hold();
          held ??= [];
        } else if (each === 'release') release();
        else if (each === 'take') take();
        else if (each === 'acknowledge' && keep)
          outbound.acknowledge((outbound.acknowledged + outbound.unacknowledged) >>> 0);
        else if (each === 'rewind' && keep && outbound.unacknowledged === 0) outbound.rewind();
        expect(outbound.bytes).toBe(outbound.items().reduce((sum, { text: t }) => sum + t.length, 0));
      }
      release();
      take();
      expect(seen).toEqual(expected);
    }),
  );
});

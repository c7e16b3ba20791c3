// XEP-0059 §2.2, §2.3, XEP-0060 §6.5.4: whichever way a node is paged, every item comes once, in order, within the bound.
import type { ItemPlace } from '@parlance/core/store';
import type { PageRequest } from '@parlance/xmpp/wire/xep-0059.rsm';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pageOf } from './page.ts';

const nothing: PageRequest = { max: undefined, after: undefined, before: undefined, index: undefined };

const places = fc
  .array(fc.integer({ min: 1, max: 600_000 }), { maxLength: 12 })
  .map((sizes) => sizes.map((size, at): ItemPlace => ({ id: `i${at}`, place: at * 3 + 1, size })));
const max = fc.integer({ min: 1, max: 5 });
const idsOf = (all: readonly ItemPlace[]): string[] => all.map(({ id }) => id);

test('forwards, each page after the last', () => {
  fc.assert(
    fc.property(places, max, (all, size) => {
      const seen: string[] = [];
      for (let turn = 0; turn <= all.length; turn++) {
        const page = pageOf(all, { ...nothing, after: seen.at(-1) }, size, false);
        expect(page?.places.length).toBeLessThanOrEqual(size);
        expect(page?.index).toBe(seen.length);
        seen.push(...idsOf(page?.places ?? []));
      }
      expect(seen).toEqual(idsOf(all));
    }),
  );
});

test('backwards, each page before the first', () => {
  fc.assert(
    fc.property(places, max, (all, size) => {
      const seen: string[] = [];
      for (let turn = 0; turn <= all.length; turn++) {
        const page = pageOf(all, { ...nothing, before: seen[0] ?? '' }, size, true);
        seen.unshift(...idsOf(page?.places ?? []));
        expect(page?.index).toBe(all.length - seen.length);
      }
      expect(seen).toEqual(idsOf(all));
    }),
  );
});

test('an answer is bounded, but never empty while there is something', () => {
  fc.assert(
    fc.property(places, fc.boolean(), (all, backwards) => {
      const page = pageOf(all, nothing, all.length, backwards);
      const sizes = (page?.places ?? []).map(({ size }) => size);
      const total = sizes.reduce((sum, size) => sum + size, 0);
      expect(total <= 1_000_000 || sizes.length === 1).toBe(true);
      expect(sizes.length === 0).toBe(all.length === 0);
    }),
  );
});

test('an item that is not there has no page after or before it', () => {
  const all = [{ id: 'a', place: 1, size: 1 }];
  expect(pageOf(all, { ...nothing, after: 'b' }, 9, false)).toBeUndefined();
  expect(pageOf(all, { ...nothing, before: 'b' }, 9, true)).toBeUndefined();
  expect(pageOf(all, { ...nothing, index: 7 }, 9, false)).toEqual({ places: [], index: 1 });
});

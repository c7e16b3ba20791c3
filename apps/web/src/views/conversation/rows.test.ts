// Rows: days, the divider, groups.
import type { Entry } from '@parlance/chat/timeline/entries';
import { expect, test } from 'vitest';
import { rowsOf } from './rows.ts';

const entry = (key: string, direction: 'in' | 'out', at: number): Entry => ({
  key,
  direction,
  text: key,
  at,
  originId: key,
  state: undefined,
  failure: undefined,
});

const noon = new Date(2030, 0, 1, 12).getTime();

const sketch = (entries: readonly Entry[], divider?: string): readonly string[] =>
  rowsOf(entries, divider).map((row) =>
    row.kind === 'message' ? `${row.first ? '[' : ''}${row.key}${row.last ? ']' : ''}` : row.kind,
  );

test('one speaker in one go is one group', () => {
  const minute = 60_000;
  expect(
    sketch([
      entry('a', 'in', noon),
      entry('b', 'in', noon + minute),
      entry('c', 'out', noon + 2 * minute),
      entry('d', 'out', noon + 20 * minute),
    ]),
  ).toEqual(['day', '[a', 'b]', '[c]', '[d]']);
});

test('a new day and the divider part a group', () => {
  const midnight = new Date(2030, 0, 2).getTime();
  expect(
    sketch([entry('a', 'in', midnight - 1_000), entry('b', 'in', midnight), entry('c', 'in', midnight + 1)], 'c'),
  ).toEqual(['day', '[a]', 'day', '[b]', 'unread', '[c]']);
});

// Names of one alphabet and names of several (UTS #39 §5.2).
import { describe, expect, test } from 'vitest';
import { mixesAlphabets } from './alphabets.ts';

describe('letters of several alphabets', () => {
  test.each(['p\u0430ul', 'adm\u03bfn', '\u03bf\u043e'])('%s mixes them', (name) => {
    expect(mixesAlphabets(name)).toBe(true);
  });

  test.each([
    'paul',
    'jos\u00e9-2',
    '\u0430\u043d\u043d\u0430',
    '\u738b\u4f1f',
    'a\u738b',
    '\u6771\u30ab\u306a',
    '\u05d0\u05d1',
    '42',
  ])('%s does not', (name) => {
    expect(mixesAlphabets(name)).toBe(false);
  });
});

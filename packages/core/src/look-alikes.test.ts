// Names that look alike, and names that only seem to: UTS #39 §4 on what people are called (checklist 29).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { lookOf, looksBeside } from './look-alikes.ts';

/** May the one be created when the other is there? */
const together = (one: string, other: string): boolean => !looksBeside(one).includes(lookOf(other));

describe('refused beside each other', () => {
  test.each([
    ['paul', 'p\u0430ul', 'a Cyrillic letter among Latin ones'],
    ['scope', '\u0455\u0441\u043e\u0440\u0435', 'all Cyrillic'],
    ['\u0455\u0441\u043e\u0440\u0435', 'sc\u043ep\u0435', 'Cyrillic, and mixed'],
    ['omar', '\u03bfmar', 'a Greek letter'],
    ['admin', 'adm\u0131n', 'a Turkish letter'],
    ['modem', 'mod\u0435rn', 'a skeleton has m as rn'],
    ['paul1', 'p\u0430ull', 'a digit of the one counts when the other is not plain'],
    ['\u53e3', '\u30ed', 'Han and Katakana'],
    ['jos\u00e9', 'jos\u0435\u0301', 'an accent over a Cyrillic letter'],
  ])('%s and %s: %s', (one, other) => {
    expect(one).not.toBe(other);
    expect([together(one, other), together(other, one)]).toEqual([false, false]);
  });
});

describe('let be beside each other', () => {
  test.each([
    ['paul1', 'paull', 'plain ASCII can be told apart and typed'],
    ['modern', 'modem', 'plain ASCII'],
    ['jose', 'jos\u00e9', 'an accent is seen'],
    ['anna', '\u0430\u043d\u043d\u0430', 'Latin n and Cyrillic \u043d do not look alike'],
    ['\u738b\u4f1f', '\u738b\u8587', 'other Han characters'],
  ])('%s and %s: %s', (one, other) => {
    expect([together(one, other), together(other, one)]).toEqual([true, true]);
  });
});

test('whatever may not be created behind the other may not be created before it either', () => {
  const letter = fc.constantFrom(...Array.from('aolc10i\u0430\u043e\u0441\u04cf\u03bf\u0131\u00e9'));
  const name = fc.string({ unit: letter, minLength: 1, maxLength: 3 });
  fc.assert(
    fc.property(name, name, (one, other) => {
      expect(together(one, other)).toBe(together(other, one));
    }),
  );
});

test('a name looks like itself, in every normal form', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (name) => {
      expect(lookOf(name.normalize('NFD'))).toBe(lookOf(name.normalize('NFC')));
    }),
  );
});

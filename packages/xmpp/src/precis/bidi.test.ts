// The Bidi Rule against the domain library's own table, for every code point that both know, without three large scripts of plain letters (RFC 5893 §2).
import { expect, test } from 'vitest';
import { unicodeName } from '../idna.ts';
import { bidiRule } from './bidi.ts';
import { inIdentifierClass } from './profiles.ts';

const points = Array.from({ length: 0x2_0000 }, (_, n) => String.fromCodePoint(n)).filter(
  (point) =>
    /[^\0-\x7F\p{Cs}\p{Join_Control}\p{Script=Han}\p{Script=Hangul}\p{Script=Egyptian_Hieroglyphs}]/u.test(point) &&
    inIdentifierClass(point) &&
    unicodeName(`a${point}`) === `a${point}`,
);

test('there is something to compare', () => {
  expect(points.length).toBeGreaterThan(20_000);
});

test.each([
  ['between Hebrew letters', (point: string) => `\u05D0${point}\u05D0`],
  ['at the end of Hebrew', (point: string) => `\u05D0${point}`],
  ['after Latin', (point: string) => `a${point}`],
  ['after an Arabic digit', (point: string) => `\u0627\u0660${point}`],
  ['after a European digit', (point: string) => `\u06271${point}\u0301`],
])('%s', (_, place) => {
  const differing = points.filter((point) => {
    const text = place(point);
    if (text.normalize('NFC') !== text || !inIdentifierClass(text)) return false;
    return bidiRule(text) !== (unicodeName(text) === text);
  });
  expect(differing.map((point) => point.codePointAt(0)?.toString(16))).toEqual([]);
});

test.each([
  ['\u05D0', true],
  ['a\u05D0', false],
  ['\u05D0a', false],
  ['\u05D0-', false],
  ['\u05D0-\u05D1', true],
  ['\u05D01', true],
  ['1\u05D0', false],
  ['\u0627\u0660\u0301', true],
  ['\u06271\u0660', false],
  ['\u0660', false],
  ['abc-', true],
])('%j: %s', (text, fits) => {
  expect(bidiRule(text)).toBe(fits);
});

// PRECIS: the examples of RFC 8265, context rules, nasty code points, and the laws that every profile keeps.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { opaqueString, usernameCaseMapped } from './profiles.ts';
import { propertyOf } from './property.ts';

describe('UsernameCaseMapped (RFC 8265 §3.6)', () => {
  test.each([
    ['juliet@example.com', 'juliet@example.com'],
    ['fussball', 'fussball'],
    ['fu\u00DFball', 'fu\u00DFball'],
    ['\u03C0', '\u03C0'],
    ['\u03A3', '\u03C3'],
    ['\u03C3', '\u03C3'],
    ['\u03C2', '\u03C2'],
    ['\u0391\u03A3', '\u03B1\u03C3'],
    ['Juliet', 'juliet'],
    ['\uFF2A\uFF35\uFF2C\uFF29\uFF25\uFF34', 'juliet'],
    ['\uFF76\uFF9E', '\u30AC'],
    ['e\u0301', '\u00E9'],
    ['\u0130', 'i\u0307'],
    ['\u5F20\u4E09', '\u5F20\u4E09'],
  ])('%j becomes %j', (text, prepared) => {
    expect(usernameCaseMapped(text)).toBe(prepared);
  });

  test.each([
    'foo bar',
    '',
    'henry\u2163',
    '\u221E',
    '\u265A',
    '\u212A',
    '\u3000',
    '\uD800',
    '\uFFFF',
    '\u200Ba',
    '\u00AD',
  ])('%j does not conform', (text) => {
    expect(usernameCaseMapped(text)).toBeUndefined();
  });

  test.each([
    'a\u202Eb',
    '\u2028',
    '\u0000',
    '\u007F',
    '\u1100\u1161',
    '\uFFA1',
    '\u{E0041}',
    '\u{1F600}',
    '\uE000',
    '\u0378',
  ])('%j neither: controls, jamo, tags, emoji, private use, unassigned', (text) => {
    expect(usernameCaseMapped(text)).toBeUndefined();
  });
});

describe('OpaqueString (RFC 8265 §4.3)', () => {
  test.each([
    ['correct horse battery staple', 'correct horse battery staple'],
    ['Correct Horse Battery Staple', 'Correct Horse Battery Staple'],
    ['\u03C0\u00DF\u00E5', '\u03C0\u00DF\u00E5'],
    ['Jack of \u2666s', 'Jack of \u2666s'],
    ['foo\u1680bar', 'foo bar'],
    ['\uFF21', '\uFF21'],
    ['henry\u2163', 'henry\u2163'],
  ])('%j becomes %j', (text, prepared) => {
    expect(opaqueString(text)).toBe(prepared);
  });

  test.each(['', 'my cat is a \tby', '\uD83D', '\uFEFF', '\u2028', '\u{1FFFE}'])('%j does not conform', (text) => {
    expect(opaqueString(text)).toBeUndefined();
  });
});

describe('contexts (RFC 5892 appendix A)', () => {
  test.each([
    ['l\u00B7l', true],
    ['a\u00B7l', false],
    ['\u0375\u03B1', true],
    ['\u0375a', false],
    ['\u05D0\u05F3', true],
    ['\u05F3\u05D0', false],
    ['\u30A2\u30FB\u30A2', true],
    ['a\u30FBb', false],
    ['\u0627\u0661\u0662', true],
    ['\u0627\u0661\u06F2', false],
    ['\u0915\u094D\u200D\u0937', true],
    ['\u0915\u200D\u0937', false],
    ['\u0628\u200C\u0628', true],
    ['a\u200Cb', false],
    ['\u0640', false],
  ])('%j: %s', (text, fits) => {
    expect(usernameCaseMapped(text) === text).toBe(fits);
  });
});

describe('laws', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.string({
      unit: fc.constantFrom(
        ...Array.from(
          'aZ\u0130\u03A3\u0301\u0345\u05D0\u0627\u0661\u06F1\uFF21\uFF9E\uFF76\u200D\u094D\u0915 \u3000\u00B7l',
        ),
      ),
    }),
  );

  test.each([
    ['UsernameCaseMapped', usernameCaseMapped],
    ['OpaqueString', opaqueString],
  ])('%s is idempotent, in NFC, and never empty', (_, profile) => {
    fc.assert(
      fc.property(text, (given) => {
        const prepared = profile(given);
        if (prepared === undefined) return;
        expect(profile(prepared)).toBe(prepared);
        expect(prepared.normalize('NFC')).toBe(prepared);
        expect(prepared).not.toBe('');
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 2_000 },
    );
  });

  test('every code point: idempotent, and no capital survives', () => {
    const wrong: string[] = [];
    for (let point = 0; point < 0x11_0000; point++) {
      const given = String.fromCodePoint(point);
      const prepared = /\p{Cn}|\p{Co}/u.test(given) ? undefined : usernameCaseMapped(given);
      if (prepared !== undefined && usernameCaseMapped(prepared) !== prepared) wrong.push(point.toString(16));
    }
    expect(wrong).toEqual([]);
  });

  test('properties by the table of RFC 8264 §8', () => {
    const places = [
      '!',
      'a',
      ' ',
      '\u00DF',
      '\u00B7',
      '\u2163',
      '\u3000',
      '\u200C',
      '\u1100',
      '\u0640',
      '\uFDD0',
      '\u01C5',
    ];
    expect(places.map(propertyOf).join(' ')).toBe(
      'valid valid free valid context free free context disallowed disallowed disallowed free',
    );
  });
});

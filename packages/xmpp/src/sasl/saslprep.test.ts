// SASLprep by the examples of RFC 4013 §3, and against another implementation for every code point and for random texts.
import { saslprep as reference } from '@mongodb-js/saslprep';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { saslprep } from './saslprep.ts';

const expected = (text: string): string | undefined => {
  try {
    return reference(text, { allowUnassigned: true }) || undefined;
  } catch {
    return undefined;
  }
};

test.each([
  ['I\u00ADX', 'IX'],
  ['user', 'user'],
  ['USER', 'USER'],
  ['\u00AA', 'a'],
  ['\u2168', 'IX'],
  ['\u0007', undefined],
  ['\u0627\u0031', undefined],
])('the example %j becomes %j (§3)', (text, prepared) => {
  expect(saslprep(text)).toBe(prepared);
});

test('every code point alone, after Latin and between Arabic letters', () => {
  const differing: string[] = [];
  for (let code = 1; code <= 0x10_ff_ff; code += code < 0x3_00_00 || code > 0xe_00_00 ? 1 : 997) {
    if (code >= 0xd8_00 && code <= 0xdf_ff) continue;
    const point = String.fromCodePoint(code);
    for (const text of [point, `a${point}`, `\u0627${point}\u0627`])
      if (saslprep(text) !== expected(text)) differing.push(code.toString(16));
  }
  expect(differing).toEqual([]);
}, 60_000);

test('random texts', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
      expect(saslprep(text)).toBe(expected(text));
    }),
  );
});

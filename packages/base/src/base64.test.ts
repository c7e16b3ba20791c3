// Base 64: the vectors of RFC 4648 §10, agreement with the platform, and refusal of all other spellings.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';

describe('vectors (RFC 4648 §10)', () => {
  test.each([
    ['', ''],
    ['f', 'Zg=='],
    ['fo', 'Zm8='],
    ['foo', 'Zm9v'],
    ['foob', 'Zm9vYg=='],
    ['fooba', 'Zm9vYmE='],
    ['foobar', 'Zm9vYmFy'],
  ])('%j', (plain, encoded) => {
    const bytes = new TextEncoder().encode(plain);
    expect(toBase64(bytes)).toBe(encoded);
    expect(fromBase64(encoded)).toEqual(bytes);
  });
});

test.each(['Zg', 'Zg=', 'Zg==\n', ' Zg==', 'Zh==', 'Zm9=', 'Zm-_', '=', '====', 'Zg==Zg==', 'Z', 'Zm9vé'])(
  '%j is refused',
  (text) => {
    expect(fromBase64(text)).toBeUndefined();
  },
);

test('agrees with the platform', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const text = Buffer.from(bytes).toString('base64');
      expect(toBase64(bytes)).toBe(text);
      expect(fromBase64(text)).toEqual(bytes);
    }),
  );
});

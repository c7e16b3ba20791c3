// Node's primitives behind the port: published vectors, and plain arrays out (RFC 6070, RFC 4231, FIPS 180-4).
import { describe, expect, test } from 'vitest';
import { systemCrypto } from './crypto.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const hex = (data: Uint8Array): string => Buffer.from(data).toString('hex');

describe('vectors', () => {
  test('digests of "abc"', () => {
    expect(hex(systemCrypto.digest('SHA-1', bytes('abc')))).toBe('a9993e364706816aba3e25717850c26c9cd0d89d');
    expect(hex(systemCrypto.digest('SHA-256', bytes('abc')))).toBe(
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
    );
    expect(hex(systemCrypto.digest('SHA-512', bytes('abc')))).toMatch(/^ddaf35a193617aba.*2a9ac94fa54ca49f$/);
  });

  test('HMAC (RFC 4231 §4.3)', () => {
    expect(hex(systemCrypto.hmac('SHA-256', bytes('Jefe'), bytes('what do ya want for nothing?')))).toBe(
      '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
    );
  });

  test('PBKDF2 (RFC 6070 §2)', async () => {
    const derived = await systemCrypto.pbkdf2('SHA-1', bytes('password'), bytes('salt'), 4096);
    expect(hex(derived)).toBe('4b007901b765489abead49d926f721d065a429c1');
  });
});

test('nothing that comes out is a Buffer', async () => {
  const one = bytes('x');
  const results = [
    systemCrypto.digest('SHA-1', one),
    systemCrypto.hmac('SHA-1', one, one),
    await systemCrypto.pbkdf2('SHA-1', one, one, 1),
  ];
  expect(results.map((result) => result.constructor)).toEqual([Uint8Array, Uint8Array, Uint8Array]);
});

test('equal means the same bytes', () => {
  expect(systemCrypto.equal(bytes('abc'), bytes('abc'))).toBe(true);
  expect(systemCrypto.equal(bytes('abc'), bytes('abd'))).toBe(false);
  expect(systemCrypto.equal(bytes('abc'), bytes('ab'))).toBe(false);
});

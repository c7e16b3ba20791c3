// Node's hash functions behind the port: published vectors (RFC 1321 §A.5, FIPS 180-4).
import { expect, test } from 'vitest';
import { systemDigest } from './digest.ts';

test.each([
  ['MD5', '900150983cd24fb0d6963f7d28e17f72'],
  ['SHA-256', 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  ['SHA-512-256', '53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23'],
] as const)('%s of "abc", as text and as bytes', (algorithm, digest) => {
  expect(systemDigest(algorithm, 'abc')).toBe(digest);
  expect(systemDigest(algorithm, new TextEncoder().encode('abc'))).toBe(digest);
});

test('text is UTF-8', () => {
  expect(systemDigest('MD5', 'Jäsøn')).toBe(systemDigest('MD5', new TextEncoder().encode('Jäsøn')));
});

// The cryptographic primitives of a client, the same in Node and in browsers: @noble/hashes, and WebCrypto where it is faster.
import type { webcrypto } from 'node:crypto';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { pbkdf2Async } from '@noble/hashes/pbkdf2.js';
import { sha256, sha512 } from '@noble/hashes/sha2.js';
import type { Crypto, HashName } from '@parlance/base/crypto';

const hashes = { 'SHA-1': sha1, 'SHA-256': sha256, 'SHA-512': sha512 } as const satisfies Record<HashName, unknown>;

/** A copy with a buffer of its own, as WebCrypto wants it. */
const own = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(bytes);

/** WebCrypto's PBKDF2 runs off the main thread; it exists in secure contexts only and refuses empty passwords in some. */
const derive: Crypto['pbkdf2'] = async (hash, password, salt, rounds) => {
  const subtle = globalThis.crypto.subtle as webcrypto.SubtleCrypto | undefined;
  const length = hashes[hash].outputLen;
  if (subtle === undefined) return pbkdf2Async(hashes[hash], password, salt, { c: rounds, dkLen: length });
  const key = await subtle.importKey('raw', own(password), 'PBKDF2', false, ['deriveBits']);
  const bits = await subtle.deriveBits({ name: 'PBKDF2', hash, salt: own(salt), iterations: rounds }, key, length * 8);
  return new Uint8Array(bits);
};

const equal = (one: Uint8Array, other: Uint8Array): boolean => {
  if (one.length !== other.length) return false;
  let difference = 0;
  for (const [index, byte] of one.entries()) difference |= byte ^ (other[index] ?? 0);
  return difference === 0;
};

export const clientCrypto: Crypto = {
  digest: (hash, bytes) => hashes[hash](bytes),
  hmac: (hash, key, bytes) => hmac(hashes[hash], key, bytes),
  pbkdf2: derive,
  equal,
};

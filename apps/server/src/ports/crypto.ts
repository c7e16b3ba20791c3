// The cryptographic primitives of a running server: Node's, with PBKDF2 on its thread pool.
import { createHash, createHmac, pbkdf2, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Crypto, HashName } from '@parlance/base/crypto';

const names: Readonly<Record<HashName, string>> = { 'SHA-1': 'sha1', 'SHA-256': 'sha256', 'SHA-512': 'sha512' };
const lengths: Readonly<Record<HashName, number>> = { 'SHA-1': 20, 'SHA-256': 32, 'SHA-512': 64 };

const derive = promisify(pbkdf2);

/** A plain array: a Buffer would answer to methods that other platforms lack. */
const plain = ({ buffer, byteOffset, length }: Uint8Array): Uint8Array => new Uint8Array(buffer, byteOffset, length);

export const systemCrypto: Crypto = {
  digest: (hash, bytes) => plain(createHash(names[hash]).update(bytes).digest()),
  hmac: (hash, key, bytes) => plain(createHmac(names[hash], key).update(bytes).digest()),
  pbkdf2: async (hash, password, salt, rounds) =>
    plain(await derive(password, salt, rounds, lengths[hash], names[hash])),
  equal: (one, other) => one.length === other.length && timingSafeEqual(one, other),
};

// The portable primitives against Node's own, with and without Web Crypto.
import { createHash, createHmac, pbkdf2Sync } from 'node:crypto';
import type { HashName } from '@parlance/base/crypto';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { clientCrypto } from './crypto.ts';

const names: readonly HashName[] = ['SHA-1', 'SHA-256', 'SHA-512'];
const node = (hash: HashName): string => hash.replace('-', '').toLowerCase();

afterEach(() => vi.unstubAllGlobals());

describe.each(names)('%s', (hash) => {
  const size = createHash(node(hash)).digest().length;

  test('digest and HMAC are those of Node', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), fc.uint8Array({ maxLength: 200 }), (key, bytes) => {
        const digest = createHash(node(hash)).update(bytes).digest();
        const mac = createHmac(node(hash), key).update(bytes).digest();
        expect(clientCrypto.digest(hash, bytes)).toEqual(new Uint8Array(digest));
        expect(clientCrypto.hmac(hash, key, bytes)).toEqual(new Uint8Array(mac));
      }),
    );
  });

  test.each([true, false])('PBKDF2 is that of Node; Web Crypto there: %s', async (there) => {
    if (!there) vi.stubGlobal('crypto', {});
    const [password, salt] = [new TextEncoder().encode('pencil'), new Uint8Array([1, 2, 3, 4])];
    const derived = await clientCrypto.pbkdf2(hash, password, salt, 300);
    expect(derived).toEqual(new Uint8Array(pbkdf2Sync(password, salt, 300, size, node(hash))));
  });
});

test('equal means the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.uint8Array(), (one, other) => {
      expect(clientCrypto.equal(one, new Uint8Array(one))).toBe(true);
      expect(clientCrypto.equal(one, other)).toBe(Buffer.from(one).equals(other));
    }),
  );
});

// Credentials: rows of a password, written and read again.
import { createHmac, pbkdf2Sync } from 'node:crypto';
import { clientCrypto } from '@parlance/xmpp-client/crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decodeVerifier,
  encodeVerifier,
  passwordCredentials,
  scramHashes,
  scramKinds,
  scramRounds,
  storedVerifier,
} from './credentials.ts';

const node = (hash: string): string => hash.replace('-', '').toLowerCase();

const random = { bytes: (count: number) => new Uint8Array(count).fill(7), token: () => '' };

describe('rows of a password', () => {
  test('one for each hash, of the account itself, with their version', async () => {
    const rows = await passwordCredentials(clientCrypto, random, new TextEncoder().encode('pencil'), 3);
    expect(rows.map(({ kind, device, version }) => ({ kind, device, version }))).toEqual(
      scramKinds.map((kind) => ({ kind, device: '', version: 3 })),
    );
    for (const kind of scramKinds) {
      const verifier = decodeVerifier(storedVerifier(rows, scramHashes[kind]) ?? '{}');
      const size = kind === 'scram-sha-1' ? 20 : 32;
      const salted = pbkdf2Sync('pencil', new Uint8Array(16).fill(7), scramRounds, size, node(scramHashes[kind]));
      const serverKey = createHmac(node(scramHashes[kind]), salted).update('Server Key').digest();
      expect(verifier?.rounds).toBe(10_000);
      expect(verifier?.salt).toEqual(random.bytes(16));
      expect(Buffer.from(verifier?.serverKey ?? [])).toEqual(serverKey);
      expect(verifier?.storedKey.length).toBe(size);
    }
  });

  test('rows of a device, or of another kind, are not the password', () => {
    const parameters = encodeVerifier({
      salt: random.bytes(1),
      rounds: 1,
      storedKey: random.bytes(1),
      serverKey: random.bytes(1),
    });
    const rows = [
      { kind: 'scram-sha-1', device: 'phone', version: 1, parameters },
      { kind: 'digest-md5', device: '', version: 1, parameters: '{}' },
    ];
    expect(storedVerifier(rows, 'SHA-1')).toBeUndefined();
  });
});

test('a verifier is read as it was written', () => {
  const bytes = fc.uint8Array({ maxLength: 64 });
  fc.assert(
    fc.property(fc.record({ salt: bytes, rounds: fc.nat(), storedKey: bytes, serverKey: bytes }), (verifier) => {
      expect(decodeVerifier(encodeVerifier(verifier))).toEqual(verifier);
    }),
  );
});

test.each(['{}', '{"salt":"AA==","rounds":"1","storedKey":"AA==","serverKey":"AA=="}', '{"salt":1,"rounds":1}'])(
  '%s is no verifier',
  (parameters) => {
    expect(decodeVerifier(parameters)).toBeUndefined();
  },
);

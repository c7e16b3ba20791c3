// The keys that outlive a reload come back as they were, and nothing else is taken for them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRemembered, writeRemembered } from './remembered.ts';

const bytes = fc.uint8Array({ maxLength: 40 });

test('what is written is read', () => {
  const keys = fc.record({
    hash: fc.constantFrom('SHA-1' as const, 'SHA-256' as const, 'SHA-512' as const),
    salt: bytes,
    rounds: fc.nat(),
    clientKey: bytes,
    serverKey: bytes,
  });
  fc.assert(
    fc.property(fc.record({ address: fc.string(), keys }), (remembered) => {
      expect(readRemembered(JSON.parse(writeRemembered(remembered)))).toEqual(remembered);
    }),
  );
});

test('anything else is nothing', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => readRemembered(value) === undefined));
  const written = writeRemembered({
    address: 'juliet@example.org',
    keys: {
      hash: 'SHA-256',
      salt: new Uint8Array(3),
      rounds: 1,
      clientKey: new Uint8Array(3),
      serverKey: new Uint8Array(3),
    },
  });
  for (const [from, to] of [
    ['SHA-256', 'MD5'],
    ['"AAAA"', '"no base 64"'],
    ['"rounds":1', '"rounds":"1"'],
  ] as const)
    expect(readRemembered(JSON.parse(written.replace(from, to)))).toBeUndefined();
});

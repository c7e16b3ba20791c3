// What is sealed opens with its key and in its context only, and nothing of it shows.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aesVault } from './vault.ts';

const vault = aesVault(new Uint8Array(32).fill(1));

test('a secret comes back in its context', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (secret, context) => {
      expect(vault.open(vault.seal(secret, context), context)).toBe(secret);
    }),
  );
});

test('elsewhere, under another key, or changed in any byte it does not', () => {
  const sealed = vault.seal('secret', 'juliet');
  expect(vault.open(sealed, 'romeo')).toBeUndefined();
  expect(aesVault(new Uint8Array(32).fill(2)).open(sealed, 'juliet')).toBeUndefined();
  const bytes = Buffer.from(sealed, 'base64');
  for (let at = 0; at < bytes.length; at++) {
    const changed = Buffer.from(bytes);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(vault.open(changed.toString('base64'), 'juliet')).toBeUndefined();
  }
});

test.each(['', 'AAAA', 'no base 64!', Buffer.alloc(28).toString('base64')])('%j opens nothing', (sealed) => {
  expect(vault.open(sealed, '')).toBeUndefined();
});

test('the same secret never looks the same', () => {
  expect(vault.seal('secret', '')).not.toBe(vault.seal('secret', ''));
});

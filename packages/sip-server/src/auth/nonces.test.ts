// Nonces: good for who got them and for five minutes, and for nobody else (SECURITY-CHECKLIST 54).
import { FakeClock } from '@parlance/testkit/fake-clock';
import { clientCrypto as crypto } from '@parlance/xmpp-client/crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import { Nonces, nonceLife } from './nonces.ts';

const key = new Uint8Array(32).fill(1);
const [ip, realm] = ['192.0.2.1', 'biloxi.com'];

let clock: FakeClock;
let nonces: Nonces;

beforeEach(() => {
  clock = new FakeClock();
  clock.advance(5_000);
  nonces = new Nonces({ clock, crypto, key });
});

test('each is another, and tells when it was made', () => {
  const [one, other] = [nonces.make(ip, realm), nonces.make(ip, realm)];
  expect(one).not.toBe(other);
  expect(one).toMatch(/^[\d.A-Za-z+/]{20,40}$/);
  clock.advance(1_000);
  expect([one, other].map((nonce) => nonces.madeAt(nonce, ip, realm))).toEqual([5_000, 5_000]);
});

test('it lives for five minutes', () => {
  const nonce = nonces.make(ip, realm);
  clock.advance(nonceLife - 1);
  expect(nonces.madeAt(nonce, ip, realm)).toBe(5_000);
  clock.advance(1);
  expect(nonces.madeAt(nonce, ip, realm)).toBeUndefined();
});

describe('checklist 54: it is good', () => {
  test.each([
    ['from no other address', '192.0.2.2', realm],
    ['for no other realm', ip, 'evil.example'],
  ])('%s', (_, otherIp, otherRealm) => {
    expect(nonces.madeAt(nonces.make(ip, realm), otherIp, otherRealm)).toBeUndefined();
  });

  test('in no other process', () => {
    const other = new Nonces({ clock, crypto, key: new Uint8Array(32).fill(2) });
    expect(other.madeAt(nonces.make(ip, realm), ip, realm)).toBeUndefined();
  });

  test('not changed in any character', () => {
    const nonce = nonces.make(ip, realm);
    for (let at = 0; at < nonce.length; at++) {
      const changed = `${nonce.slice(0, at)}${nonce[at] === '0' ? '1' : '0'}${nonce.slice(at + 1)}`;
      expect(nonces.madeAt(changed, ip, realm)).toBeUndefined();
    }
  });
});

test('any other text is none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(...Array.from('0az.+/')) })), (text) => {
      expect(nonces.madeAt(text, ip, realm)).toBeUndefined();
    }),
  );
});

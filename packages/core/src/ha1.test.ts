// HA1 rows: what RFC 7616 computes, in both forms of the name, sealed for one address and device (SECURITY-CHECKLIST 54).
import { hash } from 'node:crypto';
import type { DigestHash, Vault } from '@parlance/base/crypto';
import { expect, test } from 'vitest';
import { ha1Credential, openHa1 } from './ha1.ts';
import type { Address } from './ids.ts';

const digest: DigestHash = (algorithm, data) => hash(algorithm === 'MD5' ? 'md5' : 'sha256', data, 'hex');

/** Keeps what it is given under numbers, so that a row shows what was sealed and in which context. */
const drawer = (): Vault & { readonly sealed: (readonly [secret: string, context: string])[] } => {
  const sealed: (readonly [string, string])[] = [];
  return {
    sealed,
    seal: (secret, context) => String(sealed.push([secret, context]) - 1),
    open: (number, context) => {
      const [secret, where] = sealed[Number(number)] ?? [];
      return where === context ? secret : undefined;
    },
  };
};

const bob = 'bob@biloxi.com' as Address;
const phone = { address: bob, device: 'phone', version: 3 };

test('both algorithms, the name alone and the whole address; nothing of it stands in the row', () => {
  const vault = drawer();
  const row = ha1Credential({ hash: digest, vault }, { ...phone, note: { label: 'Desk', created: 7 } }, 'zanzibar');
  expect(row).toEqual({
    kind: 'sip-ha1',
    device: 'phone',
    version: 3,
    parameters: '{"sealed":"0","label":"Desk","created":7}',
  });
  expect(openHa1(vault, bob, row)).toEqual({
    'SHA-256': {
      local: digest('SHA-256', 'bob:biloxi.com:zanzibar'),
      address: digest('SHA-256', 'bob@biloxi.com:biloxi.com:zanzibar'),
    },
    MD5: { local: '12af60467a33e8518da5c68bbff12b11', address: digest('MD5', 'bob@biloxi.com:biloxi.com:zanzibar') },
  });
});

test('a row that was copied to another address or device opens nothing', () => {
  const vault = drawer();
  const row = ha1Credential({ hash: digest, vault }, phone, 'zanzibar');
  expect(openHa1(vault, 'eve@biloxi.com' as Address, row)).toBeUndefined();
  expect(openHa1(vault, bob, { ...row, device: '' })).toBeUndefined();
  expect(openHa1(vault, bob, { ...row, parameters: '{}' })).toBeUndefined();
});

test('a password is hashed in normalisation form C, and otherwise as it was typed (RFC 7616 §4)', () => {
  const vault = drawer();
  for (const password of ['caf\u00e9', 'cafe\u0301']) ha1Credential({ hash: digest, vault }, phone, password);
  ha1Credential({ hash: digest, vault }, phone, 'ｃafé');
  const [one, other, wide] = vault.sealed.map(([secret]) => secret);
  expect(other).toBe(one);
  expect(wide).not.toBe(one);
});

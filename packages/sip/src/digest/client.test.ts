// The client's half: what it answers and what it never answers (RFC 8760 §2.4, RFC 3261 §22; SECURITY-CHECKLIST 54).
import { hash } from 'node:crypto';
import type { DigestAlgorithm, DigestHash } from '@parlance/base/crypto';
import { describe, expect, test } from 'vitest';
import { Field } from '../field.ts';
import { SipRequest, SipResponse } from '../message.ts';
import { DigestClient } from './client.ts';
import { authorization, type Credentials, proxyAuthorization } from './credentials.ts';
import { isOther } from './scheme.ts';

const names: Readonly<Record<DigestAlgorithm, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
};
const digest: DigestHash = (algorithm, data) => hash(names[algorithm], data, 'hex');

const login = { username: 'bob', password: 'zanzibar', realm: 'biloxi.com' };
const clientOf = (): DigestClient => new DigestClient({ hash: digest, cnonce: () => '0a4f113b', login });

const invite = new SipRequest({ method: 'INVITE', uri: 'sip:bob@biloxi.com', fields: [] });
const nonce = 'dcd98b7102dd2f0e8b11d0f600bfb0c093';

const challenge = (rest = 'algorithm=MD5', realm = 'biloxi.com'): string =>
  `Digest realm="${realm}", qop="auth", nonce="${nonce}", ${rest}`;

const refused = (status: number, ...challenges: readonly string[]): SipResponse => {
  const id = status === 407 ? 'proxy-authenticate' : 'www-authenticate';
  return new SipResponse({ status, reason: '', fields: challenges.map((value) => Field.make(id, value)) });
};

const credentialsIn = (fields: readonly Field[]): readonly Credentials[] => {
  const request = invite.with({ fields });
  return [...request.all(authorization), ...request.all(proxyAuthorization)].flatMap((each) =>
    isOther(each) ? [] : [each],
  );
};

describe('answers', () => {
  test('a 401 with Authorization (draft-smith-sipping-auth-examples-01 §3)', () => {
    const client = clientOf();
    expect(client.fields(invite)).toEqual([]);
    expect(client.challenged(refused(401, challenge('algorithm=MD5, opaque="x"')), invite)).toBe(true);
    const [field] = client.fields(invite);
    expect(field?.id).toBe('authorization');
    expect(credentialsIn(field === undefined ? [] : [field])).toEqual([
      {
        username: 'bob',
        realm: 'biloxi.com',
        nonce,
        uri: 'sip:bob@biloxi.com',
        response: '89eb0059246c02b2f6ee02c7961d5ea3',
        algorithm: 'MD5',
        opaque: 'x',
        protection: { qop: 'auth', nc: '00000001', cnonce: '0a4f113b' },
      },
    ]);
  });

  test('a 407 with Proxy-Authorization, both with both', () => {
    const client = clientOf();
    expect(client.challenged(refused(407, challenge()), invite)).toBe(true);
    expect(client.fields(invite).map(({ id }) => id)).toEqual(['proxy-authorization']);
    expect(client.challenged(refused(401, challenge()), invite)).toBe(true);
    expect(client.fields(invite).map(({ id }) => id)).toEqual(['proxy-authorization', 'authorization']);
  });

  test('with a session variant', () => {
    const client = clientOf();
    client.challenged(refused(401, challenge('algorithm=MD5-sess')), invite);
    expect(credentialsIn(client.fields(invite))).toMatchObject([
      { algorithm: 'MD5-sess', response: 'e4e4ea61d186d07a92c9e1f6919902e9' },
    ]);
  });

  test('counting each use of a nonce', () => {
    const client = clientOf();
    client.challenged(refused(401, challenge()), invite);
    const counts = Array.from({ length: 17 }, () => credentialsIn(client.fields(invite))[0]?.protection?.nc);
    expect([counts[0], counts[9], counts[16]]).toEqual(['00000001', '0000000a', '00000011']);
  });

  test.each([
    ['the topmost that is known', ['SHA-512-256', 'SHA-256', 'MD5'], 'SHA-512-256'],
    ['past what is not known', ['SHA3-512', 'SHA-256', 'MD5'], 'SHA-256'],
    ['never MD5 where there is better', ['MD5', 'SHA-256'], 'SHA-256'],
    ['MD5 alone', ['MD5'], 'MD5'],
  ])('%s', (_, offered, chosen) => {
    const client = clientOf();
    client.challenged(refused(401, ...offered.map((name) => challenge(`algorithm=${name}`))), invite);
    expect(credentialsIn(client.fields(invite)).map(({ algorithm }) => algorithm)).toEqual([chosen]);
  });
});

describe('does not answer', () => {
  test.each([
    ['checklist 54: another realm', challenge('algorithm=MD5', 'evil.example')],
    ['checklist 54: no qop, as RFC 2069 had it', `Digest realm="biloxi.com", nonce="${nonce}"`],
    ['Basic', 'Basic realm="biloxi.com"'],
    ['an algorithm that is not known', challenge('algorithm=SHA3-512')],
    ['what is broken', 'Digest realm="biloxi.com", nonce='],
  ])('%s', (_, value) => {
    const client = clientOf();
    expect(client.challenged(refused(401, value), invite)).toBe(false);
    expect(client.fields(invite)).toEqual([]);
  });

  test('what is broken beside what is not', () => {
    expect(clientOf().challenged(refused(401, 'Digest realm=', challenge()), invite)).toBe(true);
  });

  test('with the password that was just refused; a stale nonce is another matter (RFC 3261 §22.1)', () => {
    const client = clientOf();
    client.challenged(refused(401, challenge()), invite);
    const second = invite.with({ fields: client.fields(invite) });
    expect(client.challenged(refused(401, challenge()), second)).toBe(false);
    expect(client.challenged(refused(401, challenge('algorithm=MD5, stale=TRUE')), second)).toBe(true);
  });

  test('but does when a nonce has served before and is too old now', () => {
    const client = clientOf();
    client.challenged(refused(401, challenge()), invite);
    client.fields(invite);
    const later = invite.with({ fields: client.fields(invite) });
    expect(client.challenged(refused(401, challenge()), later)).toBe(true);
  });
});

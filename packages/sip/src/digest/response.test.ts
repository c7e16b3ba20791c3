// Digests: the examples of RFC 7616 §3.9, of RFC 2617 §3.5 and of draft-smith-sipping-auth-examples-01 §3.
import { createHash, hash } from 'node:crypto';
import type { DigestAlgorithm, DigestHash } from '@parlance/base/crypto';
import { ha1Of } from '@parlance/base/digest-keys';
import { describe, expect, test } from 'vitest';
import { SipRequest } from '../message.ts';
import type { Protection } from './credentials.ts';
import { algorithmOf, ha2Of, responseOf, sessionHa1 } from './response.ts';

const names: Readonly<Record<DigestAlgorithm, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
};
const digest: DigestHash = (algorithm, data) => hash(names[algorithm], data, 'hex');

interface Example {
  readonly algorithm: string;
  readonly user: string;
  readonly password: string;
  readonly realm: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly cnonce: string;
  readonly qop?: Protection['qop'];
  readonly body?: string;
}

const respond = (example: Example, by: DigestHash = digest): string => {
  const { user, password, realm, method, uri, nonce, cnonce, qop = 'auth', body = '' } = example;
  const algorithm = algorithmOf(example.algorithm);
  if (algorithm === undefined) throw new Error('unknown algorithm');
  const own = ha1Of(by, algorithm.hash, user, realm, password);
  const ha1 = algorithm.session ? sessionHa1(by, algorithm.hash, own, { nonce, cnonce }) : own;
  const request = new SipRequest({ method, uri, fields: [], body: new TextEncoder().encode(body) });
  const ha2 = ha2Of(by, algorithm.hash, request, { uri, qop });
  return responseOf(by, algorithm.hash, [ha1, ha2], { nonce, protection: { qop, nc: '00000001', cnonce } });
};

const mufasa = {
  user: 'Mufasa',
  password: 'Circle of Life',
  realm: 'http-auth@example.org',
  method: 'GET',
  uri: '/dir/index.html',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};

const jason = {
  algorithm: 'SHA-512-256',
  user: 'J\u00e4s\u00f8n Doe',
  password: 'Secret, or not?',
  realm: 'api@example.org',
  method: 'GET',
  uri: '/doe.json',
  nonce: '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK',
  cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
};

describe('RFC 7616 §3.9', () => {
  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('§3.9.1, %s', (algorithm, response) => {
    expect(respond({ ...mufasa, algorithm })).toBe(response);
  });

  test('§3.9.2, with SHA-512/256 as FIPS 180-4 has it (erratum 4897)', () => {
    expect(respond(jason)).toBe('3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5');
  });

  test('§3.9.2 as printed took the first half of SHA-512', () => {
    const half: DigestHash = (_, data) => createHash('sha512').update(data).digest('hex').slice(0, 64);
    expect(respond(jason, half)).toBe('ae66e67d6b427bd3f120414a82e4acff38e8ecd9101d6c861229025f607a79dd');
  });
});

test('RFC 2617 §3.5', () => {
  const example = {
    algorithm: 'MD5',
    user: 'Mufasa',
    password: 'Circle Of Life',
    realm: 'testrealm@host.com',
    method: 'GET',
    uri: '/dir/index.html',
    nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    cnonce: '0a4f113b',
  };
  expect(respond(example)).toBe('6629fae49393a05397450978507c4ef1');
});

describe('SIP (draft-smith-sipping-auth-examples-01 §3)', () => {
  const bob = {
    user: 'bob',
    password: 'zanzibar',
    realm: 'biloxi.com',
    method: 'INVITE',
    uri: 'sip:bob@biloxi.com',
    nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
    cnonce: '0a4f113b',
    body: `v=0
o=bob 2890844526 2890844526 IN IP4 media.biloxi.com
s=-
c=IN IP4 media.biloxi.com
t=0 0
m=audio 49170 RTP/AVP 0
a=rtpmap:0 PCMU/8000
m=video 51372 RTP/AVP 31
a=rtpmap:31 H261/90000
m=video 53000 RTP/AVP 32
a=rtpmap:32 MPV/90000
`.replaceAll('\n', '\r\n'),
  };

  test.each([
    ['MD5', 'auth', '89eb0059246c02b2f6ee02c7961d5ea3'],
    ['MD5-sess', 'auth', 'e4e4ea61d186d07a92c9e1f6919902e9'],
    ['MD5', 'auth-int', 'bdbeebb2da6adb6bca02599c2239e192'],
    ['MD5-sess', 'auth-int', '91984da2d8663716e91554859c22ca70'],
  ] as const)('%s, %s', (algorithm, qop, response) => {
    expect(respond({ ...bob, algorithm, qop })).toBe(response);
  });
});

test('a body that is not there is one of no bytes (RFC 8760 §2.6, 7)', () => {
  const hashed: string[] = [];
  const request = new SipRequest({ method: 'BYE', uri: 'sip:a', fields: [] });
  const recording: DigestHash = (algorithm, data) => {
    hashed.push(digest(algorithm, data));
    return hashed.at(-1) ?? '';
  };
  ha2Of(recording, 'SHA-256', request, { uri: 'sip:a', qop: 'auth-int' });
  expect(hashed[0]).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});

test.each([
  ['md5', { hash: 'MD5', session: false }],
  ['SHA-256-SESS', { hash: 'SHA-256', session: true }],
  ['SHA-512-256', { hash: 'SHA-512-256', session: false }],
  ['SHA-1', undefined],
  ['-sess', undefined],
  ['', undefined],
])('the algorithm %j', (name, algorithm) => {
  expect(algorithmOf(name)).toEqual(algorithm);
});

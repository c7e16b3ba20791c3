// Fields of digest authentication: the examples of the specifications, writing and reading again, and what is broken (RFC 3261 §20, §25; RFC 7616 §3; SECURITY-CHECKLIST 53).
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Cursor } from '../cursor.ts';
import { SipError } from '../error.ts';
import { Field } from '../field.ts';
import { SipRequest } from '../message.ts';
import { type Challenge, proxyAuthenticate, wwwAuthenticate } from './challenge.ts';
import { authorization, type Credentials, proxyAuthorization } from './credentials.ts';
import { isOther } from './scheme.ts';

const request = (...fields: readonly Field[]): SipRequest =>
  new SipRequest({ method: 'REGISTER', uri: 'sip:a', fields });

const readCredentials = (value: string): unknown => request(Field.make('authorization', value)).one(authorization);

describe('examples', () => {
  test('RFC 3261 §22.2, folded', () => {
    const line = `WWW-Authenticate: Digest\r
        realm="biloxi.com",\r
        qop="auth,auth-int",\r
        nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",\r
        opaque="5ccc069c403ebaf9f0171e9517f40e41"`;
    expect(request(Field.read(line)).one(wwwAuthenticate)).toEqual({
      realm: 'biloxi.com',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      opaque: '5ccc069c403ebaf9f0171e9517f40e41',
      stale: false,
      algorithm: 'MD5',
      qop: ['auth', 'auth-int'],
    });
  });

  test('RFC 3261 §22.2, credentials', () => {
    const value =
      'Digest username="bob", realm="biloxi.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", uri="sip:bob@biloxi.com",' +
      ' qop=auth, nc=00000001, cnonce="0a4f113b", response="6629fae49393a05397450978507c4ef1", opaque="5ccc"';
    expect(readCredentials(value)).toEqual({
      username: 'bob',
      realm: 'biloxi.com',
      nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
      uri: 'sip:bob@biloxi.com',
      response: '6629fae49393a05397450978507c4ef1',
      algorithm: 'MD5',
      opaque: '5ccc',
      protection: { qop: 'auth', nc: '00000001', cnonce: '0a4f113b' },
    });
  });

  test('RFC 7616 §3.9.2: a name that is no quoted string', () => {
    const value = `Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, realm="r", nonce="n", uri="sip:a", response="0"`;
    expect(readCredentials(value)).toMatchObject({ username: 'J\u00e4s\u00f8n Doe' });
  });

  test('before the first challenge nonce and response may be empty (RFC 8760 §2.7)', () => {
    const value = 'Digest username="bob",realm="biloxi.com",nonce="",uri="sip:biloxi.com",response=""';
    expect(readCredentials(value)).toMatchObject({ nonce: '', response: '', protection: undefined });
  });
});

test('each field is one: there are as many credentials as fields, in their order (RFC 3261 §7.3.1)', () => {
  const value = (realm: string): string =>
    `Digest username="a", realm="${realm}", nonce="n", uri="sip:a", response="0"`;
  const fields = [value('one'), 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==', value('two')].map((each) =>
    Field.make('proxy-authorization', each),
  );
  const all = request(...fields).all(proxyAuthorization);
  expect(all.map((each) => (isOther(each) ? each.scheme : each.realm))).toEqual(['one', 'basic', 'two']);
});

describe('what is written is read again', () => {
  const text = fc.string({ unit: fc.constantFrom(...Array.from('ab1 "\\,=;\u00e4\u4f60')) });
  const hex = (length: number) =>
    fc.string({ unit: fc.constantFrom(...Array.from('0123456789abcdef')), minLength: length, maxLength: length });

  test('challenges', () => {
    const challenge: fc.Arbitrary<Challenge> = fc.record({
      realm: text,
      nonce: text,
      opaque: fc.option(text, { nil: undefined }),
      stale: fc.boolean(),
      algorithm: fc.constantFrom('MD5', 'SHA-256'),
      qop: fc.constantFrom([], ['auth'], ['auth', 'auth-int']),
    });
    fc.assert(
      fc.property(challenge, fc.constantFrom(wwwAuthenticate, proxyAuthenticate), (value, codec) => {
        expect(codec.read(new Cursor(codec.write(value), codec.id))).toEqual(value);
      }),
    );
  });

  test('credentials', () => {
    const credentials: fc.Arbitrary<Credentials> = fc.record({
      username: text,
      realm: text,
      nonce: text,
      uri: text,
      response: hex(32),
      algorithm: fc.constantFrom('MD5', 'SHA-256'),
      opaque: fc.option(text, { nil: undefined }),
      protection: fc.option(
        fc.record({ qop: fc.constantFrom('auth' as const, 'auth-int' as const), nc: hex(8), cnonce: text }),
        { nil: undefined },
      ),
    });
    fc.assert(
      fc.property(credentials, (value) => {
        expect(authorization.read(new Cursor(authorization.write(value), authorization.id))).toEqual(value);
      }),
    );
  });
});

/** Read, or refused as a peer's fault. */
const answered = (value: string): boolean => {
  try {
    readCredentials(value);
    return true;
  } catch (error) {
    return error instanceof SipError && error.status === 400;
  }
};

describe('checklist 53: broken credentials are a 400, whatever they are', () => {
  const good = 'Digest username="a", realm="r", nonce="n", uri="sip:a", response="0"';

  test.each([
    '',
    'Digest',
    'Digest ',
    'Digest,',
    'Digestusername="a"',
    'Digest username',
    'Digest username=',
    'Digest username="a',
    'Digest username="a\\"',
    'Digest realm="r", nonce="n", uri="sip:a", response="0"',
    `${good},`,
    `${good}; x=y`,
    `${good}, realm="other"`,
    `${good}, Username="b"`,
    `${good}, username*=UTF-8''b`,
    `${good}, qop=auth`,
    `${good}, qop=auth, nc=1, cnonce="c"`,
    `${good}, qop=auth, nc=0000000g, cnonce="c"`,
    `${good}, qop=auth, nc=00000001`,
    `${good}, qop=none, nc=00000001, cnonce="c"`,
    `Digest username*=latin1''b, realm="r", nonce="n", uri="sip:a", response="0"`,
    `Digest username*=UTF-8''%ff, realm="r", nonce="n", uri="sip:a", response="0"`,
    `Digest username*=b, realm="r", nonce="n", uri="sip:a", response="0"`,
  ])('%s', (value) => {
    expect(() => readCredentials(value)).toThrow(SipError);
  });

  test('any text is read, or refused with 400', () => {
    const piece = fc.constantFrom(
      'Digest ',
      'username',
      'realm="',
      '=',
      ',',
      '"',
      '\\',
      ' ',
      'qop=auth',
      'nc=00000001',
      '%',
      '*',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 20 }), (pieces) => {
        expect(answered(pieces.join(''))).toBe(true);
      }),
    );
  });
});

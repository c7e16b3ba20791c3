// Digest authentication over the real store, answered by the client's own half: who comes in and who does not (RFC 3261 §22, RFC 7616, RFC 8760; SECURITY-CHECKLIST 48, 54).
import { proxyAuthenticate, wwwAuthenticate } from '@parlance/sip/digest/challenge';
import { Field } from '@parlance/sip/field';
import type { TransportName } from '@parlance/sip/flow';
import { SipRequest, SipResponse } from '@parlance/sip/message';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { clientCrypto } from '@parlance/xmpp-client/crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  byHand,
  challengesIn,
  DigestHouse,
  domain,
  juliet,
  outcome,
  password,
  register,
  romeo,
  source,
  wang,
} from '../testing/digest-house.ts';
import { isAuthenticated } from './authenticator.ts';

/** Fake in its timers only: turns go on by themselves, as the disk does. */
class RunningClock extends FakeClock {
  override soon(run: () => void): void {
    setImmediate(run);
  }
}

let storage: EmbeddedStorage;
let clock: RunningClock;
let house: DigestHouse;

const build = (): void => {
  clock = new RunningClock();
  house = new DigestHouse({ ...storage, clock, crypto: clientCrypto });
};

beforeAll(async () => {
  storage = await openEmbedded();
  build();
  for (const address of [juliet, romeo, wang])
    await house.membership.create({ address, password: address === romeo ? 'other' : password, role: 'user' });
});

afterAll(() => storage.close());

beforeEach(build);

describe('challenges', () => {
  test.each([
    ['server', 401, wwwAuthenticate],
    ['proxy', 407, proxyAuthenticate],
  ] as const)('as %s: SHA-256 first, then MD5, one nonce, qop auth (RFC 8760 §2.3)', (role, status, codec) => {
    const answer = house.authenticator.check(register(), domain, source(), role);
    if (answer instanceof Promise || isAuthenticated(answer)) throw new Error('no challenge');
    expect(answer.status).toBe(status);
    const all = new SipResponse({ status, reason: '', fields: answer.fields ?? [] }).all(codec);
    expect(all).toMatchObject(
      ['SHA-256', 'MD5'].map((algorithm) => ({ realm: domain, algorithm, qop: ['auth'], stale: false })),
    );
    expect(new Set(challengesIn(answer).map(({ nonce }) => nonce)).size).toBe(1);
  });

  test('checklist 54: without MD5 where it is switched off, and it is not accepted', async () => {
    house.restart({ md5: false });
    const answer = await house.authenticator.check(register(), domain, source(), 'server');
    expect(challengesIn(answer).map(({ algorithm }) => algorithm)).toEqual(['SHA-256']);
    expect(outcome(await house.phone().check(register([byHand({ nonce: house.nonce() })])))).toBe('401');
  });

  test('checklist 54: nothing but TLS where that is wanted', () => {
    house.restart({ requireTls: true });
    const over = (transport: TransportName): unknown =>
      house.authenticator.check(register(), domain, source('192.0.2.1', transport), 'server');
    for (const transport of ['UDP', 'TCP', 'WS'] as const)
      expect(over(transport)).toEqual({ status: 403, reason: 'TLS Required' });
    for (const transport of ['TLS', 'WSS'] as const) expect(over(transport)).toMatchObject({ status: 401 });
  });
});

describe('who knows the password comes in', () => {
  test.each([
    ['by the local part', { username: 'juliet' }, juliet],
    ['by the whole address', { username: juliet }, juliet],
    ['by a name that is not ASCII', { username: '\u738b' }, wang],
    ['with a password that is composed otherwise (RFC 7616 §4)', { password: password.normalize('NFD') }, juliet],
  ] as const)('%s', async (_, login, address) => {
    expect(outcome(await house.phone(login).signIn())).toBe(address);
    expect(outcome(await house.phone(login, undefined, 'proxy').signIn())).toBe(address);
  });

  test('with MD5, and with auth-int although auth was offered', async () => {
    const one = house.phone();
    expect(outcome(await one.check(register([byHand({ nonce: house.nonce() })])))).toBe(juliet);
    const nonce = house.nonce();
    expect(outcome(await one.check(register([byHand({ nonce, qop: 'auth-int' })])))).toBe(juliet);
    const changed = register([byHand({ nonce, qop: 'auth-int', nc: '00000002', body: 'other' })]);
    expect(outcome(await one.check(changed))).toBe('401');
  });

  test('once, then without waiting for anything', async () => {
    const one = house.phone();
    await one.signIn();
    for (let times = 0; times < 40; times++) {
      const result = one.check(one.next());
      expect(result instanceof Promise ? 'waits' : outcome(result)).toBe(juliet);
    }
  });

  test('among credentials for others (RFC 3261 §22.3)', async () => {
    const nonce = house.nonce();
    const fields = [
      Field.make('authorization', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='),
      byHand({ nonce, realm: 'b.example' }),
      byHand({ nonce }),
    ];
    expect(outcome(await house.phone().check(register(fields)))).toBe(juliet);
  });

  test('a retransmission while the first is being looked at gets the same; another request with its digest does not', async () => {
    const one = house.phone();
    await one.challenged();
    const request = one.next();
    const replay = register(request.fields.filter(({ id }) => id === 'authorization'));
    const results = await Promise.all([one.check(request), one.check(request), one.check(replay)]);
    expect(results.map(outcome)).toEqual([juliet, juliet, '401 stale']);
  });
});

describe('checklist 48: who does not, does not', () => {
  test.each([
    ['a wrong password', { password: 'wrong' }],
    ['somebody else\u2019s password', { password: 'other' }],
    ['nobody', { username: 'nobody' }],
    ['nobody, by a whole address', { username: `nobody@${domain}` }],
    ['the same name elsewhere', { username: 'juliet@b.example' }],
    ['no name', { username: '' }],
    ['a decoy\u2019s password', { username: 'nobody', password: '' }],
  ])('%s', async (_, login) => {
    expect(outcome(await house.phone(login).signIn())).toBe('401');
  });

  test.each([
    [
      'without qop, as RFC 2069 had it',
      `Digest username="juliet", realm="${domain}", nonce="x", uri="sip:${domain}", response="0"`,
    ],
    ['broken', 'Digest username='],
    [
      'for another resource',
      `Digest username="juliet", realm="${domain}", nonce="x", uri="sip:b.example", response="0", qop=auth, nc=00000001, cnonce="c"`,
    ],
  ])('%s: 400', (_, value) => {
    expect(() => house.phone().check(register([Field.make('authorization', value)]))).toThrow(
      expect.objectContaining({ name: 'SipError', status: 400 }),
    );
  });

  test('before the first challenge with empty values: a challenge (RFC 8760 §2.7)', async () => {
    const value = `Digest username="juliet", realm="${domain}", nonce="", uri="sip:${domain}", response=""`;
    expect(outcome(await house.phone().check(register([Field.make('authorization', value)])))).toBe('401');
  });

  test('nor does a method or URI that the digest is not for', async () => {
    const one = house.phone();
    await one.challenged();
    const { fields } = one.next();
    const bye = new SipRequest({ method: 'BYE', uri: `sip:${domain}`, fields });
    expect(outcome(await one.check(bye))).toBe('401');
  });
});

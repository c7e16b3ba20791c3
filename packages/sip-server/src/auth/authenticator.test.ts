// Digest authentication over the real store, answered by the client's own half (RFC 3261 §22, RFC 7616, RFC 8760; SECURITY-CHECKLIST 16, 48, 54, 55).
import { hash } from 'node:crypto';
import type { DigestAlgorithm, DigestHash, Vault } from '@parlance/base/crypto';
import { silent } from '@parlance/base/log';
import { isRefusal } from '@parlance/base/refusal';
import { Accounts } from '@parlance/core/accounts';
import { AppPasswords, type NewAppPassword } from '@parlance/core/app-passwords';
import { CommitLoop } from '@parlance/core/commit-loop';
import { ha1Credential } from '@parlance/core/ha1';
import { type Address, addressOf } from '@parlance/core/ids';
import { Membership } from '@parlance/core/membership';
import { type Challenge, proxyAuthenticate, wwwAuthenticate } from '@parlance/sip/digest/challenge';
import { DigestClient, type Login } from '@parlance/sip/digest/client';
import { authorization } from '@parlance/sip/digest/credentials';
import { isOther } from '@parlance/sip/digest/scheme';
import type { TransportName } from '@parlance/sip/flow';
import { Field } from '@parlance/sip/field';
import { make, SipRequest, SipResponse } from '@parlance/sip/message';
import type { Answer } from '@parlance/sip/response';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { beside } from '@parlance/testkit/timing';
import { clientCrypto } from '@parlance/xmpp-client/crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Authenticated, Authenticator, type AuthenticatorParts, isAuthenticated, type Role } from './authenticator.ts';

const names: Readonly<Record<DigestAlgorithm, string>> = { MD5: 'md5', 'SHA-256': 'sha256', 'SHA-512-256': 'sha512-256' };
const digest: DigestHash = (algorithm, data) => hash(names[algorithm], data, 'hex');

/** A vault of glass: what it keeps is nobody's secret here. */
const vault: Vault = {
  seal: (secret, context) => JSON.stringify([context, secret]),
  open: (sealed, context) => {
    const [where, secret] = JSON.parse(sealed) as readonly string[];
    return where === context ? secret : undefined;
  },
};

/** Fake in its timers only: turns go on by themselves, as the disk does. */
class RunningClock extends FakeClock {
  override soon(run: () => void): void {
    setImmediate(run);
  }
}

const domain = 'a.example';
const [juliet, romeo, wang] = ['juliet', 'romeo', '\u738b'].map((local) => addressOf(local, domain)) as [Address, Address, Address];
const password = 'r0m30 \u00e9';

let storage: EmbeddedStorage;
let clock: RunningClock;
let accounts: Accounts;
let commits: CommitLoop;
let membership: Membership;
let appPasswords: AppPasswords;
let random = 0;

const house = (): void => {
  clock = new RunningClock();
  const { stores, committer } = storage;
  commits = new CommitLoop(committer, clock, () => undefined);
  accounts = new Accounts({ store: stores.accounts, clock, capacity: 100, pinned: () => false, settled: () => commits.settled() });
  membership = new Membership({
    accounts,
    stores,
    commits,
    clock,
    isLocal: () => true,
    passwordRows: () => Promise.resolve([]),
    ha1Row: (address, typed, version) => ha1Credential({ hash: digest, vault }, { address, device: '', version }, typed),
  });
  appPasswords = new AppPasswords({
    hash: digest,
    vault,
    accounts,
    stores,
    commits,
    clock,
    random: { bytes: (count) => new Uint8Array(count).fill(random++), token: String },
    changed: membership.onCredentials,
  });
};

const authenticatorWith = (changes: Partial<AuthenticatorParts> = {}): Authenticator => {
  const authenticator = new Authenticator({
    hash: digest,
    vault,
    crypto: clientCrypto,
    log: silent,
    clock,
    accounts,
    stores: storage.stores,
    accountPassword: true,
    md5: true,
    requireTls: false,
    nonceKey: new Uint8Array(32).fill(7),
    addressFrom: (user, host) => (user === '' ? undefined : addressOf(user.toLowerCase(), host)),
    ...changes,
  });
  membership.onCredentials.on('act', (address) => void authenticator.forget(address));
  return authenticator;
};

beforeAll(async () => {
  storage = await openEmbedded();
  house();
  for (const address of [juliet, romeo, wang])
    await membership.create({ address, password: address === romeo ? 'other' : password, role: 'user' });
});

afterAll(() => storage.close());

let authenticator: Authenticator;

beforeEach(() => {
  house();
  authenticator = authenticatorWith();
});

const source = (address = '192.0.2.1', transport: TransportName = 'UDP') => ({ remote: { address, port: 5060 }, transport });

const register = (fields: readonly Field[] = [], uri = `sip:${domain}`): SipRequest =>
  new SipRequest({ method: 'REGISTER', uri, fields: [Field.make('via', `SIP/2.0/UDP h;branch=z9hG4bK${random++}`), ...fields] });

type Result = Authenticated | Answer;

const responseOf = ({ status, fields = [] }: Answer): SipResponse => new SipResponse({ status, reason: '', fields });

const challengesIn = (result: Result): readonly Challenge[] => {
  if (isAuthenticated(result)) throw new Error('authenticated');
  const response = responseOf(result);
  return [...response.all(wwwAuthenticate), ...response.all(proxyAuthenticate)].filter((each) => !isOther(each));
};

/** A phone: asks, answers the challenge, and goes on with its nonce. */
const phone = (login: Partial<Login> = {}, address?: string, role: Role = 'server') => {
  const client = new DigestClient({
    hash: digest,
    cnonce: () => 'c',
    login: { username: 'juliet', password, realm: domain, ...login },
  });
  const check = (request: SipRequest): Result | Promise<Result> => authenticator.check(request, domain, source(address), role);
  const challenged = async (): Promise<void> => {
    const asked = register();
    const answer = await check(asked);
    if (isAuthenticated(answer) || !client.challenged(responseOf(answer), asked)) throw new Error('no challenge');
  };
  const next = (): SipRequest => register(client.fields(register()));
  const signIn = async (): Promise<Result> => {
    await challenged();
    return check(next());
  };
  return { check, challenged, next, signIn };
};

const outcome = (result: Result): string => {
  if (isAuthenticated(result)) return `${result.account.address} ${result.device ?? ''}`.trim();
  const stale = challengesIn(result).some((each) => each.stale) ? ' stale' : '';
  return `${result.status}${stale}${result.reason === undefined ? '' : ` ${result.reason}`}`;
};

describe('challenges', () => {
  test.each([
    ['server', 401, wwwAuthenticate],
    ['proxy', 407, proxyAuthenticate],
  ] as const)('as %s: SHA-256 first, then MD5, one nonce, qop auth (RFC 8760 §2.3)', (role, status, codec) => {
    const answer = authenticator.check(register(), domain, source(), role);
    if (answer instanceof Promise || isAuthenticated(answer)) throw new Error('no challenge');
    expect(answer.status).toBe(status);
    const all = responseOf(answer).all(codec);
    expect(all).toMatchObject(
      ['SHA-256', 'MD5'].map((algorithm) => ({ realm: domain, algorithm, qop: ['auth'], stale: false })),
    );
    expect(new Set(challengesIn(answer).map(({ nonce }) => nonce)).size).toBe(1);
  });

  test('checklist 54: without MD5 where it is switched off, and it is not accepted', async () => {
    authenticator = authenticatorWith({ md5: false });
    const answer = await authenticator.check(register(), domain, source(), 'server');
    expect(challengesIn(answer).map(({ algorithm }) => algorithm)).toEqual(['SHA-256']);
    const [{ nonce = '' } = {}] = challengesIn(answer);
    expect(outcome(await phone().check(register([byHand({ nonce })])))).toBe('401');
  });

  test('checklist 54: nothing but TLS where that is wanted', () => {
    authenticator = authenticatorWith({ requireTls: true });
    const over = (transport: TransportName): unknown => authenticator.check(register(), domain, source('192.0.2.1', transport), 'server');
    for (const transport of ['UDP', 'TCP', 'WS'] as const)
      expect(over(transport)).toEqual({ status: 403, reason: 'TLS Required' });
    for (const transport of ['TLS', 'WSS'] as const) expect(over(transport)).toMatchObject({ status: 401 });
  });
});

/** MD5 credentials of juliet, with what is changed. */
const byHand = (changes: { nonce: string; qop?: 'auth' | 'auth-int'; uri?: string; realm?: string; nc?: string; body?: string; algorithm?: string }): Field => {
  const { nonce, qop = 'auth', uri = `sip:${domain}`, realm = domain, nc = '00000001', body = '', algorithm = 'MD5' } = changes;
  const ha1 = digest('MD5', `juliet:${realm}:${password}`);
  const ha2 = digest('MD5', `REGISTER:${uri}${qop === 'auth-int' ? `:${digest('MD5', body)}` : ''}`);
  const response = digest('MD5', `${ha1}:${nonce}:${nc}:c:${qop}:${ha2}`);
  const protection = { qop, nc, cnonce: 'c' };
  return make(authorization, { username: 'juliet', realm, nonce, uri, response, algorithm, opaque: undefined, protection });
};

const freshNonce = (address?: string): string => {
  const answer = authenticator.check(register(), domain, source(address), 'server');
  if (answer instanceof Promise) throw new Error('waits');
  return challengesIn(answer)[0]?.nonce ?? '';
};

describe('who knows the password comes in', () => {
  test.each([
    ['by the local part', { username: 'juliet' }, juliet],
    ['by the whole address', { username: juliet }, juliet],
    ['by a name that is not ASCII', { username: '\u738b' }, wang],
    ['with a password that is composed otherwise (RFC 7616 §4)', { password: password.normalize('NFD') }, juliet],
  ] as const)('%s', async (_, login, address) => {
    expect(outcome(await phone(login).signIn())).toBe(address);
    expect(outcome(await phone(login, undefined, 'proxy').signIn())).toBe(address);
  });

  test('with MD5, and with auth-int although auth was offered', async () => {
    const { check } = phone();
    expect(outcome(await check(register([byHand({ nonce: freshNonce() })])))).toBe(juliet);
    const nonce = freshNonce();
    expect(outcome(await check(register([byHand({ nonce, qop: 'auth-int' })])))).toBe(juliet);
    const changed = register([byHand({ nonce, qop: 'auth-int', nc: '00000002', body: 'other' })]);
    expect(outcome(await check(changed))).toBe('401');
  });

  test('once, then without waiting for anything', async () => {
    const { next, check, signIn } = phone();
    await signIn();
    for (let times = 0; times < 40; times++) {
      const result = check(next());
      expect(result instanceof Promise ? 'waits' : outcome(result)).toBe(juliet);
    }
  });

  test('among credentials for others (RFC 3261 §22.3)', async () => {
    const nonce = freshNonce();
    const fields = [
      Field.make('authorization', 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='),
      byHand({ nonce, realm: 'b.example' }),
      byHand({ nonce }),
    ];
    expect(outcome(await phone().check(register(fields)))).toBe(juliet);
  });

  test('a retransmission while the first is being looked at gets the same; another request with its digest does not', async () => {
    const { challenged, check, next } = phone();
    await challenged();
    const request = next();
    const replay = register(request.fields.filter(({ id }) => id === 'authorization'));
    const results = await Promise.all([check(request), check(request), check(replay)]);
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
    expect(outcome(await phone(login).signIn())).toBe('401');
  });

  test.each([
    ['without qop, as RFC 2069 had it', `Digest username="juliet", realm="${domain}", nonce="x", uri="sip:${domain}", response="0"`],
    ['broken', 'Digest username='],
    ['for another resource', `Digest username="juliet", realm="${domain}", nonce="x", uri="sip:b.example", response="0", qop=auth, nc=00000001, cnonce="c"`],
  ])('%s: 400', (_, value) => {
    expect(() => phone().check(register([Field.make('authorization', value)]))).toThrow(
      expect.objectContaining({ name: 'SipError', status: 400 }),
    );
  });

  test('before the first challenge with empty values: a challenge (RFC 8760 §2.7)', async () => {
    const value = `Digest username="juliet", realm="${domain}", nonce="", uri="sip:${domain}", response=""`;
    expect(outcome(await phone().check(register([Field.make('authorization', value)])))).toBe('401');
  });

  test('nor does a method or URI that the digest is not for', async () => {
    const { challenged, check, next } = phone();
    await challenged();
    const { fields } = next();
    const bye = new SipRequest({ method: 'BYE', uri: `sip:${domain}`, fields });
    expect(outcome(await check(bye))).toBe('401');
  });
});

describe('checklist 54: nonces', () => {
  test('a replay is refused; the answer is a fresh nonce, so that a phone that cannot count gets on', async () => {
    const { signIn, check, next } = phone();
    await signIn();
    const request = next();
    expect(outcome(await check(request))).toBe(juliet);
    expect(outcome(await check(request))).toBe('401 stale');
    expect(outcome(await check(register(request.fields.filter(({ id }) => id === 'authorization'))))).toBe('401 stale');
  });

  test('one that is too old, of another address, of another process or invented is stale, right password or not', async () => {
    const old = freshNonce();
    clock.advance(300_000);
    const { check } = phone();
    for (const nonce of [old, freshNonce('192.0.2.9'), 'invented'])
      expect(outcome(await check(register([byHand({ nonce })])))).toBe('401 stale');
    const nonce = freshNonce();
    authenticator = authenticatorWith({ nonceKey: new Uint8Array(32).fill(8) });
    expect(outcome(await check(register([byHand({ nonce })])))).toBe('401 stale');
    const wrong = phone({ password: 'wrong' });
    await wrong.challenged();
    clock.advance(300_000);
    expect(outcome(await wrong.check(wrong.next()))).toBe('401 stale');
  });

  test('a nonce for another realm is none for this one', async () => {
    const answer = await authenticator.check(register(), 'b.example', source(), 'server');
    const nonce = challengesIn(answer)[0]?.nonce ?? '';
    expect(outcome(await phone().check(register([byHand({ nonce })])))).toBe('401 stale');
  });

  test('checklist 55: strangers leave nothing behind', () => {
    const answers = Array.from({ length: 1_000 }, () => authenticator.check(register(), domain, source(), 'server'));
    expect(answers.every((answer) => !(answer instanceof Promise))).toBe(true);
  });
});

describe('checklist 54: app passwords', () => {
  const added = async (label = ''): Promise<NewAppPassword> => {
    const made = await appPasswords.add(juliet, label);
    if (isRefusal(made)) throw new Error(made.refused);
    return made;
  };

  test('open for their device, and no longer than they are there', async () => {
    const [desk, car] = [await added('Desk'), await added('Car')];
    for (const { id, password: own } of [desk, car])
      expect(outcome(await phone({ password: own }).signIn())).toBe(`${juliet} ${id}`);
    const inUse = phone({ password: desk.password });
    await inUse.signIn();
    await appPasswords.remove(juliet, desk.id);
    expect(outcome(await inUse.check(inUse.next()))).toBe('401');
    expect(outcome(await phone({ password: car.password }).signIn())).toBe(`${juliet} ${car.id}`);
    expect(outcome(await phone().signIn())).toBe(juliet);
    await appPasswords.remove(juliet, car.id);
  });

  test('are all that opens where the account\u2019s own password may not be used', async () => {
    const { id, password: own } = await added();
    authenticator = authenticatorWith({ accountPassword: false });
    expect(outcome(await phone().signIn())).toBe('401');
    expect(outcome(await phone({ password: own }).signIn())).toBe(`${juliet} ${id}`);
    await appPasswords.remove(juliet, id);
  });
});

describe('what changes is so at once', () => {
  test('another password', async () => {
    const old = phone({ username: 'romeo', password: 'other' });
    expect(outcome(await old.signIn())).toBe(romeo);
    await membership.setPassword(romeo, 'new');
    expect(outcome(await old.check(old.next()))).toBe('401');
    expect(outcome(await phone({ username: 'romeo', password: 'new' }).signIn())).toBe(romeo);
    await membership.setPassword(romeo, 'other');
  });

  test('another password, while somebody is being looked up', async () => {
    const old = phone({ username: 'romeo', password: 'other' });
    await old.challenged();
    const running = old.check(old.next());
    authenticator.forget(romeo);
    expect(outcome(await running)).toBe('401 stale');
  });

  test('suspended, and not any more', async () => {
    const { signIn, check, next } = phone();
    await signIn();
    await membership.setSuspended(juliet, true);
    expect(outcome(await check(next()))).toBe('403 Account Suspended');
    expect(outcome(await phone({ password: 'wrong' }).signIn())).toBe('401');
    await membership.setSuspended(juliet, false);
    expect(outcome(await check(next()))).toBe(juliet);
  });

  test('removed, and somebody else under the same name', async () => {
    const paris = addressOf('paris', domain);
    const join = (own: string) => membership.create({ address: paris, password: own, role: 'user' });
    await join('one');
    const first = phone({ username: 'paris', password: 'one' });
    expect(outcome(await first.signIn())).toBe(paris);
    await membership.remove(paris);
    expect(outcome(await first.check(first.next()))).toBe('401');
    await join('two');
    expect(outcome(await first.check(first.next()))).toBe('401');
    expect(outcome(await phone({ username: 'paris', password: 'two' }).signIn())).toBe(paris);
  });
});

test('checklist 17: who guesses too often is refused unseen, and let in when he has waited', async () => {
  const ip = '198.51.100.7';
  for (let times = 0; times < 20; times++) expect(outcome(await phone({ password: 'wrong' }, ip).signIn())).toBe('401');
  expect(outcome(await phone({}, ip).signIn())).toBe('403 Too Many Wrong Passwords');
  expect(outcome(await phone().signIn())).toBe(juliet);
  clock.advance(1_000);
  expect(outcome(await phone({}, ip).signIn())).toBe(juliet);
});

test('checklist 16: a wrong password takes as long as a wrong name, remembered or not, however many passwords there are', async () => {
  for (let times = 0; times < 5; times++) await appPasswords.add(romeo, '');
  await phone().signIn();
  const attempt = (username: string) => async (): Promise<void> => {
    const guess = phone({ username, password: 'wrong' }, '127.0.0.1');
    await guess.challenged();
    await guess.check(guess.next());
  };
  // Each account of a test has 99 guesses before strangers have to wait.
  const [nobody = 0, known = 0, many = 0] = await beside(40, [attempt('nobody'), attempt('juliet'), attempt('romeo')]);
  expect(Math.max(nobody, known, many) / Math.min(nobody, known, many)).toBeLessThan(1.25);
});

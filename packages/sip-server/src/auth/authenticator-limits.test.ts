// What digest authentication refuses later on: used and old nonces, passwords that are no more, too many guesses; and what its time tells (SECURITY-CHECKLIST 16, 17, 54, 55).
import { isRefusal } from '@parlance/base/refusal';
import type { NewAppPassword } from '@parlance/core/app-passwords';
import { addressOf } from '@parlance/core/ids';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { beside } from '@parlance/testkit/timing';
import { clientCrypto } from '@parlance/xmpp-client/crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  byHand,
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

describe('checklist 54: nonces', () => {
  test('a replay is refused; the answer is a fresh nonce, so that a phone that cannot count gets on', async () => {
    const one = house.phone();
    await one.signIn();
    const request = one.next();
    expect(outcome(await one.check(request))).toBe(juliet);
    expect(outcome(await one.check(request))).toBe('401 stale');
    expect(outcome(await one.check(register(request.fields.filter(({ id }) => id === 'authorization'))))).toBe(
      '401 stale',
    );
  });

  test('one that is too old, of another address, of another process or invented is stale, right password or not', async () => {
    const old = house.nonce();
    clock.advance(300_000);
    const one = house.phone();
    for (const nonce of [old, house.nonce('192.0.2.9'), 'invented'])
      expect(outcome(await one.check(register([byHand({ nonce })])))).toBe('401 stale');
    const nonce = house.nonce();
    house.restart({ nonceKey: new Uint8Array(32).fill(8) });
    expect(outcome(await one.check(register([byHand({ nonce })])))).toBe('401 stale');
    const wrong = house.phone({ password: 'wrong' });
    await wrong.challenged();
    clock.advance(300_000);
    expect(outcome(await wrong.check(wrong.next()))).toBe('401 stale');
  });

  test('a nonce for another realm is none for this one', async () => {
    const nonce = house.nonce(undefined, 'b.example');
    expect(outcome(await house.phone().check(register([byHand({ nonce })])))).toBe('401 stale');
  });

  test('checklist 55: strangers get their challenge without anything being looked up or waited for', () => {
    const answers = Array.from({ length: 1_000 }, () =>
      house.authenticator.check(register(), domain, source(), 'server'),
    );
    expect(answers.every((answer) => !(answer instanceof Promise))).toBe(true);
  });
});

describe('checklist 54: app passwords', () => {
  const added = async (label = ''): Promise<NewAppPassword> => {
    const made = await house.appPasswords.add(juliet, label);
    if (isRefusal(made)) throw new Error(made.refused);
    return made;
  };

  test('open for their device, and no longer than they are there', async () => {
    const [desk, car] = [await added('Desk'), await added('Car')];
    for (const { id, password: own } of [desk, car])
      expect(outcome(await house.phone({ password: own }).signIn())).toBe(`${juliet} ${id}`);
    const inUse = house.phone({ password: desk.password });
    await inUse.signIn();
    await house.appPasswords.remove(juliet, desk.id);
    expect(outcome(await inUse.check(inUse.next()))).toBe('401');
    expect(outcome(await house.phone({ password: car.password }).signIn())).toBe(`${juliet} ${car.id}`);
    expect(outcome(await house.phone().signIn())).toBe(juliet);
    await house.appPasswords.remove(juliet, car.id);
  });

  test('are all that opens where the account\u2019s own password may not be used', async () => {
    const { id, password: own } = await added();
    house.restart({ accountPassword: false });
    expect(outcome(await house.phone().signIn())).toBe('401');
    expect(outcome(await house.phone({ password: own }).signIn())).toBe(`${juliet} ${id}`);
    await house.appPasswords.remove(juliet, id);
  });
});

describe('what changes is so at once', () => {
  test('another password', async () => {
    const old = house.phone({ username: 'romeo', password: 'other' });
    expect(outcome(await old.signIn())).toBe(romeo);
    await house.membership.setPassword(romeo, 'new');
    expect(outcome(await old.check(old.next()))).toBe('401');
    expect(outcome(await house.phone({ username: 'romeo', password: 'new' }).signIn())).toBe(romeo);
    await house.membership.setPassword(romeo, 'other');
  });

  test('another password, while somebody is being looked up', async () => {
    const old = house.phone({ username: 'romeo', password: 'other' });
    await old.challenged();
    const running = old.check(old.next());
    house.authenticator.forget(romeo);
    expect(outcome(await running)).toBe('401 stale');
  });

  test('suspended, and not any more', async () => {
    const one = house.phone();
    await one.signIn();
    await house.membership.setSuspended(juliet, true);
    expect(outcome(await one.check(one.next()))).toBe('403 Account Suspended');
    expect(outcome(await house.phone({ password: 'wrong' }).signIn())).toBe('401');
    await house.membership.setSuspended(juliet, false);
    expect(outcome(await one.check(one.next()))).toBe(juliet);
  });

  test('removed, and somebody else under the same name', async () => {
    const paris = addressOf('paris', domain);
    const join = (own: string) => house.membership.create({ address: paris, password: own, role: 'user' });
    await join('one');
    const first = house.phone({ username: 'paris', password: 'one' });
    expect(outcome(await first.signIn())).toBe(paris);
    await house.membership.remove(paris);
    expect(outcome(await first.check(first.next()))).toBe('401');
    await join('two');
    expect(outcome(await first.check(first.next()))).toBe('401');
    expect(outcome(await house.phone({ username: 'paris', password: 'two' }).signIn())).toBe(paris);
  });
});

test('checklist 17: who guesses too often is refused unseen, and let in when he has waited', async () => {
  const ip = '198.51.100.7';
  for (let times = 0; times < 20; times++)
    expect(outcome(await house.phone({ password: 'wrong' }, ip).signIn())).toBe('401');
  expect(outcome(await house.phone({}, ip).signIn())).toBe('403 Too Many Wrong Passwords');
  expect(outcome(await house.phone().signIn())).toBe(juliet);
  clock.advance(1_000);
  expect(outcome(await house.phone({}, ip).signIn())).toBe(juliet);
});

test('checklist 16: a wrong password takes as long as a wrong name, remembered or not, however many passwords there are', async () => {
  for (let times = 0; times < 5; times++) await house.appPasswords.add(romeo, '');
  await house.phone().signIn();
  const attempt = (username: string) => async (): Promise<void> => {
    const guess = house.phone({ username, password: 'wrong' }, '127.0.0.1');
    await guess.challenged();
    await guess.check(guess.next());
  };
  // Each account of a test has 99 guesses before strangers have to wait.
  const [nobody = 0, known = 0, many = 0] = await beside(40, [attempt('nobody'), attempt('juliet'), attempt('romeo')]);
  expect(Math.max(nobody, known, many) / Math.min(nobody, known, many)).toBeLessThan(1.25);
});

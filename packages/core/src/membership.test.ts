// Membership on the real store: joining and leaving, who sees it when, and what happens at the same time.
import { isRefusal, refuse } from '@parlance/base/refusal';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Accounts } from './accounts.ts';
import { CommitLoop } from './commit-loop.ts';
import { ha1Kind } from './ha1.ts';
import type { Address } from './ids.ts';
import { Membership } from './membership.ts';

const juliet = 'juliet@capulet.example' as Address;
const nurse = 'nurse@capulet.example' as Address;

/** Fake in its timers only: turns go on by themselves, as the disk does. */
class RunningClock extends FakeClock {
  override soon(run: () => void): void {
    setImmediate(run);
  }
}

let storage: EmbeddedStorage;
let accounts: Accounts;
let commits: CommitLoop;
let membership: Membership;
/** The disk takes nothing. */
let full = false;
/** Phones may use the account's own password. */
let phones = false;

beforeEach(async () => {
  const clock = new RunningClock();
  storage = await openEmbedded();
  const { stores, committer } = storage;
  accounts = new Accounts({
    store: stores.accounts,
    clock,
    capacity: 100,
    pinned: () => false,
    settled: () => commits.settled(),
  });
  full = false;
  const commit: typeof committer.commit = (writes) =>
    full ? Promise.reject(new Error('disk full')) : committer.commit(writes);
  commits = new CommitLoop({ commit }, clock, () => undefined);
  const isLocal = (domain: string): boolean => domain === 'capulet.example';
  membership = new Membership({
    accounts,
    stores,
    commits,
    clock,
    isLocal,
    passwordRows: (password, version) =>
      Promise.resolve(
        password === '' ? refuse('not-acceptable') : [{ kind: 'test', device: '', parameters: password, version }],
      ),
    ha1Row: (_, password, version) =>
      phones ? { kind: ha1Kind, device: '', parameters: password, version } : undefined,
  });
  phones = false;
});

afterEach(() => storage.close());

const join = (address: Address, password = 'secret') => membership.create({ address, password, role: 'user' });

test('a new account is visible at once, also to those who had just looked in vain', async () => {
  expect(await accounts.load(juliet)).toBeNull();
  expect(await join(juliet)).toBeUndefined();
  const account = await accounts.load(juliet);
  expect(account?.address).toBe(juliet);
  expect(await storage.stores.credentials.of(account?.id ?? (0 as never))).toEqual([
    { kind: 'test', device: '', parameters: 'secret', version: 1 },
  ]);
});

test('taken, foreign and passwordless applicants are refused, each for himself', async () => {
  await join(nurse);
  const before = await accounts.load(nurse);
  const ask = (address: string, password: string) => ({ address: address as Address, password, role: 'user' as const });
  const answers = await membership.createMany([
    ask(nurse, 'x'),
    ask('romeo@montague.example', 'x'),
    ask('tybalt@capulet.example', ''),
    ask(juliet, 'x'),
    ask(juliet, 'y'),
  ]);
  expect(answers.map((answer) => answer?.refused)).toEqual([
    'conflict',
    'not-allowed',
    'not-acceptable',
    undefined,
    'conflict',
  ]);
  expect(await accounts.load(nurse)).toBe(before);
});

test('of two who ask for one address at the same time one gets it', async () => {
  const answers = await Promise.all([join(juliet), join(juliet)]);
  expect(answers.filter(isRefusal)).toHaveLength(1);
});

test('checklist 29: nobody may look like somebody else of his domain, unless an operator says so', async () => {
  const twin = 'juli\u0435t@capulet.example' as Address;
  const ask = (address: Address, lookAlike?: boolean) =>
    membership.create({ address, password: 'x', role: 'user', ...(lookAlike === undefined ? {} : { lookAlike }) });
  await join(juliet);
  expect(await ask(twin)).toEqual({ refused: 'conflict', resembles: juliet });
  expect(await ask(twin, true)).toBeUndefined();
  await membership.remove(juliet);
  expect(await ask(juliet)).toEqual({ refused: 'conflict', resembles: twin });
  await membership.remove(twin);
  expect(await ask(juliet)).toBeUndefined();
});

test('checklist 29: of two look-alikes who ask at the same time the first gets in, in one batch or in two', async () => {
  const [one, two, three] = ['ann\u0430', 'anna', '\u0430nna'].map((local) => `${local}@capulet.example` as Address);
  const applicants = [one, two].flatMap((address) =>
    address === undefined ? [] : [{ address, password: 'x', role: 'user' as const }],
  );
  const [batch, single] = await Promise.all([membership.createMany(applicants), join(three ?? juliet)]);
  expect(batch).toEqual([undefined, { refused: 'conflict', resembles: one }]);
  expect(single).toEqual({ refused: 'conflict', resembles: one });
});

test('a batch that the disk does not take gives nobody an account, and may be tried again', async () => {
  const ask = [juliet, nurse].map((address) => ({ address, password: 'x', role: 'user' as const }));
  full = true;
  await expect(membership.createMany(ask)).rejects.toThrow('commit failed');
  full = false;
  expect(await Promise.all([accounts.load(juliet), accounts.load(nurse)])).toEqual([null, null]);
  expect(await membership.createMany(ask)).toEqual([undefined, undefined]);
});

test('removal runs the hooks first and leaves the address free', async () => {
  await join(juliet);
  const said: string[] = [];
  membership.onRemove.on('act', (account) => {
    said.push(account.address);
    expect(accounts.peek(juliet)).toBe(account);
    return undefined;
  });
  const leaving = membership.remove(juliet);
  expect((await join(juliet))?.refused).toBe('conflict');
  expect(await leaving).toBeUndefined();
  expect(said).toEqual([juliet]);
  expect(await accounts.load(juliet)).toBeNull();
  expect(await join(juliet)).toBeUndefined();
  expect((await membership.remove(nurse))?.refused).toBe('not-found');
});

test('from the moment of removal nobody finds the account, though its batch is still under way', async () => {
  await join(juliet);
  await accounts.load(juliet);
  const leaving = membership.remove(juliet);
  await Promise.resolve();
  await Promise.resolve();
  expect(accounts.peek(juliet)).toBeNull();
  await leaving;
});

test('a change of password raises the version', async () => {
  await join(juliet);
  const { id } = (await accounts.load(juliet)) ?? { id: 0 as never };
  expect(await membership.setPassword(juliet, 'better')).toBeUndefined();
  expect(await storage.stores.credentials.of(id)).toEqual([
    { kind: 'test', device: '', parameters: 'better', version: 2 },
  ]);
  expect((await membership.setPassword(juliet, ''))?.refused).toBe('not-acceptable');
});

test('role and suspension hold at once, and suspension is announced', async () => {
  await join(juliet);
  const account = await accounts.load(juliet);
  const said: string[] = [];
  membership.onSuspend.on('act', ({ address }) => {
    said.push(address);
    return undefined;
  });
  await membership.setRole(juliet, 'admin');
  await membership.setSuspended(juliet, true);
  expect([account?.view.role, account?.suspended, ...said]).toEqual(['admin', true, juliet]);
  await membership.setSuspended(juliet, false);
  expect(account?.suspended).toBe(false);
  expect(said).toHaveLength(1);
});

test('what the disk does not take is not in memory either', async () => {
  await join(juliet);
  const account = await accounts.load(juliet);
  full = true;
  await expect(membership.setRole(juliet, 'admin')).rejects.toThrow('commit failed');
  await expect(membership.setSuspended(juliet, true)).rejects.toThrow('commit failed');
  expect([account?.view.role, account?.suspended]).toEqual(['user', false]);
});

test('checklist 29: who is imported may not look like somebody else either, unless an operator says so', async () => {
  const twin = 'juli\u0435t@capulet.example' as Address;
  await join(juliet);
  const { id, write } = await storage.stores.accounts.createWithoutAddress({ role: 'user', created: 1 });
  commits.write(write);
  await commits.flushed();
  const ask = (lookAlike: boolean) => membership.importAccount(id, twin, { replace: true, lookAlike });
  expect(await ask(false)).toEqual({ refused: 'conflict', resembles: juliet });
  expect(await accounts.load(twin)).toBeNull();
  expect(await ask(true)).toBeUndefined();
});

test('checklist 29: nor like somebody who is given an account at the same time', async () => {
  const twin = 'juli\u0435t@capulet.example' as Address;
  const { id, write } = await storage.stores.accounts.createWithoutAddress({ role: 'user', created: 1 });
  commits.write(write);
  await commits.flushed();
  const imported = (address: Address) => membership.importAccount(id, address, { replace: false, lookAlike: false });
  expect(await Promise.all([join(juliet), imported(twin)])).toEqual([
    undefined,
    { refused: 'conflict', resembles: juliet },
  ]);
});

test('an account that was created without an address gets one, and replaces another only where that is wished', async () => {
  const { accounts: store } = storage.stores;
  const create = async () => {
    const { id, write } = await store.createWithoutAddress({ role: 'user', created: 1 });
    commits.write(write);
    await commits.flushed();
    return id;
  };
  const [one, other] = [await create(), await create()];
  expect(await store.withoutAddress()).toEqual([one, other]);
  expect(await accounts.load(juliet)).toBeNull();
  expect(await membership.importAccount(one, juliet, { replace: false, lookAlike: false })).toBeUndefined();
  expect((await accounts.load(juliet))?.id).toBe(one);
  expect(await membership.importAccount(other, juliet, { replace: false, lookAlike: false })).toEqual(
    refuse('conflict'),
  );
  expect((await accounts.load(juliet))?.id).toBe(one);
  const ended: number[] = [];
  membership.onSuspend.on('act', ({ id }) => void ended.push(id));
  expect(await membership.importAccount(other, juliet, { replace: true, lookAlike: false })).toBeUndefined();
  expect(ended).toEqual([one]);
  expect((await accounts.load(juliet))?.id).toBe(other);
  expect(await store.withoutAddress()).toEqual([]);
});

describe('passwords for phones', () => {
  const stored = async (): Promise<readonly string[]> => {
    const rows = await storage.stores.credentials.at(juliet);
    return rows.filter(({ kind }) => kind === ha1Kind).map(({ device, parameters }) => `${device}:${parameters}`);
  };

  test('are made with each password that is set, and go when the next one may not be used', async () => {
    const told: Address[] = [];
    membership.onCredentials.on('act', (address) => void told.push(address));
    phones = true;
    await join(juliet, 'one');
    expect(await stored()).toEqual([':one']);
    await membership.setPassword(juliet, 'two');
    expect(await stored()).toEqual([':two']);
    phones = false;
    await membership.setPassword(juliet, 'three');
    expect(await stored()).toEqual([]);
    expect(told).toEqual([juliet, juliet, juliet]);
  });

  test('are learned where they are missing, and never instead of another', async () => {
    await join(juliet, 'one');
    phones = true;
    await membership.learnPassword(juliet, 'one');
    expect(await stored()).toEqual([':one']);
    await membership.learnPassword(juliet, 'other');
    expect(await stored()).toEqual([':one']);
    await membership.learnPassword(nurse, 'one');
  });

  test('are not learned when the password changes at the same time', async () => {
    await join(juliet, 'one');
    phones = true;
    await Promise.all([membership.learnPassword(juliet, 'one'), membership.setPassword(juliet, 'two')]);
    expect(await stored()).toEqual([':two']);
    await Promise.all([membership.setPassword(juliet, 'three'), membership.learnPassword(juliet, 'two')]);
    expect(await stored()).toEqual([':three']);
  });

  test('the app passwords of devices stay', async () => {
    await join(juliet, 'one');
    const account = await accounts.load(juliet);
    const row = { kind: ha1Kind, device: 'desk', parameters: 'own', version: 1 };
    await storage.committer.commit([storage.stores.credentials.put(account?.id ?? (0 as never), row)]);
    phones = true;
    await membership.setPassword(juliet, 'two');
    expect(await stored()).toEqual([':two', 'desk:own']);
  });
});

// Laws of the accounts in memory: each is there once, read after what was written before, and stays while somebody may work with it.
import { FakeClock } from '@parlance/testkit/fake-clock';
import { beforeEach, expect, it } from 'vitest';
import { Account, emptyView } from './account.ts';
import { Accounts } from './accounts.ts';
import { type AccountId, type Address, firstSequence } from './ids.ts';

let clock: FakeClock;
let reads: string[][];
let settle: (() => void)[];
let pinned: Set<string>;

const address = (name: string): Address => `${name}@capulet.example` as Address;

const build = (at: Address, index: number): Account =>
  new Account((index + 1) as AccountId, at, emptyView, firstSequence);

const open = (): Accounts =>
  new Accounts({
    store: {
      load: (wanted: readonly Address[]) => {
        reads.push([...wanted]);
        return Promise.resolve(wanted.filter((each) => !each.startsWith('nobody')).map(build));
      },
    } as never,
    clock,
    capacity: 4,
    pinned: (each) => pinned.has(each),
    settled: () => new Promise<void>((resolve) => settle.push(resolve)),
  });

beforeEach(() => {
  clock = new FakeClock();
  reads = [];
  settle = [];
  pinned = new Set();
});

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const quiet = async (): Promise<void> => {
  for (let round = 0; round < 10; round++) {
    clock.advance(0);
    for (const go of settle.splice(0)) go();
    await turn();
  }
};

const load = async (accounts: Accounts, ...names: readonly string[]): Promise<readonly (Account | null)[]> => {
  const loading = Promise.all(names.map((name) => accounts.load(address(name))));
  await quiet();
  return loading;
};

it('those asked for in one turn are read together, each once', async () => {
  const accounts = open();
  const [one, again, other] = await load(accounts, 'juliet', 'juliet', 'nobody');
  expect(reads).toEqual([[address('juliet'), address('nobody')]]);
  expect(again).toBe(one);
  expect(other).toBeNull();
  expect(accounts.peek(address('juliet'))).toBe(one);
});

it('nothing is read before what was written is settled', async () => {
  const accounts = open();
  const loading = accounts.load(address('juliet'));
  clock.advance(0);
  await turn();
  expect(reads).toEqual([]);
  await quiet();
  expect((await loading)?.address).toBe(address('juliet'));
});

it('a full memory drops what is old and nobody holds, and nothing else', async () => {
  const accounts = open();
  pinned.add(address('pinned'));
  const [held] = await load(accounts, 'pinned', 'old');
  clock.advance(60_001);
  await load(accounts, 'new', 'newer', 'newest');
  expect(accounts.peek(address('pinned'))).toBe(held);
  expect(accounts.peek(address('old'))).toBeUndefined();
  for (const name of ['new', 'newer', 'newest']) expect(accounts.peek(address(name))).toBeInstanceOf(Account);
});

it('an absence is believed for five seconds', async () => {
  const accounts = open();
  await load(accounts, 'nobody');
  expect(accounts.peek(address('nobody'))).toBeNull();
  clock.advance(5_001);
  expect(accounts.peek(address('nobody'))).toBeUndefined();
});

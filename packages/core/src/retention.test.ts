// Archives keep for so long and so much, on a real database and a clock of our own; what waits for a device is never lost.
import { silent } from '@parlance/base/log';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Account } from './account.ts';
import { CommitLoop } from './commit-loop.ts';
import type { Envelope } from './envelope.ts';
import { type AccountId, type Address, firstSequence, type Sequence } from './ids.ts';
import { entryBytes, Retention, type RetentionRules } from './retention.ts';
import type { Entry, Write } from './store.ts';

const [juliet, romeo] = ['juliet@capulet.example' as Address, 'romeo@montague.example' as Address];
const day = 86_400_000;
const payload = 'x'.repeat(744);
/** What one of these messages counts in each archive. */
const counted = payload.length + entryBytes;
const forEver: RetentionRules = { keep: () => undefined, bytes: undefined, young: 0 };

let storage: EmbeddedStorage;
let clock: FakeClock;
let commits: CommitLoop;
let retention: Retention;
let accounts: ReadonlyMap<Address, Account>;
let next = 0;
/** What the disk was asked and has not answered. */
let asked = 0;

/** The same, with its questions to the disk counted. */
const counting = <T extends object>(port: T): T =>
  new Proxy(port, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      return (...given: readonly unknown[]): unknown => {
        const answer: unknown = Reflect.apply(member, target, given);
        if (answer instanceof Promise) {
          asked++;
          void answer.finally(() => asked--);
        }
        return answer;
      };
    },
  });

/** Retention on the open storage. */
const retaining = (rules: RetentionRules): Retention =>
  new Retention({ store: counting(storage.stores.retention), commits, clock, log: silent, rules });

beforeEach(async () => {
  storage = await openEmbedded();
  for (const address of [juliet, romeo]) await storage.account(address);
  clock = new FakeClock();
  commits = new CommitLoop(counting(storage.committer), clock, () => undefined);
  retention = retaining(forEver);
  accounts = new Map((await storage.stores.accounts.load([juliet, romeo])).map((each) => [each.address, each]));
  next = 0;
});
afterEach(async () => {
  await retention.stop();
  await storage.close();
});

const account = (address: Address): Account => {
  const found = accounts.get(address);
  if (found === undefined) throw new Error('nobody');
  return found;
};

/** Time passes, and goes on in small steps until the disk has had nothing to do for some of them; it stands while the disk works. */
const pass = async (ms: number): Promise<void> => {
  await clock.advanceAsync(ms);
  for (let idle = 0; idle < 4; idle = asked === 0 ? idle + 1 : 0) await clock.advanceAsync(asked === 0 ? 60 : 0);
};

interface Mark {
  readonly pending?: boolean;
  readonly copies?: readonly Address[];
  readonly text?: string;
}

/** A message from Romeo to Juliet, a minute after the one before, in the archives of both. */
const send = async (
  count: number,
  { pending = false, copies = [juliet, romeo], text = payload }: Mark = {},
): Promise<void> => {
  const writes: Write[] = [];
  for (let n = 0; n < count; n++) {
    clock.advance(60_000);
    const envelope: Envelope = {
      from: romeo,
      fromLabel: '',
      to: juliet,
      toLabel: '',
      kind: 'chat',
      native: { protocol: 'xmpp', payload: () => text },
      time: clock.now(),
      keep: { archive: true, pending },
      copies: true,
      columns: {},
    };
    const sequence = (firstSequence + next++) as Sequence;
    const entries = copies.map(
      (address): Entry => ({
        account: account(address).id,
        sequence,
        peer: address === juliet ? romeo : juliet,
        direction: address === juliet ? 'in' : 'out',
        archived: true,
        pending: pending && address === juliet,
      }),
    );
    writes.push(...storage.stores.mailbox.append(envelope, entries));
  }
  await storage.committer.commit(writes);
};

const archiveOf = async (address: Address): Promise<readonly number[]> => {
  const { entries } = await storage.stores.archive.page(account(address).id, {}, 10_000, false);
  return entries.map(({ sequence }) => sequence - firstSequence);
};
const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, n) => from + n);
const number = async (sql: string): Promise<number> => Number((await storage.read(sql))[0]?.['n'] ?? 0);
const messages = (): Promise<number> => number('SELECT COUNT(*) AS n FROM message');
const sizeOf = async (address: Address): Promise<number | undefined> =>
  (await storage.stores.retention.keeper(account(address).id))?.size.bytes;

test('what is older than a domain keeps leaves its archives at start and then every hour', async () => {
  await send(700);
  retention.follow({ ...forEver, keep: (domain) => (domain === 'capulet.example' ? 600.5 * 60_000 : undefined) });
  expect(retention.report).toBeUndefined();
  await pass(1_000);
  expect(await archiveOf(juliet)).toEqual(range(99, 700));
  expect(await archiveOf(romeo)).toEqual(range(0, 700));
  expect(await messages()).toBe(700);
  expect(retention.report?.left).toBe(99);
  await pass(3_600_000);
  expect((await archiveOf(juliet))[0]).toBeGreaterThan(158);
  retention.follow({ ...forEver, keep: () => 600 * 60_000 });
  await pass(1_000);
  expect((await archiveOf(romeo))[0]).toBe((await archiveOf(juliet))[0]);
  expect(await messages()).toBe((await archiveOf(juliet)).length);
});

test('an old message that nobody has seen waits on, outside the archive, and goes when it was delivered', async () => {
  await send(2, { copies: [juliet] });
  await send(1, { pending: true, copies: [juliet] });
  clock.advance(2 * day);
  retention.follow({ ...forEver, keep: () => day });
  await pass(1_000);
  expect(await archiveOf(juliet)).toEqual([]);
  const { id } = account(juliet);
  const waiting = await storage.stores.mailbox.pending(id, 0 as Sequence, 10);
  expect(waiting.map(({ sequence, archived }) => [sequence - firstSequence, archived])).toEqual([[2, false]]);
  await storage.committer.commit(storage.stores.mailbox.delivered(id, [(firstSequence + 2) as Sequence]));
  expect(await messages()).toBe(0);
});

test('an archive that is over its bytes loses its oldest entries, never those that wait or are young', async () => {
  await send(5);
  await send(1, { pending: true });
  await send(10);
  retention.follow({ ...forEver, bytes: 8 * counted, young: 3 * 60_000 });
  await pass(1_000);
  expect(await archiveOf(juliet)).toEqual([5, ...range(9, 16)]);
  expect(await sizeOf(juliet)).toBe(8 * counted);
  expect(await archiveOf(romeo)).toEqual(range(8, 16));
  retention.follow({ ...forEver, bytes: counted, young: 3.5 * 60_000 });
  await pass(1_000);
  expect(await archiveOf(juliet)).toEqual([5, ...range(12, 16)]);
});

test('bytes are counted as they are on disk, once, and again after a restart', async () => {
  await send(3, { text: '消息' });
  retention.follow({ ...forEver, bytes: 1_000_000 });
  await pass(1_000);
  expect(await sizeOf(juliet)).toBe(3 * (6 + entryBytes));
  await send(2);
  await pass(3_600_000);
  expect(await sizeOf(juliet)).toBe(3 * (6 + entryBytes) + 2 * counted);
  await retention.stop();
  retention = retaining({ ...forEver, bytes: 4 * counted, keep: () => day });
  await send(3);
  retention.start();
  await pass(1_000);
  expect(await sizeOf(juliet)).toBe(4 * counted);
  expect(await archiveOf(juliet)).toEqual(range(4, 8));
});

test('one that grows fast is looked at before the next round', async () => {
  retention.follow({ ...forEver, bytes: 10 * counted });
  await pass(1_000);
  await send(30);
  retention.grown(account(juliet));
  await pass(5_000);
  expect(await archiveOf(juliet)).toEqual(range(20, 30));
  expect(await archiveOf(romeo)).toEqual(range(0, 30));
});

test('pages and queries with one peer go on over what is left, and the index forgets what is gone', async () => {
  await send(600);
  retention.follow({ ...forEver, keep: () => 50.5 * 60_000 });
  await pass(1_000);
  const { archive } = storage.stores;
  const page = await archive.page(account(juliet).id, { peer: romeo }, 1_000, false);
  expect(page.entries.map(({ sequence }) => sequence - firstSequence)).toEqual(range(549, 600));
  expect(await archive.count(account(juliet).id, { start: 0 })).toBe(51);
  const blocks = await number(`SELECT COUNT(*) AS n FROM conversation WHERE account = ${account(juliet).id}`);
  expect(blocks).toBe(1);
});

test('nothing is kept of the archive of a removed account', async () => {
  await send(3);
  retention.follow({ ...forEver, bytes: 1_000_000 });
  await pass(1_000);
  await storage.committer.commit(storage.stores.accounts.remove(account(juliet).id, clock.now()));
  expect(await messages()).toBe(3);
  await storage.committer.commit([
    storage.stores.retention.grow(account(juliet).id, { counted: firstSequence, bytes: 1 }),
    ...storage.stores.accounts.remove(account(romeo).id, clock.now()),
  ]);
  expect(await messages()).toBe(0);
  expect(await number('SELECT COUNT(*) AS n FROM archive_size')).toBe(0);
  expect(await storage.stores.retention.keepers(-1 as AccountId, 10)).toEqual([]);
});

// Places are reserved before they are used, one write a block, whatever becomes of the batches.
import { FakeClock } from '@parlance/testkit/fake-clock';
import { expect, test } from 'vitest';
import { Account, emptyView } from './account.ts';
import { CommitLoop } from './commit-loop.ts';
import { type AccountId, type Address, firstSequence, type Sequence } from './ids.ts';
import { Places } from './places.ts';
import type { MailboxStore, Write } from './store.ts';

/** A disk that remembers the mark, fails when told to, and answers when asked to. */
const house = () => {
  const clock = new FakeClock();
  const disk = { mark: 0, writes: 0, full: false };
  const commit = (writes: readonly Write[]): Promise<void> => {
    if (disk.full) return Promise.reject(new Error('full'));
    for (const { mark } of writes as readonly unknown[] as readonly { mark?: number }[]) {
      if (mark === undefined) continue;
      disk.mark = mark;
      disk.writes++;
    }
    return Promise.resolve();
  };
  const commits = new CommitLoop({ commit }, clock, () => undefined);
  const mailbox = { reserve: (_account: AccountId, mark: Sequence) => ({ mark }) } as unknown as MailboxStore;
  const grown: Account[] = [];
  const places = new Places(commits, mailbox, (account) => void grown.push(account));
  const account = new Account(1 as AccountId, 'juliet@capulet.example' as Address, emptyView, firstSequence);
  /** An entry with the next place, in the open batch. */
  const append = (): Sequence => {
    const sequence = places.take(account);
    commits.write({} as Write);
    return sequence;
  };
  const turn = async (): Promise<void> => {
    clock.advance(0);
    for (let n = 0; n < 8; n++) await Promise.resolve();
  };
  return { disk, append, turn, grown };
};

test('places rise by one, and the mark on disk is always above them', async () => {
  const { disk, append, turn, grown } = house();
  for (let n = 0; n < 1_000; n++) {
    expect(append()).toBe(firstSequence + n);
    await turn();
    expect(disk.mark).toBeGreaterThan(firstSequence + n);
  }
  expect(disk.writes).toBe(4);
  expect(grown.length).toBe(4);
});

test('a mark whose batch failed goes with the batch that follows', async () => {
  const { disk, append, turn } = house();
  disk.full = true;
  append();
  const committing = turn();
  const next = append();
  disk.full = false;
  await committing;
  await turn();
  expect(disk.mark).toBeGreaterThan(next);
});

test('a mark whose batch failed, with nothing behind it, goes with the next entry', async () => {
  const { disk, append, turn } = house();
  disk.full = true;
  append();
  await turn();
  disk.full = false;
  const next = append();
  await turn();
  expect(disk.mark).toBeGreaterThan(next);
});

// The commit loop under faults: one participant's bug stops nobody, and what is owed reaches the disk in the end (ADR 0003).
import { FakeClock } from '@parlance/testkit/fake-clock';
import { expect, test } from 'vitest';
import { type Batch, CommitLoop, type Participant } from './commit-loop.ts';
import type { Write } from './store.ts';

const write = (name: string): Write => ({ name }) as unknown as Write;

/** A disk that can be full, and remembers what was committed, batch by batch. */
const house = () => {
  const clock = new FakeClock();
  const disk = { full: false, spoilt: false, attempts: 0, batches: [] as string[][] };
  const failures: unknown[] = [];
  const commit = (writes: readonly Write[]): Promise<void> => {
    disk.attempts++;
    if (disk.full || disk.spoilt) return Promise.reject(new Error(disk.full ? 'full' : 'spoilt'));
    disk.batches.push((writes as readonly unknown[] as readonly { name: string }[]).map(({ name }) => name));
    return Promise.resolve();
  };
  const commits = new CommitLoop({ commit }, clock, (error) => {
    failures.push(error);
    return disk.full;
  });
  const turn = async (): Promise<void> => {
    clock.advance(0);
    for (let n = 0; n < 8; n++) await Promise.resolve();
  };
  const seen: string[] = [];
  /** A participant with a row, which notes how its batches end. */
  const participant = (name: string): Participant => ({
    snapshot: () => write(name),
    settled: ({ state }: Batch) => void seen.push(`${name} ${state}`),
  });
  return { clock, disk, failures, commits, turn, seen, participant };
};

test.each(['snapshot', 'settled'] as const)('a participant whose %s throws ends alone', async (where) => {
  const { commits, turn, disk, failures, seen, participant } = house();
  const bug = new Error('bug');
  const broken: Participant = {
    ...participant('broken'),
    [where]: () => {
      throw bug;
    },
    broken: () => void seen.push('broken ended'),
  };
  commits.join(participant('first'));
  commits.join(broken);
  commits.join(participant('second'));
  await turn();
  expect(disk.batches.flat()).toEqual(where === 'snapshot' ? ['first', 'second'] : ['first', 'broken', 'second']);
  expect([...seen].sort()).toEqual(['broken ended', 'first committed', 'second committed']);
  expect(failures).toEqual([bug]);
  commits.write(write('later'));
  await turn();
  expect(disk.batches.at(-1)).toEqual(['later']);
});

test('what is owed goes first with the next batch that succeeds, in order, once', async () => {
  const { commits, turn, disk } = house();
  disk.full = true;
  commits.owe(write('owed 1'));
  commits.write(write('lost'));
  await turn();
  commits.owe(write('owed 2'));
  await turn();
  disk.full = false;
  commits.write(write('new'));
  await turn();
  await turn();
  expect(disk.batches).toEqual([['owed 1', 'owed 2', 'new']]);
});

test('without anything new, it is tried again once a second', async () => {
  const { clock, commits, turn, disk, seen, participant } = house();
  disk.full = true;
  const late = participant('late');
  commits.owe(write('owed'));
  commits.join(late);
  await turn();
  commits.joinLater(late);
  for (let second = 0; second < 5; second++) {
    clock.advance(1_000);
    await turn();
  }
  expect(disk.attempts).toBe(6);
  expect(seen).toEqual(['late failed', 'late failed']);
  disk.full = false;
  commits.joinLater(late);
  clock.advance(1_000);
  await turn();
  expect(disk.batches).toEqual([['owed', 'late']]);
  expect(seen.at(-1)).toBe('late committed');
});

test('a write that can never succeed is not tried for ever', async () => {
  const { commits, turn, disk } = house();
  disk.spoilt = true;
  commits.owe(write('impossible'));
  await turn();
  disk.spoilt = false;
  commits.write(write('new'));
  await turn();
  expect(disk.batches).toEqual([['new']]);
});

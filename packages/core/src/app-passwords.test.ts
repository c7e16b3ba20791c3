// App passwords on the real store: made once, listed without what they are, taken back; never more than ten.
import { hash } from 'node:crypto';
import { HookPoint } from '@parlance/base/hook';
import { refuse } from '@parlance/base/refusal';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Accounts } from './accounts.ts';
import { AppPasswords, mostAppPasswords, type NewAppPassword } from './app-passwords.ts';
import { CommitLoop } from './commit-loop.ts';
import type { Address } from './ids.ts';

const [juliet, nobody] = ['juliet@a.example', 'nobody@a.example'] as readonly string[] as [Address, Address];

class RunningClock extends FakeClock {
  override soon(run: () => void): void {
    setImmediate(run);
  }
}

let storage: EmbeddedStorage;
let clock: RunningClock;
let passwords: AppPasswords;
let told: Address[] = [];
let draws = 0;

beforeEach(async () => {
  storage = await openEmbedded(juliet);
  clock = new RunningClock();
  told = [];
  draws = 0;
  const { stores, committer } = storage;
  const commits: CommitLoop = new CommitLoop(committer, clock, () => undefined);
  const changed = new HookPoint<Address>('credentials changed');
  changed.on('act', (address) => void told.push(address));
  passwords = new AppPasswords({
    hash: (_, data) => hash('sha256', data, 'hex'),
    vault: { seal: (secret) => secret, open: (sealed) => sealed },
    accounts: new Accounts({
      store: stores.accounts,
      clock,
      capacity: 10,
      pinned: () => false,
      settled: () => commits.settled(),
    }),
    stores,
    commits,
    clock,
    random: { bytes: (count) => new Uint8Array(count).fill(draws++), token: String },
    changed,
  });
});

afterEach(() => storage.close());

test('made with a label, listed without the password, taken back; each change is told when it is on disk', async () => {
  const made = (await passwords.add(juliet, 'Desk')) as NewAppPassword;
  expect(made).toEqual({ id: 'aaaaaaaa', password: 'bbbbbbbbbbbbbbbbbbbb', label: 'Desk', created: clock.now() });
  expect(told).toEqual([juliet]);
  clock.advance(5);
  await passwords.add(juliet, '');
  expect(await passwords.list(juliet)).toEqual([
    { id: 'aaaaaaaa', label: 'Desk', created: clock.now() - 5 },
    { id: 'cccccccc', label: '', created: clock.now() },
  ]);
  expect(await passwords.remove(juliet, 'aaaaaaaa')).toBeUndefined();
  expect(told).toHaveLength(3);
  expect(await passwords.list(juliet)).toMatchObject([{ id: 'cccccccc' }]);
});

test('what is refused', async () => {
  expect(await passwords.add(nobody, '')).toEqual(refuse('not-found'));
  expect(await passwords.list(nobody)).toEqual(refuse('not-found'));
  expect(await passwords.remove(nobody, 'x')).toEqual(refuse('not-found'));
  expect(await passwords.remove(juliet, '')).toEqual(refuse('gone'));
  expect(await passwords.add(juliet, 'x'.repeat(101))).toEqual(refuse('bad-request'));
  for (let count = 0; count < mostAppPasswords; count++) await passwords.add(juliet, '');
  expect(await passwords.add(juliet, '')).toEqual(refuse('overloaded'));
  expect(told).toHaveLength(mostAppPasswords);
});

test('letters are those of base 32, each as likely', async () => {
  draws = 255;
  expect(await passwords.add(juliet, '')).toMatchObject({ id: '77777777', password: 'aaaaaaaaaaaaaaaaaaaa' });
});

// Decoys are like the people of their domain, whoever they are and wherever they came from (checklist 16).
import { type Credential, encodeVerifier } from '@parlance/core/credentials';
import type { AccountId, Address } from '@parlance/core/ids';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { clientCrypto } from '@parlance/xmpp-client/crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Likenesses } from './likenesses.ts';
import { lookUp } from './verifiers.ts';

let storage: EmbeddedStorage;
let likenesses: Likenesses;

beforeEach(async () => {
  storage = await openEmbedded();
  likenesses = new Likenesses(storage.stores.credentials);
});
afterEach(() => storage.close());

const row = (kind: string, rounds: number, salt: number, size: number): Credential => {
  const [storedKey, serverKey] = [new Uint8Array(size), new Uint8Array(size)];
  return {
    kind,
    device: '',
    version: 1,
    parameters: encodeVerifier({ salt: new Uint8Array(salt), rounds, storedKey, serverKey }),
  };
};
const ofHouse = [row('scram-sha-1', 10_000, 16, 20), row('scram-sha-256', 10_000, 16, 32)];
const ofProsody = [row('scram-sha-1', 4_096, 36, 20)];

const move = async (address: string, rows: readonly Credential[]): Promise<void> => {
  await storage.account(address);
  const [account] = await storage.stores.accounts.load([address as Address]);
  if (account === undefined) throw new Error(`${address} did not come`);
  await storage.committer.commit(rows.map((each) => storage.stores.credentials.put(account.id, each)));
};

/** What can be seen of a name: the challenge of each mechanism, and what a password is checked with. */
const seen = async (name: string, domain: string): Promise<string> => {
  const parts = { context: storage, crypto: clientCrypto, secret: new Uint8Array(32).fill(3), likenesses };
  const found = await lookUp(parts, name, domain);
  const { hash, rounds } = found.strongest();
  const [weak, strong] = [found.verifier('SHA-1'), found.verifier('SHA-256')];
  return `${weak.rounds} ${weak.salt.length} ${strong.rounds} ${strong.salt.length} ${hash} ${rounds}`;
};

const house = '10000 16 10000 16 SHA-256 10000';
const prosody = '4096 36 10000 16 SHA-1 4096';

const seenOfNobody = (domain: string): Promise<readonly string[]> =>
  Promise.all(Array.from({ length: 40 }, (_, n) => seen(`nobody${n}`, domain)));

test('where nobody is, or all are of this house, they are of this house', async () => {
  await move('juliet@one.example', ofHouse);
  await likenesses.refresh();
  for (const domain of ['one.example', 'two.example'])
    expect([domain, ...new Set(await seenOfNobody(domain))]).toEqual([domain, house]);
  expect(await seen('juliet', 'one.example')).toBe(house);
});

test('where some came from elsewhere, some are like them, each name for ever', async () => {
  await move('juliet@one.example', ofHouse);
  await move('romeo@one.example', ofProsody);
  await likenesses.refresh();
  expect([await seen('juliet', 'one.example'), await seen('romeo', 'one.example')]).toEqual([house, prosody]);
  const before = await seenOfNobody('one.example');
  expect(new Set(before)).toEqual(new Set([house, prosody]));
  for (let n = 0; n < 20; n++) await move(`more${n}@one.example`, n % 2 === 0 ? ofProsody : ofHouse);
  likenesses = new Likenesses(storage.stores.credentials);
  await likenesses.refresh();
  expect(await seenOfNobody('one.example')).toEqual(before);
  expect(new Set(await seenOfNobody('two.example'))).toEqual(new Set([house]));
});

test('SHA-1 is needed where somebody has nothing else, and as long as that is so (ADR 0012)', async () => {
  const needed = async (): Promise<readonly boolean[]> => {
    await likenesses.refresh();
    return ['one.example', 'two.example'].map((domain) => likenesses.needsSha1(domain));
  };
  await move('juliet@one.example', ofHouse);
  await move('romeo@two.example', []);
  expect(await needed()).toEqual([false, false]);
  await move('paris@one.example', ofProsody);
  expect(await needed()).toEqual([true, false]);
  const [paris] = await storage.stores.accounts.load(['paris@one.example' as Address]);
  await storage.committer.commit(
    ofHouse.map((each) => storage.stores.credentials.put(paris?.id ?? (0 as AccountId), each)),
  );
  expect(await needed()).toEqual([false, false]);
});

test('where all came from elsewhere, nobody is of this house', async () => {
  await move('romeo@one.example', ofProsody);
  await Promise.all([likenesses.refresh(), likenesses.refresh()]);
  expect(new Set(await seenOfNobody('one.example'))).toEqual(new Set([prosody]));
});

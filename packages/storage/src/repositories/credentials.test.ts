// Credentials on the real database: put, replace, remove; accounts apart.
import type { AccountId, Address } from '@parlance/core/ids';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { afterAll, beforeAll, expect, test } from 'vitest';

let storage: EmbeddedStorage;
const [juliet, romeo] = [1, 2] as [AccountId, AccountId];
const row = { kind: 'scram-sha-1', device: '', parameters: '{"rounds":10000}', version: 1 };

beforeAll(async () => {
  storage = await openEmbedded();
  await storage.account('juliet@capulet.example');
  await storage.account('romeo@montague.example');
});

afterAll(() => storage.close());

test('rows are kept by account, kind and device, and replaced whole', async () => {
  const { credentials } = storage.stores;
  const changed = { ...row, parameters: '{"rounds":20000}', version: 2 };
  const phone = { ...row, kind: 'digest', device: 'phone' };
  await storage.committer.commit([credentials.put(juliet, row), credentials.put(romeo, row)]);
  await storage.committer.commit([credentials.put(juliet, changed), credentials.put(juliet, phone)]);
  expect(await credentials.of(juliet)).toEqual(expect.arrayContaining([changed, phone]));
  expect(await credentials.of(juliet)).toHaveLength(2);
  expect(await credentials.of(romeo)).toEqual([row]);
});

test('a removed row is gone, and nothing else', async () => {
  const { credentials } = storage.stores;
  await storage.committer.commit([credentials.put(juliet, row), credentials.put(juliet, { ...row, device: 'phone' })]);
  await storage.committer.commit([credentials.remove(juliet, row.kind, 'phone')]);
  const left = await credentials.of(juliet);
  expect(left).toContainEqual(row);
  expect(left.filter(({ kind, device }) => kind === row.kind && device === 'phone')).toEqual([]);
});

test('who has a kind of credential', async () => {
  const { credentials } = storage.stores;
  expect(await credentials.holders('anonymous')).toEqual([]);
  await storage.committer.commit([credentials.put(romeo, { ...row, kind: 'anonymous' })]);
  expect(await credentials.holders('anonymous')).toEqual(['romeo@montague.example']);
});

test('an address leads to the rows of whoever lives there', async () => {
  const { credentials, accounts } = storage.stores;
  await storage.account('nurse@capulet.example');
  const nurse = 3 as AccountId;
  const at = (address: string) => credentials.at(address as Address);
  await storage.committer.commit([credentials.put(nurse, row)]);
  expect(await at('nurse@capulet.example')).toEqual([row]);
  expect(await at('nurse@montague.example')).toEqual([]);
  await storage.committer.commit(accounts.remove(nurse, 1));
  await storage.account('nurse@capulet.example');
  expect(await at('nurse@capulet.example')).toEqual([]);
});

test('an account that does not exist has none', async () => {
  expect(await storage.stores.credentials.of(99 as AccountId)).toEqual([]);
});

// `archive.enabled: false`: who was away still gets what he missed, and nothing is kept afterwards.
import { openSqlite } from '@parlance/storage/sqlite/driver';
import { el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { databaseFile } from 'parlance-im/compose/storage';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { House } from './house.ts';

const { client: ns } = namespaces;
const juliet = 'juliet@localhost';
const romeo = 'romeo@localhost';

let house: House;

beforeEach(async () => {
  house = await House.open({ yaml: 'archive: {enabled: false}\n' });
  await house.people(juliet, romeo);
});
afterEach(() => house.close());

it('messages wait, arrive, and leave no entry; no archive is offered', async () => {
  const one = await house.client(juliet);
  one.send(el('presence', ns));
  one.send(el('message', ns, { to: romeo, type: 'chat', id: 'm1' }, el('body', ns, {}, 'O')));
  const answer = await one.request('get', el('query', namespaces.discoInfo), juliet);
  expect(answer?.children.length).toBeGreaterThan(0);
  expect(serialise(answer ?? el('none', ns), ns)).not.toContain(namespaces.mam);

  const driver = openSqlite(databaseFile(house.running.configuration.data));
  const entries = () => driver.read({ sql: 'SELECT archived, pending FROM entry', parameters: [] });
  expect(await entries()).toEqual([{ archived: 0, pending: 1 }]);
  const other = await house.client(romeo);
  const arrival = other.once('message');
  other.send(el('presence', ns));
  expect((await arrival).childText('body', ns)).toBe('O');
  await other.request('get', el('query', namespaces.roster));
  await house.running.core.commits.flushed();
  await expect.poll(entries).toEqual([]);
  expect(await driver.read({ sql: 'SELECT id FROM message', parameters: [] })).toEqual([]);
  await driver.close();
});

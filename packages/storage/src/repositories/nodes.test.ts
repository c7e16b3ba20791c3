// Nodes and items on a real database: order by latest publication, bounds, removal.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AccountId } from '@parlance/core/ids';
import type { NodeItem, Write } from '@parlance/core/store';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Driver, Statement } from '../driver.ts';
import { migrate } from '../migrate.ts';
import { sqliteDialect } from '../migrations/0001-house.ts';
import { openSqlite } from '../sqlite/driver.ts';
import { Nodes } from './nodes.ts';

const juliet = 1 as AccountId;
const romeo = 2 as AccountId;

let directory = '';
let driver: Driver;
let nodes: Nodes;

const commit = (...writes: readonly Write[]): Promise<void> => driver.commit(writes as (Statement & Write)[]);

const item = (id: string, payload = `<p>${id}</p>`): NodeItem => ({
  id,
  publisher: 'juliet@capulet.example',
  time: 1_700_000_000_000,
  payload,
});

const ids = async (account: AccountId, node: string): Promise<string[]> =>
  (await nodes.places(account, node)).map(({ id }) => id);

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'parlance-nodes-'));
  driver = openSqlite(join(directory, 'test.sqlite'));
  await migrate(driver, sqliteDialect);
  const insert = `INSERT INTO account (id, created, role, suspended, roster_version, archive) VALUES (?, 0, 'user', 0, 0, '{}')`;
  await driver.commit([juliet, romeo].map((id) => ({ sql: insert, parameters: [id] })));
  nodes = new Nodes(driver);
});

afterAll(async () => {
  await driver.close();
  rmSync(directory, { recursive: true });
});

test('nodes are put, replaced and listed by name', async () => {
  await commit(nodes.put(juliet, { name: 'b', config: '1' }), nodes.put(juliet, { name: 'a', config: '2' }));
  await commit(nodes.put(juliet, { name: 'b', config: '3' }), nodes.put(romeo, { name: 'c', config: '4' }));
  expect(await nodes.nodes(juliet)).toEqual([
    { name: 'a', config: '2', parties: [] },
    { name: 'b', config: '3', parties: [] },
  ]);
});

test('parties join and leave nodes, go with them, and vanish from all nodes with their address', async () => {
  const tybalt = { role: 'outcast', jid: 'tybalt@capulet.example', address: 'tybalt@capulet.example' } as const;
  const nurse = { role: 'subscriber', jid: 'nurse@capulet.example/hall', address: 'nurse@capulet.example' } as const;
  const member = { role: 'member', jid: nurse.address, address: nurse.address } as const;
  await commit(nodes.put(juliet, { name: 'p', config: '1' }), nodes.put(romeo, { name: 'p', config: '1' }));
  await commit(...[tybalt, nurse, member, member].map((party) => nodes.join(juliet, 'p', party)));
  await commit(nodes.join(romeo, 'p', tybalt));
  const parties = async (account: AccountId) => (await nodes.nodes(account)).find(({ name }) => name === 'p')?.parties;
  expect(await parties(juliet)).toEqual([member, nurse, tybalt]);
  await commit(nodes.leave(juliet, 'p', member));
  expect(await parties(juliet)).toEqual([nurse, tybalt]);
  await commit(nodes.disown(tybalt.address));
  expect(await parties(juliet)).toEqual([nurse]);
  expect(await parties(romeo)).toEqual([]);
  await commit(...nodes.remove(juliet, 'p'), nodes.put(juliet, { name: 'p', config: '1' }));
  expect(await parties(juliet)).toEqual([]);
  await commit(...nodes.remove(juliet, 'p'), ...nodes.remove(romeo, 'p'));
});

test('a node keeps its newest items, whatever is published in which order', async () => {
  let number = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('one', 'two', 'three', 'four', 'five'), { maxLength: 12 }),
      fc.integer({ min: 1, max: 4 }),
      async (published, keep) => {
        const node = `law ${number++}`;
        await commit(...published.flatMap((id) => nodes.publish(juliet, node, item(id), keep)));
        let model: string[] = [];
        for (const id of published) model = [...model.filter((other) => other !== id), id].slice(-keep);
        expect(await ids(juliet, node)).toEqual(model);
        const newest = await nodes.newest(juliet, [node, 'absent']);
        expect(newest.get(node)?.id).toBe(model.at(-1));
        expect(newest.size).toBe(model.length === 0 ? 0 : 1);
      },
    ),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 25 },
  );
});

test('items are read by id and by place, oldest first', async () => {
  const many = Array.from({ length: 40 }, (_, n) => `i${n}`);
  await commit(...many.flatMap((id) => nodes.publish(romeo, 'n', item(id), 100)));
  expect((await nodes.named(romeo, 'n', ['i33', 'i2', 'none'])).map(({ id }) => id)).toEqual(['i2', 'i33']);
  expect(await nodes.named(romeo, 'n', many)).toHaveLength(40);
  const places = await nodes.places(romeo, 'n');
  expect(places[3]).toMatchObject({ id: 'i3', size: 9 });
  const between = await nodes.between(romeo, 'n', places[3]?.place ?? 0, places[5]?.place ?? 0);
  expect(between).toEqual([item('i3'), item('i4'), item('i5')]);
  await commit(nodes.trim(romeo, 'n', 2), nodes.retract(romeo, 'n', 'i39'));
  expect(await ids(romeo, 'n')).toEqual(['i38']);
});

test('a removed node takes its items, and nobody else loses anything', async () => {
  await commit(...nodes.publish(romeo, 'gone', item('x'), 1), nodes.put(romeo, { name: 'gone', config: '' }));
  await commit(...nodes.publish(juliet, 'gone', item('y'), 1));
  await commit(...nodes.remove(romeo, 'gone'));
  expect(await ids(romeo, 'gone')).toEqual([]);
  expect((await nodes.nodes(romeo)).map(({ name }) => name)).toEqual(['c']);
  expect(await ids(romeo, 'n')).toEqual(['i38']);
  expect(await ids(juliet, 'gone')).toEqual(['y']);
});

// Removal in a running server: contacts are told, sessions end, and the database keeps nothing of the account but its tombstone.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silent } from '@parlance/base/log';
import type { Address } from '@parlance/core/ids';
import { openSqlite } from '@parlance/storage/sqlite/driver';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { XmppClient } from '@parlance/xmpp-client/client';
import { tcp } from '@parlance/xmpp-client/transports/tcp';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RunningServer, startServer } from '../compose/server.ts';
import { databaseFile } from '../compose/storage.ts';
import { loadConfiguration } from '../config/load.ts';
import { systemClock } from '../ports/clock.ts';
import { systemCrypto } from '../ports/crypto.ts';
import { systemRandom } from '../ports/random.ts';

const { client: ns } = namespaces;
const [juliet, romeo] = ['juliet@localhost', 'romeo@localhost'] as readonly string[] as [Address, Address];
const password = 'correct horse';

let folder = '';
let server: RunningServer;
let clients: XmppClient[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parlance-removal-'));
  writeFileSync(
    join(folder, 'parlance.yaml'),
    'listen: {c2s: 0, c2sTls: false, http: false, https: false, sipUdp: false, sipTcp: false, sipTls: false}\n',
  );
  const configuration = loadConfiguration({ config: undefined, data: undefined, environment: {}, directory: folder });
  const ports = { clock: systemClock, random: systemRandom, crypto: systemCrypto, log: silent };
  server = await startServer(configuration, ports);
  const applicants = [juliet, romeo].map((address) => ({ address, password, role: 'user' as const }));
  await server.core.membership.createMany(applicants);
});

afterEach(async () => {
  await Promise.all(clients.map((client) => client.close()));
  clients = [];
  await server.stop();
  rmSync(folder, { recursive: true });
});

const signIn = async (address: string): Promise<XmppClient> => {
  const port = server.listeners[0]?.port ?? 0;
  const transport = tcp({ domain: 'localhost', server: { host: '127.0.0.1', port }, trust: { verify: false } });
  const client = new XmppClient({ address, password, transport, reconnect: 'never' });
  clients.push(client);
  await client.connect();
  await client.request('get', el('query', namespaces.roster));
  client.send(el('presence', ns));
  return client;
};

const presence = (to: string, type: string): Element => el('presence', ns, { to, type });

const hears = (client: XmppClient, type: string): Promise<void> =>
  new Promise((resolve) => {
    client.on('presence', (stanza) => {
      if (stanza.attr('type') === type) resolve();
    });
  });

/** Both watch each other. */
const befriend = async (one: XmppClient, other: XmppClient): Promise<void> => {
  for (const [asker, asked] of [
    [one, other],
    [other, one],
  ] as const) {
    const [request, granted] = [hears(asked, 'subscribe'), hears(asker, 'subscribed')];
    asker.send(presence(asked.account, 'subscribe'));
    await request;
    asked.send(presence(asker.account, 'subscribed'));
    await granted;
  }
};

const tables = ['contact', 'credential', 'entry', 'conversation', 'stream', 'document', 'node', 'node_item', 'block'];

test('contacts hear that all is over, and nothing stays', async () => {
  const one = await signIn(`${juliet}/balcony`);
  const other = await signIn(`${romeo}/orchard`);
  await befriend(one, other);
  one.send(el('message', ns, { to: romeo, type: 'chat', id: 'm1' }, el('body', ns, {}, 'O')));
  await other.once('message');
  const account = await server.core.accounts.load(juliet);
  const over = [hears(other, 'unsubscribe'), hears(other, 'unsubscribed'), hears(other, 'unavailable')];
  const ended = one.once('fatal');
  expect(await server.core.membership.remove(juliet)).toBeUndefined();
  await Promise.all([...over, ended]);
  await server.core.commits.flushed();

  const driver = openSqlite(databaseFile(server.configuration.data));
  for (const table of tables) {
    const sql = `SELECT * FROM ${table} WHERE account = ?`;
    expect([table, ...(await driver.read({ sql, parameters: [account?.id ?? 0] }))]).toEqual([table]);
  }
  const sql = 'SELECT permission, interest, approved FROM contact WHERE address = ?';
  expect(await driver.read({ sql, parameters: [juliet] })).toEqual([
    { permission: 'none', interest: 'none', approved: 0 },
  ]);
  await driver.close();
});

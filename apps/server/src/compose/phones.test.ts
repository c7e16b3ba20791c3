// Passwords for phones in a running server: made with the password, learned from whoever sends it in clear, gone when they may not be (DESIGN §2).
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silent } from '@parlance/base/log';
import { type Ha1, ha1Kind, openHa1 } from '@parlance/core/ha1';
import type { Address } from '@parlance/core/ids';
import { RawClient } from '@parlance/testkit/raw-client';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadConfiguration } from '../config/load.ts';
import { systemClock } from '../ports/clock.ts';
import { systemCrypto } from '../ports/crypto.ts';
import { systemDigest } from '../ports/digest.ts';
import { systemRandom } from '../ports/random.ts';
import { phonePasswords } from './ha1.ts';
import { type RunningServer, startServer } from './server.ts';

const juliet = 'juliet@localhost' as Address;
const listen = '{c2s: 0, c2sTls: false, http: false, https: false, sipUdp: false, sipTcp: false, sipTls: false}';
const ports = { clock: systemClock, random: systemRandom, crypto: systemCrypto, log: silent };

let folder = '';
let server: RunningServer;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parlance-phones-'));
});

afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

const start = async (accountPassword: boolean): Promise<void> => {
  writeFileSync(join(folder, 'parlance.yaml'), `listen: ${listen}\nsip: {accountPassword: ${accountPassword}}\n`);
  const request = { config: undefined, data: undefined, environment: {}, directory: folder };
  server = await startServer(loadConfiguration(request), ports);
};

const stored = async (): Promise<Ha1 | undefined> => {
  const row = (await server.core.stores.credentials.at(juliet)).find(({ kind }) => kind === ha1Kind);
  const { vault } = phonePasswords(server.configuration).ha1;
  return row && openHa1(vault, juliet, row);
};

const ha1Of = (password: string): string => systemDigest('MD5', `juliet:localhost:${password}`);

const signIn = async (password: string): Promise<void> => {
  const client = RawClient.to(server.listeners[0]?.port ?? 0);
  client.say(
    `<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='localhost' version='1.0'>`,
  );
  await client.hears(/<\/stream:features>/);
  const data = Buffer.from(`\0juliet\0${password}`).toString('base64');
  client.say(`<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='PLAIN'>${data}</auth>`);
  await client.hears(/<success/);
  client.destroy();
};

test('who has none gets one by signing in with his password in clear, and another with another password', async () => {
  await start(false);
  await server.core.membership.create({ address: juliet, password: 'one', role: 'user' });
  await signIn('one');
  expect(await stored()).toBeUndefined();
  await server.stop();

  await start(true);
  expect(await server.core.stores.accounts.list('localhost', '', 1)).toMatchObject([{ phone: false }]);
  await signIn('one');
  await expect.poll(stored, { timeout: 5_000 }).toMatchObject({ MD5: { local: ha1Of('one') } });
  expect(await server.core.stores.accounts.list('localhost', '', 1)).toMatchObject([{ phone: true }]);
  await server.core.membership.setPassword(juliet, 'two');
  expect(await stored()).toMatchObject({ MD5: { local: ha1Of('two') } });
  await server.stop();

  await start(false);
  await server.core.membership.setPassword(juliet, 'three');
  expect(await stored()).toBeUndefined();
});

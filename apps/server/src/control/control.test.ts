// The control protocol on a real data directory: the same answers through the socket and without a server.
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silent } from '@parlance/base/log';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { KeyedArchiveIds } from '../compose/archive-ids.ts';
import { composeCore } from '../compose/core.ts';
import { phonePasswords } from '../compose/ha1.ts';
import { databaseFile, openStorage } from '../compose/storage.ts';
import type { Configuration } from '../config/configuration.ts';
import { loadConfiguration } from '../config/load.ts';
import { systemClock } from '../ports/clock.ts';
import { systemCrypto } from '../ports/crypto.ts';
import { systemDigest } from '../ports/digest.ts';
import { systemRandom } from '../ports/random.ts';
import { answersOf } from './answer.ts';
import { callServer } from './caller.ts';
import { openControlSocket } from './listener.ts';
import { withData } from './open-data.ts';
import { type Ask, ControlRefusal } from './requests.ts';

const ports = { clock: systemClock, crypto: systemCrypto, random: systemRandom, log: silent };

let folder = '';
let configuration: Configuration;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parlance-control-'));
  writeFileSync(join(folder, 'parlance.yaml'), 'domains: [a.example, b.example]\n');
  configuration = loadConfiguration({ config: undefined, data: undefined, environment: {}, directory: folder });
});

afterEach(() => rmSync(folder, { recursive: true }));

/** Everything of a running server that requests need, with its socket. */
const serve = async (): Promise<() => Promise<void>> => {
  mkdirSync(configuration.data, { recursive: true });
  const storage = await openStorage(configuration.data, systemClock);
  const core = composeCore({
    ...ports,
    ...phonePasswords(configuration),
    storage,
    isLocal: (domain) => domain.endsWith('.example'),
    limits: { pending: 10, strangerDay: 10 },
  });
  const running = {
    listeners: [],
    since: 1,
    retention: () => ({ time: 5, left: 6 }),
    phones: () => ({ bindings: 1, watchers: 2, publications: 3 }),
    reload: () => Promise.resolve(['restart for that']),
  };
  const archiveIds = new KeyedArchiveIds(new Uint8Array(16));
  const ask = answersOf({ configuration, core, membership: core.membership, archiveIds, ports, running });
  const socket = await openControlSocket(configuration.data, ask, silent);
  return async () => {
    await socket.close();
    await storage.close();
  };
};

const life = async (ask: Ask): Promise<unknown[]> => {
  const refusal = (attempt: Promise<unknown>): Promise<unknown> =>
    attempt.then(
      () => 'accepted',
      (error: unknown) =>
        error instanceof ControlRefusal
          ? [error.code, error.subject, ...(error.other === '' ? [] : [error.other])]
          : error,
    );
  const add = (address: string, password = 'secret', lookAlike = false) =>
    refusal(ask('user add', { address, password, role: 'user', lookAlike }));
  return [
    await add('Romeo@A.example'),
    await add('romeo@a.example'),
    await add('juliet@b.example'),
    await add('nobody'),
    await add('x@elsewhere.org'),
    await add('y@a.example', '\u0007'),
    await add('r\u043emeo@a.example'),
    await add('r\u043emeo@b.example', 'secret', true),
    await ask('user import', {
      users: ['u1@a.example', 'bad', 'u2@a.example', 'romeo@a.example', 'rome\u043e@a.example'].map((address) => ({
        address,
        password: 'p',
      })),
      lookAlike: false,
    }),
    await refusal(ask('user remove', { address: 'r\u043emeo@b.example' })),
    await refusal(ask('user role', { address: 'u1@a.example', role: 'admin' })),
    await refusal(ask('user suspend', { address: 'u2@a.example', suspended: true })),
    await refusal(ask('user passwd', { address: 'u3@a.example', password: 'p' })),
    await refusal(ask('user remove', { address: 'romeo@a.example' })),
    await refusal(ask('user remove', { address: 'romeo@a.example' })),
    (await ask('user list', { domain: null, after: null })).users.map(({ address, role, suspended, phone }) => [
      address,
      role,
      suspended,
      phone,
    ]),
    (await ask('user list', { domain: null, after: 'u2@a.example' })).users.map(({ address }) => address),
    await refusal(ask('user list', { domain: 'c.example', after: null })),
    await ask('addresses', { address: null }),
    await refusal(ask('addresses', { address: 'romeo@a.example' })),
  ];
};

const expected = [
  'accepted',
  ['address-taken', 'romeo@a.example'],
  'accepted',
  ['address-malformed', 'nobody'],
  ['domain-foreign', 'x@elsewhere.org'],
  ['password-malformed', 'y@a.example'],
  ['address-resembles', 'r\u043emeo@a.example', 'romeo@a.example'],
  'accepted',
  [
    { index: 1, code: 'address-malformed' },
    { index: 3, code: 'address-taken' },
    { index: 4, code: 'address-resembles', other: 'romeo@a.example' },
  ],
  'accepted',
  'accepted',
  'accepted',
  ['address-unknown', 'u3@a.example'],
  'accepted',
  ['address-unknown', 'romeo@a.example'],
  [
    ['u1@a.example', 'admin', false, true],
    ['u2@a.example', 'user', true, true],
  ],
  ['juliet@b.example'],
  ['domain-foreign', 'c.example'],
  [],
  ['address-unknown', 'romeo@a.example'],
];

test('without a server', async () => {
  expect(await withData(configuration, ports, 'test', life)).toEqual(expected);
  await expect(withData(configuration, ports, 'test', (ask) => ask('trace', { id: 'x' }))).rejects.toThrow(
    'not-running',
  );
  await expect(withData(configuration, ports, 'test', (ask) => ask('reload', {}))).rejects.toThrow('not-running');
  expect(await withData(configuration, ports, 'test', (ask) => ask('status', {}))).toMatchObject({ running: false });
});

test('through the socket of a running one', async () => {
  const stop = await serve();
  expect(statSync(join(configuration.data, 'control.sock')).mode & 0o777).toBe(0o600);
  expect(await withData(configuration, ports, 'test', life)).toEqual(expected);
  await expect(withData(configuration, ports, 'test', (ask) => ask('trace', { id: 'x' }))).rejects.toThrow(
    'trace-unknown: x',
  );
  expect(await withData(configuration, ports, 'test', (ask) => ask('reload', {}))).toEqual(['restart for that']);
  expect(await withData(configuration, ports, 'test', (ask) => ask('status', {}))).toMatchObject({
    running: true,
    pid: process.pid,
    domains: ['a.example', 'b.example'],
    retention: { time: 5, left: 6 },
    phones: { bindings: 1, watchers: 2, publications: 3 },
  });
  await stop();
  expect(existsSync(join(configuration.data, 'control.sock'))).toBe(false);
});

const appPasswords = async (ask: Ask): Promise<unknown> => {
  const address = 'juliet@b.example';
  await ask('user add', { address, password: 'secret', role: 'user', lookAlike: false });
  const { id, password } = await ask('app-password add', { address, label: 'Desk' });
  expect([id, password]).toEqual([expect.stringMatching(/^[a-z2-7]{8}$/), expect.stringMatching(/^[a-z2-7]{20}$/)]);
  const listed = await ask('app-password list', { address });
  expect(listed).toEqual([{ id, label: 'Desk', created: expect.any(Number) }]);
  await ask('app-password remove', { address, id });
  expect(await ask('app-password list', { address })).toEqual([]);
  await expect(ask('app-password remove', { address, id })).rejects.toThrow('app-password-unknown');
  await expect(ask('app-password list', { address: 'nobody@b.example' })).rejects.toThrow('address-unknown');
  await expect(ask('app-password add', { address, label: 'x'.repeat(101) })).rejects.toThrow('label-long');
  return ask('app-password list', { address });
};

test('app passwords, without a server', async () => {
  expect(await withData(configuration, ports, 'test', appPasswords)).toEqual([]);
});

test('app passwords, through the socket of a running one', async () => {
  const stop = await serve();
  expect(await withData(configuration, ports, 'test', appPasswords)).toEqual([]);
  await stop();
});

test('no password stands in the database, nor what phones prove it with (checklist 54)', async () => {
  await withData(configuration, ports, 'test', async (ask) => {
    await ask('user add', { address: 'juliet@b.example', password: 'secret', role: 'user', lookAlike: false });
  });
  const files = ['', '-wal']
    .map((suffix) => databaseFile(configuration.data) + suffix)
    .filter((file) => existsSync(file));
  const bytes = files.map((file) => readFileSync(file, 'latin1')).join('\0');
  const ha1 = systemDigest('MD5', 'juliet:b.example:secret');
  expect([bytes.includes('sip-ha1'), bytes.includes(ha1), bytes.includes('secret')]).toEqual([true, false, false]);
});

test('a socket that a killed server left behind is nobody; the next server takes its place', async () => {
  mkdirSync(configuration.data, { recursive: true });
  writeFileSync(join(configuration.data, 'control.sock'), '');
  expect(await callServer(configuration.data)).toBeUndefined();
  const stop = await serve();
  const caller = await callServer(configuration.data);
  expect(await caller?.ask('status', {})).toMatchObject({ running: true });
  caller?.close();
  await stop();
});

test.runIf(process.platform === 'linux')('a data directory may have a long name', async () => {
  configuration = { ...configuration, data: join(folder, 'long'.repeat(40)) };
  const stop = await serve();
  const caller = await callServer(configuration.data);
  expect(await caller?.ask('status', {})).toMatchObject({ running: true });
  caller?.close();
  await stop();
});

test('nonsense on the socket is refused, and the connection goes on', async () => {
  const stop = await serve();
  const socket = connect(join(configuration.data, 'control.sock'));
  socket.write('nonsense\n{"name":"constructor"}\n{"name":"trace","asked":{"id":7}}\n{"name":"status","asked":{}}\n');
  let text = '';
  for await (const chunk of socket) {
    text += String(chunk);
    if (text.includes('"answer"')) break;
  }
  const replies = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, { code?: string }>);
  expect(replies.map(({ refused }) => refused?.code)).toEqual([
    'request-malformed',
    'request-malformed',
    'request-malformed',
    undefined,
  ]);
  await stop();
});

// The script client from the outside: real processes on a real server (CONTRACT, The script client).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { House, password } from './house.ts';

const program = fileURLToPath(new URL('../apps/cli/dist/main.js', import.meta.url));
const juliet = 'juliet@localhost';
const romeo = 'romeo@localhost';

let house: House;
const children: ChildProcess[] = [];

beforeAll(async () => {
  house = await House.open();
  await house.people(juliet, romeo);
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(() => house.close());

const launch = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const env = { ...process.env, LANG: 'C', LC_ALL: '', LC_MESSAGES: '', ...environment };
  const child = spawn(process.execPath, [program, ...args], { env, stdio: 'pipe' });
  children.push(child);
  return child;
};

interface Outcome {
  readonly code: number | null;
  readonly events: readonly Readonly<Record<string, unknown>>[];
  readonly out: string;
  readonly err: string;
}

/** `more` is what standard input holds behind the password. */
const cli = async (
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  more = '',
): Promise<Outcome> => {
  const child = launch(args, environment);
  const heard = Promise.all([text(child.stdout), text(child.stderr)]);
  child.stdin.end(`${password}\n${more}`);
  const [code] = (await once(child, 'close')) as [number | null];
  const [out, err] = await heard;
  const lines = out.split('\n').filter((line) => line.startsWith('{'));
  return { code, out, err, events: lines.map((line) => JSON.parse(line) as Record<string, unknown>) };
};

const server = (): string => `127.0.0.1:${house.port('c2s')}`;

const as = (account: string, ...words: readonly string[]): readonly string[] => [
  '--account',
  account,
  '--password-stdin',
  '--server',
  server(),
  ...words,
];

test('a text is sent, printed by a listener, and in the history of both', async () => {
  const listener = launch(['--account', romeo, '--password', password, '--server', server(), 'listen', '--count', '1']);
  const end = once(listener, 'exit');
  const lines = createInterface(listener.stdout)[Symbol.asyncIterator]();
  expect(JSON.parse((await lines.next()).value as string)).toMatchObject({ event: 'online' });
  const sent = await cli(as(juliet, 'send', romeo, 'wherefore art thou'));
  expect(sent).toMatchObject({ code: 0, err: '', events: [{ event: 'sent', to: romeo, state: 'acked' }] });
  const heard = JSON.parse((await lines.next()).value as string) as Record<string, unknown>;
  expect(heard).toMatchObject({ event: 'message', path: 'relay', body: 'wherefore art thou' });
  expect(heard['id']).toBe(sent.events[0]?.['id']);
  expect(await end).toEqual([0, null]);
  for (const [account, peer] of [
    [juliet, romeo],
    [romeo, juliet],
  ] as const) {
    const history = await cli(as(account, 'history', peer));
    expect(history.events.map((event) => event['body'])).toEqual(['wherefore art thou']);
  }
});

test('a contact is added, asks, is accepted, is listed, and is removed', async () => {
  expect(await cli(as(juliet, 'contact', 'add', romeo, '--name', 'Romeo'))).toMatchObject({ code: 0, err: '' });
  expect((await cli(as(juliet, 'roster'))).events).toMatchObject([{ address: romeo, name: 'Romeo', ask: true }]);
  expect((await cli(as(romeo, 'contact', 'accept', juliet))).code).toBe(0);
  expect((await cli(as(juliet, 'roster'))).events).toMatchObject([{ address: romeo, subscription: 'to' }]);
  expect((await cli(as(juliet, 'contact', 'remove', romeo))).code).toBe(0);
  expect((await cli(as(juliet, 'roster'))).events).toEqual([]);
});

test('a status is seen by whoever may, and ends with the command', async () => {
  await cli(as(juliet, 'contact', 'add', romeo));
  await cli(as(romeo, 'contact', 'accept', juliet));
  const shown: unknown[] = [];
  const watcher = launch(['--account', juliet, '--password', password, '--server', server(), 'listen']);
  createInterface(watcher.stdout).on('line', (line) => {
    const { event, from, show } = JSON.parse(line) as Record<string, unknown>;
    if (event === 'presence' && String(from).startsWith(romeo)) shown.push(show);
  });
  await once(watcher.stdout, 'data');
  expect((await cli(as(romeo, 'status', 'away', '--seconds', '1'))).events).toEqual([
    { event: 'status', show: 'away' },
  ]);
  await expect.poll(() => shown.filter((show, index) => show !== shown[index - 1])).toEqual(['away', 'offline']);
  const end = once(watcher, 'exit');
  watcher.kill('SIGTERM');
  expect(await end).toEqual([0, null]);
});

test.each([
  ['a WebSocket', () => [`ws://127.0.0.1:${house.port('http')}/xmpp-websocket`]],
  ['TLS from the first byte', () => [`127.0.0.1:${house.port('c2sTls')}`, '--direct-tls']],
])('the server is reached over %s', async (_way, place) => {
  const words = ['--account', juliet, '--password', password, '--server', ...place(), 'send', romeo, 'another way'];
  expect(await cli(words)).toMatchObject({ code: 0, err: '', events: [{ event: 'sent', state: 'acked' }] });
});

test('blocked and unblocked', async () => {
  for (const action of ['block', 'unblock'])
    expect(await cli(as(juliet, 'contact', action, 'tybalt@localhost'))).toMatchObject({
      code: 0,
      events: [{ event: 'contact', action, address: 'tybalt@localhost' }],
    });
});

test('errors are one line, in the language of the locale', async () => {
  const wrong = ['--account', juliet, '--password', 'wrong', '--server', server(), 'roster'];
  expect(await cli(wrong)).toMatchObject({ code: 1, out: '', err: 'parlance-cli: wrong address or password\n' });
  const chinese = await cli(wrong, { LANG: 'zh_CN.UTF-8' });
  expect(chinese.err).toBe('parlance-cli: 地址或密码错误\n');
  const nobody = await cli(['--account', juliet, '--password', password, '--server', '127.0.0.1:1', 'roster']);
  expect(nobody).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^parlance-cli: the server cannot be reached: .*\n$/),
  });
});

test.each([
  [['file', 'send', romeo, 'x.txt'], 'file'],
  [['direct', 'open', romeo, '--mode', '1'], 'direct'],
])('what is not built is refused by name: %j', async (args, name) => {
  expect(await cli(args)).toMatchObject({ code: 1, err: `parlance-cli: ${name}: not available yet\n` });
});

test.each([
  [['--account', 'a@@b', '--password', 'x', 'roster'], 1],
  [['--account', juliet, '--password', 'x', '--server', 'a b', 'roster'], 1],
  [['history', romeo, '--max', '0'], 1],
  [['rooster'], 2],
  [['send', romeo], 2],
  [[], 2],
])('what cannot be understood ends with a code: %j', async (args, code) => {
  expect((await cli(args)).code).toBe(code);
});

test('every command has its help', async () => {
  for (const words of [
    [],
    ['send'],
    ['listen'],
    ['roster'],
    ['contact', 'add'],
    ['status'],
    ['history'],
    ['call'],
    ['answer'],
  ]) {
    const help = await cli([...words, '--help']);
    expect(help).toMatchObject({ code: 0, err: '' });
    expect(help.out).toContain('Usage:');
  }
});

test('a text is read from behind the password', async () => {
  const sent = await cli(as(juliet, 'send', romeo, '-'), {}, 'Parting is\nsuch sweet sorrow\n');
  expect(sent).toMatchObject({ code: 0, events: [{ state: 'acked' }] });
  const { events } = await cli(as(romeo, 'history', juliet));
  expect(events.map(({ body }) => body)).toContain('Parting is\nsuch sweet sorrow');
});

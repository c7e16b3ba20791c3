// The script client as a phone: real processes at a real server, each seen only by its lines and its exit code (CONTRACT, The script client).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { AudioSession } from '@parlance/sip-client/audio/rtp';
import { readWav, writeWav } from '@parlance/sip-client/audio/wav';
import { systemClock } from 'parlance-im/ports/clock';
import { systemRandom } from 'parlance-im/ports/random';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { House, password } from '../house.ts';
import { phone } from './phone.ts';
import { strength, tone } from './tone.ts';

const program = fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url));
const [juliet, romeo] = ['juliet@localhost', 'romeo@localhost'];

type Event = Readonly<Record<string, unknown>>;

let house: House;
let folder: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  house = await House.open();
  await house.people(juliet, romeo);
  folder = await mkdtemp(join(tmpdir(), 'parlance-cli-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await house.close();
  await rm(folder, { recursive: true });
});

const ports = { udp: 'sipUdp', tcp: 'sipTcp', tls: 'sipTls' } as const;

interface Start {
  readonly transport?: keyof typeof ports;
  readonly language?: string;
  readonly port?: number;
}

/** A running command: its lines as they come, and its end. */
const start = (
  account: string,
  words: readonly string[],
  { transport = 'udp', language = 'C', port = house.port(ports[transport]) }: Start = {},
) => {
  const server = `127.0.0.1:${port};transport=${transport}`;
  const login = ['--account', account, '--password', password, '--server', server, '--sip'];
  const env = { ...process.env, LANG: language, LC_ALL: '', LC_MESSAGES: '' };
  const child = spawn(process.execPath, [program, ...login, ...words], { env, stdio: 'pipe' });
  children.push(child);
  const events: Event[] = [];
  createInterface(child.stdout).on('line', (line) => events.push(JSON.parse(line) as Event));
  const err = text(child.stderr);
  const end = once(child, 'close').then(async ([code]) => ({ code: code as number | null, err: await err, events }));
  const seen = (event: string): Promise<void> =>
    expect.poll(() => events.map((each) => each['event']), { timeout: 8_000 }).toContain(event);
  return { child, events, end, seen };
};

test.each(['udp', 'tcp', 'tls'] as const)('a text is sent and printed over %s', async (transport) => {
  const listener = start(romeo, ['listen', '--count', '1'], { transport });
  await listener.seen('online');
  const sent = await start(juliet, ['send', romeo, `by ${transport}`], { transport }).end;
  expect(sent).toMatchObject({ code: 0, err: '', events: [{ event: 'sent', to: romeo, state: 'acked' }] });
  const heard = await listener.end;
  expect(heard).toMatchObject({ code: 0, err: '' });
  expect(heard.events).toMatchObject([
    { event: 'online', address: romeo },
    { event: 'message', path: 'relay', from: juliet, to: romeo, body: `by ${transport}` },
  ]);
});

test('what came while nobody listened is printed later, and an interrupt takes the contact back', async () => {
  expect(await start(juliet, ['send', romeo, 'while you were out']).end).toMatchObject({ code: 0 });
  const listener = start(romeo, ['listen']);
  await listener.seen('message');
  expect(listener.events.at(-1)).toMatchObject({ body: 'while you were out' });
  listener.child.kill('SIGINT');
  expect(await listener.end).toMatchObject({ code: 0, err: '' });
  const hers = await phone(house, juliet);
  const nobody = await hers.agent.request('OPTIONS', `sip:${romeo}`);
  expect(nobody).toMatchObject({ status: 480 });
  hers.close();
});

test('a connection that breaks is made anew, and the account registered again', async () => {
  const ways: Socket[] = [];
  const relay = createServer((near) => {
    const far = connect(house.port('sipTcp'), '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const way of [near, far]) way.on('error', () => undefined);
    ways.push(near, far);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  const { port } = relay.address() as AddressInfo;
  const listener = start(romeo, ['listen', '--count', '1'], { transport: 'tcp', port });
  await listener.seen('online');
  for (const way of ways.splice(0)) way.destroy();
  await expect.poll(() => listener.events.length, { timeout: 8_000 }).toBe(3);
  await start(juliet, ['send', romeo, 'are you back?']).end;
  const { code, events } = await listener.end;
  expect(code).toBe(0);
  expect(events.map(({ event }) => event)).toEqual(['online', 'offline', 'online', 'message']);
  relay.close();
});

test('a status is published, and ends with the command', async () => {
  const watcher = start(romeo, ['listen', '--watch', romeo]);
  await watcher.seen('presence');
  const shows = (): unknown[] => watcher.events.filter(({ event }) => event === 'presence').map(({ show }) => show);
  const status = start(romeo, ['status', 'dnd', '--text', 'a fencing lesson', '--seconds', '2']);
  await expect.poll(shows, { timeout: 8_000 }).toContain('dnd');
  expect(await status.end).toMatchObject({ code: 0, err: '', events: [{ event: 'status', show: 'dnd' }] });
  await expect.poll(() => shows().at(-1), { timeout: 8_000 }).not.toBe('dnd');
  watcher.child.kill('SIGINT');
  expect(await watcher.end).toMatchObject({ code: 0, err: '' });
});

test.each([
  { near: 'udp', far: 'udp', ends: 'caller' },
  { near: 'tcp', far: 'tls', ends: 'callee' },
] as const)(
  'a call from $near to $far, each hears the file of the other, the $ends ends it',
  async ({ near, far, ends }) => {
    const file = (name: string): string => join(folder, `${name}.wav`);
    const [his, hers, heardByHim, heardByHer] = [file('his'), file('hers'), file('by-him'), file('by-her')];
    await writeFile(his, writeWav(tone(620, 3)));
    await writeFile(hers, writeWav(tone(440, 3)));
    const limit = (side: string): readonly string[] => (side === ends ? ['--seconds', '2'] : []);
    const why = (side: string): string => (side === ends ? 'hung up' : 'the other side hung up');
    const lines = (peer: string, side: string): readonly Event[] => [
      { event: 'ringing', with: peer },
      { event: 'connected', with: peer },
      { event: 'ended', with: peer, why: why(side) },
    ];
    const answer = start(romeo, ['answer', '--play', his, '--record', heardByHim, ...limit('callee')], {
      transport: far,
    });
    await answer.seen('online');
    const call = start(juliet, ['call', romeo, '--play', hers, '--record', heardByHer, ...limit('caller')], {
      transport: near,
    });
    expect(await call.end).toMatchObject({ code: 0, err: '', events: lines(romeo, 'caller') });
    expect(await answer.end).toMatchObject({
      code: 0,
      err: '',
      events: [{ event: 'online' }, ...lines(juliet, 'callee')],
    });
    const [byHim, byHer] = [readWav(await readFile(heardByHim)), readWav(await readFile(heardByHer))];
    expect(strength(byHim, 440)).toBeGreaterThan(20 * strength(byHim, 620));
    expect(strength(byHer, 620)).toBeGreaterThan(20 * strength(byHer, 440));
    expect(byHer.length).toBeGreaterThan(8_000);
  },
);

test('a call that nobody takes is taken back by an interrupt', async () => {
  const his = await phone(house, romeo);
  await his.agent.register();
  const ends: string[] = [];
  const audio = await AudioSession.open(systemClock, '127.0.0.1', tone(620, 1), systemRandom.bytes(10));
  his.agent.onCall = (_request, transaction) => void his.agent.ring(transaction, audio, (why) => ends.push(why));
  const call = start(juliet, ['call', romeo]);
  await call.seen('ringing');
  call.child.kill('SIGINT');
  expect(await call.end).toMatchObject({ code: 0, err: '', events: [{ event: 'ringing' }, { event: 'ended' }] });
  await expect.poll(() => ends).toEqual(['taken back']);
  await his.agent.register(0);
  his.close();
});

test('a call to nobody is refused, with its number', async () => {
  expect(await start(juliet, ['call', 'sip:nobody@localhost']).end).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^parlance-cli: refused: 4\d\d .*\n$/),
    events: [{ event: 'refused', with: 'nobody@localhost' }],
  });
});

test.each([
  [['history', romeo], 'history: this has no meaning in SIP; leave out --sip'],
  [['contact', 'add', romeo], 'contact add: this has no meaning in SIP; leave out --sip'],
  [['roster'], 'roster: this has no meaning in SIP; leave out --sip'],
  [['call', romeo, '--play', '/nowhere.wav'], '/nowhere.wav: no sound file of the wanted kind'],
])('an error is one line: %j', async (words, line) => {
  const { code, err } = await start(juliet, words).end;
  expect(code).toBe(1);
  expect(err).toContain(`parlance-cli: ${line}`);
  expect(err.trimEnd()).not.toContain('\n');
});

test('a server that is not there, and one that is none, are told apart', async () => {
  const nowhere = await start(juliet, ['send', romeo, 'x'], { transport: 'tcp', port: 1 }).end;
  expect(nowhere).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^parlance-cli: the server cannot be reached: /),
  });
  const none = await start(juliet, ['--server', 'localhost;transport=pigeon', 'send', romeo, 'x']).end;
  expect(none.err).toContain('localhost;transport=pigeon: this is no server; write it like');
});

test('a wrong password is told', async () => {
  const { code, err, events } = await start(juliet, ['--password', 'wrong', 'listen']).end;
  expect({ code, err, events }).toEqual({ code: 1, err: 'parlance-cli: wrong address or password\n', events: [] });
});

test('errors are in the language of the locale', async () => {
  const { err } = await start(juliet, ['roster'], { language: 'zh_CN.UTF-8' }).end;
  expect(err).toBe('parlance-cli: roster：在 SIP 中没有意义；请去掉 --sip\n');
});

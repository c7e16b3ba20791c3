// The command line from the outside: real processes, a real server, real clients (CONTRACT, Commands).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { XmppClient } from '@parlance/xmpp-client/client';
import { tcp } from '@parlance/xmpp-client/transports/tcp';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { AddressRow } from './control/requests.ts';

const program = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const database = new URL('../../../packages/storage/dist/sqlite/database.js', import.meta.url).href;

let folder = '';
const children: ChildProcess[] = [];
const clients: XmppClient[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'parlance-cli-'));
  configure('');
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.close();
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A server for tests: one plain port, any free one. */
const configure = (more: string): void =>
  writeFileSync(
    join(folder, 'parlance.yaml'),
    `listen: {c2s: 0, c2sTls: false, http: false, https: false, sipUdp: false, sipTcp: false, sipTls: false}\n${more}`,
  );

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

const launch = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const env = { ...process.env, LANG: 'C', LC_ALL: '', ...environment };
  const child = spawn(process.execPath, [program, ...args], { cwd: folder, env, stdio: 'pipe' });
  children.push(child);
  return child;
};

const parlance = async (
  args: string,
  input = '',
  environment: Readonly<Record<string, string>> = {},
): Promise<Outcome> => {
  const child = launch(args.split(' '), environment);
  const heard = Promise.all([text(child.stdout), text(child.stderr)]);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  const [out, err] = await heard;
  return { code, out, err };
};

/** A running server and the port it took. */
const startServer = async () => {
  const child = launch(['start', '--json']);
  const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
  const ready = JSON.parse(line) as { event: string; version: string; listeners: { name: string; port: number }[] };
  return { child, ready, port: ready.listeners[0]?.port ?? 0 };
};

const stop = async (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
  child.kill(signal);
  const [code] = (await once(child, 'exit')) as [number | null];
  return code;
};

const signIn = async (port: number, address: string, password: string): Promise<XmppClient> => {
  const client = new XmppClient({
    address,
    password,
    transport: tcp({ domain: 'localhost', server: { host: '127.0.0.1', port }, trust: { verify: false } }),
    reconnect: 'never',
  });
  clients.push(client);
  await client.connect();
  client.send(el('presence', namespaces.client));
  return client;
};

const nextMessage = (client: XmppClient): Promise<Element> =>
  new Promise((resolve) => {
    client.on('message', resolve);
  });

describe('a running server', () => {
  test('accounts are there at once; the address table and the trace say who is where and what went where', async () => {
    const { child, ready, port } = await startServer();
    expect(ready).toMatchObject({
      event: 'ready',
      version: '0.1.0',
      listeners: [{ name: 'c2s', proto: 'tcp', url: null }],
    });
    expect(await parlance('user add juliet@localhost --password-stdin', 'pencil\n')).toMatchObject({
      code: 0,
      err: '',
    });
    expect(await parlance('user add romeo@localhost --password sword')).toMatchObject({ code: 0 });
    const juliet = await signIn(port, 'juliet@localhost/balcony', 'pencil');
    const romeo = await signIn(port, 'romeo@localhost/orchard', 'sword');
    const arrival = nextMessage(romeo);
    juliet.send(
      el(
        'message',
        namespaces.client,
        { to: 'romeo@localhost', type: 'chat', id: 'm1' },
        el('body', namespaces.client, {}, 'O'),
      ),
    );
    const archiveId = (await arrival).child('stanza-id', namespaces.sid)?.attr('id') ?? '';

    const rows = JSON.parse((await parlance('addresses --json')).out) as AddressRow[];
    expect(rows.map(({ id, protocol, show }) => [id, protocol, show].join(' ')).sort()).toEqual([
      'juliet@localhost/balcony xmpp online',
      'romeo@localhost/orchard xmpp online',
    ]);
    const of = await parlance('addresses romeo@localhost');
    expect(of.out).toMatch(/^ID .*\nromeo@localhost\/orchard +xmpp .*127\.0\.0\.1:\d+ /);

    for (const id of ['m1', archiveId]) {
      const { out } = await parlance(`trace ${id}`);
      expect(out).toMatch(/source +juliet@localhost\/balcony +127\.0\.0\.1:\d+ +xmpp chat/);
      expect(out).toMatch(/destination +romeo@localhost\n/);
      expect(out).toMatch(/row found +romeo@localhost\/orchard +127\.0\.0\.1:\d+ +delivered/);
      expect(out).toMatch(/answer +accepted/);
    }
    expect(await parlance('trace m2')).toMatchObject({
      code: 1,
      err: 'parlance: m2: no message with this id is remembered\n',
    });
    expect((await parlance('status')).out).toMatch(/runs as process \d+ .*\n(.*\n)*sessions +2\n/);
    expect(await stop(child, 'SIGTERM')).toBe(0);
  });

  test('removal and suspension end sessions, and nobody gets in afterwards', async () => {
    const { port } = await startServer();
    for (const name of ['juliet', 'romeo']) await parlance(`user add ${name}@localhost --password p`);
    for (const [name, command] of [
      ['juliet', 'user remove juliet@localhost'],
      ['romeo', 'user suspend romeo@localhost'],
    ] as const) {
      const client = await signIn(port, `${name}@localhost`, 'p');
      const gone = new Promise((resolve) => {
        client.on('state', (state) => {
          if (state === 'closed') resolve(state);
        });
      });
      expect(await parlance(command)).toMatchObject({ code: 0, err: '' });
      expect(await gone).toBe('closed');
      await expect(signIn(port, `${name}@localhost`, 'p')).rejects.toThrow(
        name === 'juliet' ? /not-authorized/ : /account-disabled/,
      );
    }
    expect((await parlance('addresses')).out).toBe('nobody is connected\n');
    await parlance('user suspend romeo@localhost --undo');
    expect((await signIn(port, 'romeo@localhost', 'p')).state).toBe('online');
    expect((await parlance('user list')).out).not.toContain('juliet');
  });

  test('reload takes what it can, says what it cannot, and keeps the old on an invalid file', async () => {
    const { child } = await startServer();
    expect(await parlance('reload')).toEqual({ code: 0, out: 'reloaded\n', err: '' });
    configure('limits: {sessionsPerAccount: 3}\n');
    expect(await parlance('reload')).toMatchObject({
      code: 1,
      err: 'parlance: a change of limits takes effect with the next start\n',
    });
    configure('limitz: {}\n');
    const refused = await parlance('reload --config parlance.yaml --data data');
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.err).toMatch(/parlance\.yaml:2: limitz: unknown key; did you mean limits\?\n$/);
    configure('');
    const logged = new Promise((resolve) => {
      createInterface(child.stderr).on('line', (line) => {
        if (line.includes('"msg":"reloaded"')) resolve(JSON.parse(line));
      });
    });
    child.kill('SIGHUP');
    expect(await logged).toMatchObject({ level: 'info', problems: [] });
    expect(await stop(child, 'SIGINT')).toBe(0);
  });
});

describe('one owner', () => {
  test('a second server is refused with the name of the first; a killed one leaves nothing in the way', async () => {
    const { child } = await startServer();
    await parlance('user add juliet@localhost --password p');
    const second = await parlance('start');
    expect(second).toMatchObject({ code: 1, out: '' });
    expect(second.err).toBe(`parlance: ${join(folder, 'data')} is in use by parlance start (process ${child.pid})\n`);
    await stop(child, 'SIGKILL');
    expect((await parlance('user list')).out).toContain('juliet@localhost');
    const next = await startServer();
    expect(next.ready.event).toBe('ready');
    expect(await stop(next.child, 'SIGTERM')).toBe(0);
  });

  test.runIf(process.platform === 'linux')('a database locked by somebody else is refused with his name', async () => {
    await parlance('user list');
    const script = `const { lockFile } = await import(${JSON.stringify(database)});
      globalThis.lock = lockFile('data/parlance.db'); process.stdout.write('held'); setInterval(() => 0, 1000)`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', script], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(holder);
    await once(holder.stdout, 'data');
    const refused = await parlance('start');
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(/parlance\.db is locked by .+ \(process \d+\)\n$/);
    expect(refused.err).toContain(`(process ${holder.pid})`);
  });
});

describe('without a server', () => {
  test('accounts live: added, listed, changed, imported, removed', async () => {
    expect((await parlance('user list')).out).toBe('no accounts\n');
    expect(await parlance('user add Juliet@LOCALHOST --password p --admin')).toMatchObject({ code: 0 });
    expect(await parlance('user role juliet@localhost user --json')).toMatchObject({
      out: '{"address":"juliet@localhost","role":"user"}\n',
    });
    expect(await parlance('user passwd juliet@localhost --password-stdin', 'q')).toMatchObject({ code: 0 });
    const lines = Array.from({ length: 300 }, (_, n) => `u${n}@localhost,se,cret${n}`);
    lines[7] = 'nonsense';
    lines[9] = 'juliet@localhost,p';
    writeFileSync(join(folder, 'users.csv'), `\ufeff${lines.join('\r\n')}\r\n\r\n`);
    const imported = await parlance('user import users.csv');
    expect(imported.code).toBe(1);
    expect(imported.err.split('\n')).toEqual([
      'line 8: a line reads "address,password"',
      'line 10: juliet@localhost: the address is taken',
      '249 added, 2 refused',
      '298 added, 2 refused',
      expect.stringMatching(/^parlance: 298 added, 2 refused, [\d.]+ s$/) as string,
      '',
    ]);
    expect(JSON.parse((await parlance('user list --json')).out)).toHaveLength(299);
    expect(await parlance('user remove u1@localhost')).toMatchObject({ code: 0 });
    expect(await parlance('user remove u1@localhost')).toMatchObject({
      code: 1,
      err: 'parlance: u1@localhost: there is no such account\n',
    });
  });

  test('checklist 29: who looks like somebody else is refused with his name, in both languages, and may be let in', async () => {
    await parlance('user add paul@localhost --password p');
    const twin = 'p\u0430ul@localhost';
    const refused = await parlance(`user add ${twin} --password p`);
    expect(refused.code).toBe(1);
    expect(refused.err).toMatch(
      /^parlance: p\u0430ul@localhost: looks like paul@localhost, [^\n]+--allow-lookalike[^\n]+\n$/,
    );
    const chinese = await parlance(`user add ${twin} --password p`, '', { LC_ALL: 'zh_CN.UTF-8' });
    expect(chinese.err).toContain(`${twin}：看起来与已有账号 paul@localhost 相同`);
    writeFileSync(join(folder, 'twins.csv'), `${twin},p\npaul1@localhost,p\npaull@localhost,p\n`);
    const imported = await parlance('user import twins.csv');
    expect(imported.err).toContain(`line 1: ${twin}: looks like paul@localhost, `);
    expect(imported.err).toContain('2 added, 1 refused');
    expect(await parlance('user import --allow-lookalike twins.csv')).toMatchObject({ code: 1 });
    expect(JSON.parse((await parlance('user list --json')).out)).toHaveLength(4);
  });

  test('what needs a server says so, and what is not built too', async () => {
    const notRunning = await Promise.all(['reload', 'trace x'].map((command) => parlance(command)));
    for (const outcome of notRunning)
      expect(outcome).toMatchObject({ code: 1, err: 'parlance: the server is not running\n' });
    expect((await parlance('status')).out).toMatch(/^Parlance is not running\n/);
    expect(await parlance('invite')).toMatchObject({ code: 1, err: 'parlance: invite: not available yet\n' });
  });

  test('accounts go out and come in again', async () => {
    await parlance('user add romeo@localhost --password secret');
    expect(await parlance('export out')).toMatchObject({ code: 0, err: '' });
    expect(await parlance('export out')).toMatchObject({ code: 1, out: '' });
    const main = join(folder, 'out', 'server-data.xml');
    expect((await parlance(`import ${main}`)).err).toContain('romeo@localhost: the address is taken\n');
    await parlance('user remove romeo@localhost');
    expect(await parlance(`import ${main}`)).toMatchObject({
      code: 0,
      out: '1 accounts imported, 0 refused, 0 elements not taken over\n',
    });
    expect(JSON.parse((await parlance('user list --json')).out)).toMatchObject([{ address: 'romeo@localhost' }]);
    expect(await parlance('import nothing.xml')).toMatchObject({
      code: 1,
      err: `parlance: ${join(folder, 'nothing.xml')}: there is no such file\n`,
    });
  });

  test('every command has help; a mistake is one line', async () => {
    const commands = [
      'start',
      'user',
      'user add',
      'user import',
      'addresses',
      'trace',
      'reload',
      'status',
      'check',
      'export',
    ];
    const helps = await Promise.all(commands.map((command) => parlance(`${command} --help`)));
    for (const { code, out } of helps) {
      expect(code).toBe(0);
      expect(out).toMatch(/^Usage: parlance /);
    }
    expect((await parlance('start --help', '', { LC_ALL: 'zh_CN.UTF-8' })).out).toContain('在前台运行服务器');
    const mistakes = ['bogus', 'user add', 'user add x@localhost', 'user role x@localhost king', 'trace'];
    for (const { code, err } of await Promise.all(mistakes.map((command) => parlance(command)))) {
      expect(code).toBe(1);
      expect(err).toMatch(/^parlance: [^\n]+\n$/);
    }
  });

  test('check says what is wrong and what to do', async () => {
    expect((await parlance('check')).code).toBe(0);
    const { child } = await startServer();
    expect((await parlance('check')).out).toMatch(/certificate valid until .*\n.*the server runs and has them/);
    await stop(child, 'SIGTERM');
    const certificate = join(folder, 'data', 'certs', 'localhost.crt');
    expect(readFileSync(certificate, 'utf8')).toContain('BEGIN CERTIFICATE');
    configure(
      `domains: [{name: other.test, tls: {cert: ${certificate}, key: ${certificate.replace('.crt', '.key')}}}]\n`,
    );
    const { code, out } = await parlance('check');
    expect(code).toBe(1);
    expect(out).toMatch(/bad {3}other\.test: the certificate .* is for other names/);
  });
});

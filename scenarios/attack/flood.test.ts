// Nobody else notices: how long an honest message takes while attackers flood the server from a process of their own (checklist 4, 17, 34).
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { XmppClient } from '@parlance/xmpp-client/client';
import { tcp } from '@parlance/xmpp-client/transports/tcp';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { password } from '../house.ts';
import { writeRecord } from '../record.ts';
import { ServerProcess } from '../server-process.ts';

const measuring = process.env['PARLANCE_MEASURE'] === '1';

/** Milliseconds of each flood. */
const duration = measuring ? 6_000 : 300;

const program = fileURLToPath(new URL('flood.mjs', import.meta.url));
const kinds = [
  'messages',
  'requests',
  'presence',
  'white space',
  'large stanzas',
  'sign-ins',
  'connections',
  'nonsense',
] as const;

let server: ServerProcess;
let juliet: XmppClient;
let romeo: XmppClient;

const come = async (address: string): Promise<XmppClient> => {
  const target = { host: '127.0.0.1', port: server.port };
  const transport = tcp({ domain: 'localhost', server: target, allowPlaintext: true, trust: { verify: false } });
  const client = new XmppClient({ address, password, transport });
  await client.connect();
  return client;
};

beforeAll(async () => {
  // The limits as they are, but for messages that strangers leave.
  server = await ServerProcess.make({ yaml: 'limits: {strangerMessagesPerDay: 1000000000}\n' });
  await server.start();
  for (const name of ['juliet', 'romeo', ...Array.from({ length: 8 }, (_, n) => `mallory${n}`)])
    await server.command('user', 'add', `${name}@localhost`, '--password', password);
  juliet = await come('juliet@localhost');
  romeo = await come('romeo@localhost');
  romeo.send(el('presence', namespaces.client));
}, 60_000);
afterAll(async () => {
  await Promise.all([juliet, romeo].map((client) => client.close()));
  await server.close();
});

/** Milliseconds from sending to arriving, until the time is over. */
const talk = async (milliseconds: number): Promise<readonly number[]> => {
  const latencies: number[] = [];
  const end = performance.now() + milliseconds;
  const waiting = new Map<string, number>();
  const stop = romeo.on('message', (stanza) => {
    const sent = waiting.get(stanza.childText('body') ?? '');
    if (sent !== undefined) latencies.push(performance.now() - sent);
  });
  for (let n = 0; performance.now() < end; n++) {
    waiting.set(`${n}`, performance.now());
    juliet.send(
      el(
        'message',
        namespaces.client,
        { to: 'romeo@localhost', type: 'chat' },
        el('body', namespaces.client, {}, `${n}`),
      ),
    );
    await wait(10);
  }
  await expect.poll(() => latencies.length, { timeout: 10_000 }).toBe(waiting.size);
  stop();
  return latencies.sort((a, b) => a - b);
};

const p99 = (sorted: readonly number[]): number => sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN;

const during = async (kind: string, accounts: number): Promise<readonly number[]> => {
  const attackers: ChildProcess = spawn(process.execPath, [program, String(server.port), kind, String(accounts)], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const exit = once(attackers, 'exit');
  try {
    await wait(measuring ? 1_000 : 200);
    return await talk(duration);
  } finally {
    attackers.kill('SIGKILL');
    await exit;
  }
};

it('checklist 34: an honest message gets through', { timeout: 60_000 + 20 * duration }, async () => {
  if (measuring) await talk(2_000);
  const quiet = p99(await talk(duration));
  const floods: Record<string, number> = {};
  for (const accounts of measuring ? [1, 8] : [8])
    for (const kind of kinds) {
      floods[`${kind} (${accounts} accounts)`] = p99(await during(kind, accounts));
      await wait(100);
    }
  if (measuring) {
    const round = (value: number): number => Math.round(value * 100) / 100;
    const figures = Object.entries(floods).map(([kind, value]) => [`p99 in a flood of ${kind}, ms`, round(value)]);
    writeRecord(
      'floods',
      'An honest client while eight attackers flood the server',
      'PARLANCE_MEASURE=1 npx vitest run scenarios/attack/flood',
      {
        connections: 8,
        'seconds of each flood': duration / 1000,
        'quiet p99, ms': round(quiet),
        ...Object.fromEntries(figures),
      },
    );
  }
  for (const value of Object.values(floods)) expect(value).toBeLessThan(2_000);
});

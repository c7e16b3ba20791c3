// Acknowledged means on disk: a system call trace shows the fdatasync between the log write and every word about a message (DESIGN §2).
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { expect, it } from 'vitest';
import { Talker } from '../kill/talker.ts';
import { writeRecord } from '../record.ts';
import { ServerProcess } from '../server-process.ts';
import { type Story, storyOf } from './trace.ts';

const traceable = spawnSync('strace', ['-f', '-o', '/dev/null', 'true']).status === 0;
const careless = fileURLToPath(new URL('./careless-disk.cjs', import.meta.url));
const calls = 'trace=pwrite64,fdatasync,fsync,write,writev,sendto,sendmsg';
/** `npm run endurance` asks for more. */
const count = Number(process.env['PARLANCE_FSYNC_MESSAGES'] ?? 5);

const marker = (index: number): string => `marked-${index}-qpwoeiruty`;

/** Sends messages one after the other, each acknowledged before the next; what the trace tells of each. */
const stories = async (environment: Readonly<Record<string, string>>): Promise<readonly Story[]> => {
  const server = await ServerProcess.make({
    under: ['strace', '-f', '-s', '100000', '-e', calls, '-o', 'calls.txt'],
    environment,
  });
  const talker = (name: string, partner: string): Talker =>
    new Talker({
      address: `${name}@localhost`,
      password: 'correct horse',
      partner: `${partner}@localhost`,
      port: server.port,
      forgetful: false,
      inFlight: 1,
    });
  const [juliet, romeo] = [talker('juliet', 'romeo'), talker('romeo', 'juliet')];
  try {
    for (const name of ['juliet', 'romeo'])
      await server.command('user', 'add', `${name}@localhost`, '--password', 'correct horse');
    await server.start();
    await romeo.connect();
    await juliet.connect();
    for (let index = 0; index < count; index++) {
      const body = el('body', namespaces.client, {}, marker(index));
      const message = el(
        'message',
        namespaces.client,
        { to: 'romeo@localhost', type: 'chat', id: marker(index) },
        body,
      );
      expect(await juliet.client.send(message).outcome()).toBe('acked');
    }
    await juliet.close();
    await romeo.close();
    await server.stop();
    const trace = readFileSync(join(server.directory, 'calls.txt'), 'utf8');
    // The presence after signing in is the first stanza that counts.
    return Array.from({ length: count }, (_, index) => storyOf(trace, marker(index), index + 2));
  } finally {
    await server.close();
  }
};

const isSafe = ({ written, synced, delivered, acknowledged }: Story): boolean =>
  written !== undefined &&
  synced !== undefined &&
  delivered !== undefined &&
  acknowledged !== undefined &&
  written < synced &&
  synced < delivered &&
  synced < acknowledged;

it.skipIf(!traceable)(
  'no acknowledgement and no delivery leaves before the sync that covers it (needs strace: npm run peers)',
  { timeout: 90_000 + count * 1_000 },
  async () => {
    const told = await stories({});
    if (count > 5)
      writeRecord('fsync', 'Acknowledged means on disk: a system call trace', 'npm run endurance', {
        'messages acknowledged': told.length,
        'with an fdatasync between log and acknowledgement, and between log and delivery': told.filter(isSafe).length,
        'a database that does not sync is noticed': 'by the second test of scenarios/durability',
      });
    expect(told.filter((story) => !isSafe(story))).toEqual([]);
  },
);

it.skipIf(!traceable)(
  'the proof notices a database that does not sync (needs strace: npm run peers)',
  { timeout: 90_000 + count * 1_000 },
  async () => {
    const told = await stories({ NODE_OPTIONS: `--require ${careless}` });
    expect(told.some(isSafe)).toBe(false);
  },
);

// A long day in short: people sign in and out, talk, lose connections and resume; the server's memory must come to rest (issue 2, long runs).
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { XmppClient } from '@parlance/xmpp-client/client';
import { expect, it } from 'vitest';
import { writeRecord } from '../record.ts';
import { ServerProcess } from '../server-process.ts';
import { unencrypted } from '../unencrypted.ts';

/** `npm run endurance` asks for more. */
const minutes = Number(process.env['PARLANCE_SOAK_MINUTES'] ?? 0.04);
const password = 'correct horse';
const people = ['juliet', 'romeo', 'nurse', 'tybalt'];

const { client: ns } = namespaces;

/** Megabytes of the process's memory that are in use. */
const resident = (pid: number): number =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024;

interface Count {
  visits: number;
  messages: number;
  resumptions: number;
}

/** One visit: sign in, read the list, talk, perhaps lose the connection and come back, leave. */
const visit = async (server: ServerProcess, name: string, count: Count): Promise<void> => {
  const transport = unencrypted('localhost', server.port);
  let lose = (): void => undefined;
  const client = new XmppClient({
    address: `${name}@localhost`,
    password,
    transport: {
      ...transport,
      open: async (owner, signal) => {
        const connection = await transport.open(owner, signal);
        lose = () => connection.destroy();
        return connection;
      },
    },
  });
  await client.connect();
  await client.request('get', el('query', namespaces.roster));
  client.send(el('presence', ns));
  const say = (): Promise<unknown> =>
    client
      .send(
        el(
          'message',
          ns,
          { to: `${people[count.messages++ % people.length]}@localhost`, type: 'chat' },
          el('body', ns, {}, 'x'.repeat(100)),
        ),
      )
      .outcome();
  await Promise.all(Array.from({ length: 20 }, say));
  if (count.visits++ % 3 === 0) {
    const back = Promise.race([client.once('resumed'), client.once('online')]);
    lose();
    client.wake();
    await back;
    count.resumptions++;
    await say();
  }
  await client.close();
};

it.skipIf(process.platform !== 'linux')(
  `memory comes to rest (${minutes} minutes; reads /proc, so Linux only)`,
  { timeout: 60_000 + minutes * 90_000 },
  async () => {
    const server = await ServerProcess.make();
    const count: Count = { visits: 0, messages: 0, resumptions: 0 };
    const samples: number[] = [];
    try {
      for (const name of people) await server.command('user', 'add', `${name}@localhost`, '--password', password);
      await server.start();
      const end = performance.now() + minutes * 60_000;
      const going = (): boolean => performance.now() < end;
      const person = async (name: string): Promise<void> => {
        while (going()) await visit(server, name, count);
      };
      const observer = async (): Promise<void> => {
        for (; going(); await wait(Math.max(100, (minutes * 60_000) / 120))) samples.push(resident(server.pid));
      };
      await Promise.all([...people.map(person), observer()]);
    } finally {
      await server.close();
    }
    const highest = (from: number, to: number): number =>
      Math.max(...samples.slice(Math.floor(samples.length * from), Math.ceil(samples.length * to)));
    const [middle, last] = [highest(0.4, 0.7), highest(0.7, 1)];
    if (minutes >= 1)
      writeRecord('soak', `${minutes} minutes of coming and going`, `npm run endurance -- --minutes ${minutes}`, {
        ...count,
        'highest memory, middle (MB)': Math.round(middle),
        'highest memory, last third (MB)': Math.round(last),
        'messages a second': Math.round(count.messages / (minutes * 60)),
      });
    expect(count.visits).toBeGreaterThan(people.length);
    expect(server.errors).not.toContain('"level":"error"');
    // A short run is still warming up.
    expect(last).toBeLessThan(minutes >= 1 ? middle * 1.15 + 10 : 1_000);
  },
);

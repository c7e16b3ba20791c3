// A crowd that never signs in: what it costs while it is there, and that it leaves nothing behind (checklist 5).

import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeRecord } from '../record.ts';
import { ServerProcess } from '../server-process.ts';
import { SocketWire, streamHeader } from './wire.ts';

const measuring = process.env['PARLANCE_MEASURE'] === '1';
const [crowd, rounds] = measuring ? [1_000, 20] : [200, 4];

/** Runs in the server's process: collects garbage and tells what is left, on SIGUSR2. */
const teller = `import v8 from 'node:v8'; import vm from 'node:vm'; v8.setFlagsFromString('--expose-gc');
const gc = vm.runInNewContext('gc'); process.on('SIGUSR2', () => { gc(); gc(); const m = process.memoryUsage();
console.error('held ' + (m.heapUsed + m.external) + ';'); });`;
let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.make({
    environment: { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(teller)}` },
  });
  await server.start();
});
afterAll(() => server.close());

/** Bytes that the server's process holds, garbage aside. */
const memory = async (): Promise<number> => {
  const before = server.errors.length;
  await wait(300);
  process.kill(server.pid, 'SIGUSR2');
  for (let n = 0; n < 100 && !/held \d+;/.test(server.errors.slice(before)); n++) await wait(20);
  return Number(/held (\d+);/.exec(server.errors.slice(before))?.[1]);
};

const stand = async (): Promise<SocketWire> => {
  const socket: Socket = connect(server.port, '127.0.0.1');
  const wire = new SocketWire(socket);
  wire.say(streamHeader('localhost'));
  await wire.hears(/<\/stream:features>/);
  return wire;
};

const gather = (): Promise<readonly SocketWire[]> => Promise.all(Array.from({ length: crowd }, stand));

const leave = async (wires: readonly SocketWire[]): Promise<void> => {
  for (const wire of wires) wire.destroy();
  await Promise.all(wires.map((wire) => wire.end()));
};

it.skipIf(process.platform === 'win32')('checklist 5: is let go without a trace, round after round', async () => {
  for (let n = 0; n < rounds; n++) await leave(await gather());
  const quiet = await memory();
  const wires = await gather();
  const each = ((await memory()) - quiet) / crowd;
  await leave(wires);
  for (let n = 0; n < rounds; n++) await leave(await gather());
  const left = (await memory()) - quiet;
  if (measuring)
    writeRecord(
      'crowd',
      'Connections that do not sign in',
      'PARLANCE_MEASURE=1 npx vitest run scenarios/attack/crowd',
      {
        'connections at once': crowd,
        rounds,
        'bytes each while open, after as many rounds before': Math.round(each),
        'bytes left after all rounds': left,
      },
    );
  expect(each).toBeLessThan(30_000);
  expect(left).toBeLessThan(1_000_000);
});

// A crowd that never signs in: what it costs while it is there, and that it leaves nothing behind (checklist 5).
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeRecord } from '../record.ts';
import { ServerProcess } from '../server-process.ts';
import { SocketWire, streamHeader } from './wire.ts';

const measuring = process.env['PARLANCE_MEASURE'] === '1';
const [crowd, rounds] = measuring ? [1_000, 20] : [200, 4];
let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.make({ yaml: 'limits: {connectionsPerAddress: 2000}\n' });
  await server.start();
});
afterAll(() => server.close());

/** Bytes of memory that the server's process has now. */
const memory = (): number =>
  1024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.pid}/status`, 'utf8'))?.[1]);

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

it.skipIf(process.platform !== 'linux')('checklist 5: is let go without a trace, round after round', async () => {
  await leave(await gather());
  const quiet = memory();
  const wires = await gather();
  const each = (memory() - quiet) / crowd;
  await leave(wires);
  for (let n = 0; n < rounds; n++) await leave(await gather());
  const left = memory() - quiet;
  if (measuring)
    writeRecord(
      'crowd',
      'Connections that do not sign in',
      'PARLANCE_MEASURE=1 npx vitest run scenarios/attack/crowd',
      {
        'connections at once': crowd,
        rounds,
        'bytes each while open, after a first round': Math.round(each),
        'bytes left after all rounds': left,
      },
    );
  expect(each).toBeLessThan(100_000);
  expect(left).toBeLessThan(crowd * rounds * 14_000);
});

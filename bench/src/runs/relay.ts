// Node's own floor: messages of the same size through a bare relay in a process of its own, by the same number of pairs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cpuSeconds } from '../measure/process.ts';

export interface RelayFigures {
  readonly perSecond: number;
  readonly perCpuSecond: number;
}

const program = fileURLToPath(new URL('../subjects/relay.js', import.meta.url));

/** `size`: bytes of one message; each of the connections keeps `inFlight` of them on their way. */
export const measureRelay = async (
  connections: number,
  inFlight: number,
  size: number,
  seconds: number,
): Promise<RelayFigures> => {
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  const sockets: Socket[] = [];
  let arrived = 0;
  const message = Buffer.alloc(size, 'm');
  for (let n = 0; n < connections; n++) {
    const socket = connect(Number(line.toString()), '127.0.0.1');
    await once(socket, 'connect');
    socket.setNoDelay(true);
    let rest = 0;
    socket.on('data', (bytes: Buffer) => {
      const whole = Math.floor((rest + bytes.length) / size);
      rest = (rest + bytes.length) % size;
      arrived += whole;
      for (let each = 0; each < whole; each++) socket.write(message);
    });
    sockets.push(socket);
  }
  for (const socket of sockets) for (let n = 0; n < inFlight; n++) socket.write(message);
  await wait(500);
  const [before, cpu] = [arrived, cpuSeconds([child.pid ?? 0])];
  await wait(seconds * 1000);
  const [count, used] = [arrived - before, cpuSeconds([child.pid ?? 0]) - cpu];
  for (const socket of sockets) socket.destroy();
  child.kill('SIGTERM');
  return { perSecond: count / seconds, perCpuSecond: count / used };
};

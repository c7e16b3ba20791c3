// Where the memory of idle sessions lies, after a full collection: this server's beside those of a bare Node server, plain and TLS.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { domain, people, withSubject } from '../cases.ts';
import { makeCertificate } from '../load/certificate.ts';
import type { Target } from '../load/connection.ts';
import { bindScram } from '../load/scram.ts';
import { settle } from '../load/sign-in.ts';
import { type Memory, memoryProbe } from '../measure/memory.ts';
import { probedParlance } from '../subjects/parlance.ts';

/** Sessions that come before the first look, and those that count. */
const first = 200;
const counted = 2_000;

/** Milliseconds after the last one: what is written a second later is written. */
const rest = 5_000;

/** What a sign-in says and hears, in times and bytes, for a server that understands nothing. */
const exchanges = 9;
const size = 300;

/** Bytes of each session. */
const perSession = async (open: (number: number) => Promise<void>, read: () => Promise<Memory>): Promise<Memory> => {
  for (let n = 0; n < first; n++) await open(n);
  await wait(rest);
  const before = await read();
  for (let n = first; n < first + counted; n++) await open(n);
  await wait(rest);
  const after = await read();
  const each = (part: keyof Memory): number => (after[part] - before[part]) / counted;
  return { heap: each('heap'), external: each('external'), resident: each('resident') };
};

const ofServer = (tls: boolean): Promise<Memory> => {
  const subject = probedParlance();
  return withSubject({ subject, archive: true }, async (running) => {
    const { port, tlsPort } = running;
    const target: Target = tls ? { port: tlsPort ?? 0, domain, directTls: true } : { port, domain };
    const failures: Error[] = [];
    const open = async (number: number): Promise<void> => {
      const person = people[number % people.length];
      if (person === undefined) return;
      await settle(await bindScram(target, person, `idle${number}`), (error) => failures.push(error));
    };
    const memory = await perSession(open, () => subject.memory(running.pids()[0] ?? 0));
    if (failures[0] !== undefined) throw failures[0];
    return memory;
  });
};

const ofFloor = async (tls: boolean): Promise<Memory> => {
  const directory = mkdtempSync(join(tmpdir(), 'parlance-floor-'));
  const { cert, key } = makeCertificate(directory, domain);
  const probe = memoryProbe(directory);
  const program = fileURLToPath(new URL('../subjects/idle-floor.js', import.meta.url));
  const child = spawn(process.execPath, [...probe.flags, program, cert, key], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...probe.env },
  });
  const sockets: Socket[] = [];
  try {
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const port = Number(line.toString().split(' ')[tls ? 1 : 0]);
    const open = async (): Promise<void> => {
      const to = { host: '127.0.0.1', port };
      const socket = tls ? connectTls({ ...to, rejectUnauthorized: false, servername: domain }) : connectTcp(to);
      sockets.push(socket);
      await once(socket, tls ? 'secureConnect' : 'connect');
      for (let n = 0; n < exchanges; n++) {
        socket.write(Buffer.alloc(size, 'm'));
        await once(socket, 'data');
      }
    };
    return await perSession(open, () => probe.read(child.pid ?? 0));
  } finally {
    for (const socket of sockets) socket.destroy();
    child.kill('SIGTERM');
    rmSync(directory, { recursive: true });
  }
};

export interface IdleParts {
  readonly name: string;
  readonly memory: Memory;
}

export const measureIdleParts = async (): Promise<readonly IdleParts[]> => [
  { name: 'this server, plain', memory: await ofServer(false) },
  { name: 'bare Node, plain', memory: await ofFloor(false) },
  { name: 'this server, TLS', memory: await ofServer(true) },
  { name: 'bare Node, TLS', memory: await ofFloor(true) },
];

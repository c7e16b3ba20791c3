// Processes of subjects: started in the foreground, waited for until their port answers, ended by their own id.
import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A port that nobody listens on at this moment. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });

export interface Start {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Where its output goes. */
  readonly log: string;
}

export const startChild = ({ command, args, env = {}, log }: Start): ChildProcess => {
  const output = openSync(log, 'a');
  return spawn(command, args, { stdio: ['ignore', output, output], env: { ...process.env, ...env } });
};

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

/** Resolves when the port answers; throws when the process ends first or takes longer than 30 s. */
export const listening = async (child: ChildProcess, port: number, log: string): Promise<void> => {
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`it ended with ${child.exitCode}; see ${log}`);
    if (await answers(port)) return;
    await wait(100);
  }
  throw new Error(`nothing listens on ${port}; see ${log}`);
};

/** Asks the process to end, and insists after 10 s. */
export const stopChild = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(insist);
};

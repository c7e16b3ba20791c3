// A foreign server for one play, whichever its maker.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Transport } from '@parlance/xmpp-client/transport';
import { tcp } from '@parlance/xmpp-client/transports/tcp';
import type { TlsTrust } from '@parlance/xmpp-client/transports/tls-trust';
import { testCertificate } from '@parlance/xmpp-server/testing/certificate';

export interface ForeignServer {
  readonly port: number;
  /** Its own, which vanishes with it. */
  readonly directory: string;
  stop(): Promise<void>;
}

/** Who has an account; everybody with the same password. */
export interface People {
  readonly names: readonly string[];
  readonly password: string;
}

/** The domain of the certificate for tests. */
export const domain = 'one.example';

/** How our client gets to it: over TCP with STARTTLS, the certificate verified. */
export const over = ({ port }: ForeignServer, trust: TlsTrust = {}): Transport =>
  tcp({ domain, server: { host: '127.0.0.1', port }, trust: { ...trust, ca: testCertificate } });

/** Milliseconds until a server has to answer. */
const patience = 30_000;

/** A port that nobody listens on at this moment. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

const answers = async (port: number): Promise<boolean> => {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
};

/** A program to run in a directory of its own, which vanishes with it. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Says that it is ready, once its port answers. */
  readonly ready?: () => boolean;
  /** How it is ended: at once, unless it has to end programs of its own. */
  readonly end?: NodeJS.Signals;
}

/** Prepares a directory, runs what `prepare` says, and waits until its port answers. */
export const startForeign = async (prepare: (directory: string, port: number) => Program): Promise<ForeignServer> => {
  const directory = mkdtempSync(join(tmpdir(), 'parlance-foreign-'));
  const port = await freePort();
  const { command, args, env = {}, ready = () => true, end = 'SIGKILL' } = prepare(directory, port);
  const child = spawn(command, args, { cwd: directory, env: { ...process.env, ...env }, stdio: 'ignore' });
  const stop = async (): Promise<void> => {
    await ended(child, end);
    rmSync(directory, { recursive: true, force: true });
  };
  for (let waited = 0; !((await answers(port)) && ready()); waited += 50) {
    if (waited > patience || child.exitCode !== null) {
      await stop();
      throw new Error(`${command} does not start`);
    }
    await pause(50);
  }
  return { port, directory, stop };
};

const ended = async (child: ChildProcess, signal: NodeJS.Signals): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const end = once(child, 'exit');
  child.kill(signal);
  await end;
};

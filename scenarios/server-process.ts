// The server as its own process, the way users start it; for plays that kill it, trace it or talk to its command line.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Built before the tests run (tools/vitest/build-first.mjs). */
const program = fileURLToPath(new URL('../apps/server/dist/main.js', import.meta.url));

/** Milliseconds until a server has to be ready. */
const patience = 20_000;

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** Crowds of programs that are nobody's contacts talk a lot. */
const talkative =
  'limits: {strangerMessagesPerDay: 1000000000, pendingPerAccount: 1000000, bytesPerSecond: 1000000000}\n';

export interface ProcessOptions {
  /** More of parlance.yaml, instead of limits for those who talk a lot. */
  readonly yaml?: string;
  /** Phones may come, by UDP. */
  readonly sip?: boolean;
  /** A program and its arguments that run the server, such as a tracer. */
  readonly under?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export class ServerProcess {
  readonly directory: string;
  /** Where clients connect; the same after every start. */
  readonly port: number;
  /** Where phones register; 0 when none may. */
  readonly sipPort: number;
  readonly #options: ProcessOptions;
  #child: ChildProcess | undefined;
  #errors = '';

  private constructor(directory: string, port: number, sipPort: number, options: ProcessOptions) {
    this.directory = directory;
    this.port = port;
    this.sipPort = sipPort;
    this.#options = options;
  }

  static async make(options: ProcessOptions = {}): Promise<ServerProcess> {
    const directory = mkdtempSync(join(tmpdir(), 'parlance-process-'));
    const port = await freePort();
    const sipPort = options.sip === true ? await freePort() : 0;
    const others = ['c2sTls', 'http', 'https', 'sipTcp', 'sipTls'].map((name) => `${name}: false`);
    const listen = `listen: {c2s: ${port}, sipUdp: ${sipPort || 'false'}, ${others.join(', ')}}\n`;
    writeFileSync(join(directory, 'parlance.yaml'), `${listen}${options.yaml ?? talkative}`);
    return new ServerProcess(directory, port, sipPort, options);
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** What it wrote to standard error since it was made. */
  get errors(): string {
    return this.#errors;
  }

  /** Starts it and waits until it says that it is ready. */
  async start(): Promise<void> {
    const { under = [], environment = {} } = this.#options;
    const words = [...under, process.execPath, program, 'start', '--json'];
    const child = spawn(words.shift() ?? '', words, {
      cwd: this.directory,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: under.length > 0,
    });
    this.#child = child;
    child.stderr.on('data', (bytes: Buffer) => {
      this.#errors = (this.#errors + bytes.toString()).slice(-20_000);
    });
    const late = setTimeout(() => child.kill('SIGKILL'), patience);
    let ready = false;
    for await (const line of createInterface(child.stdout)) {
      ready = line.startsWith('{"event":"ready"');
      if (ready) break;
    }
    clearTimeout(late);
    if (!ready) throw new Error(`not ready: ${this.#errors}`);
  }

  /** Ends it at once, in the middle of whatever it does. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks it to end; its exit code. */
  async stop(): Promise<number | null> {
    return this.#end('SIGTERM');
  }

  /** Ends it and removes its directory. */
  async close(): Promise<void> {
    await this.#end('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Runs a command of the server's command line; resolves with its output, rejects with its error. */
  async command(...args: readonly string[]): Promise<string> {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: this.directory,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let errors = '';
    child.stdout.on('data', (bytes: Buffer) => {
      output += bytes.toString();
    });
    child.stderr.on('data', (bytes: Buffer) => {
      errors += bytes.toString();
    });
    const [code] = (await once(child, 'close')) as [number | null];
    if (code !== 0) throw new Error(`parlance ${args.join(' ')} ended with ${code}: ${errors}`);
    return output;
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const ended = once(child, 'exit') as Promise<[number | null]>;
    // A tracer and what it traces are one group.
    if ((this.#options.under ?? []).length > 0) process.kill(-(child.pid ?? 0), signal);
    else child.kill(signal);
    return (await ended)[0];
  }
}

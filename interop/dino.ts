// Dino on a screen of its own: in namespaces where the server's name leads to this machine and its certificate is trusted.
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import { environment, openScreen } from './screen.ts';
import { written } from './written.ts';

const run = promisify(execFile);

/** Milliseconds within which an awaited thing has to happen. */
const patience = 10_000;

/** What stands before its command. */
export const elsewhere = [
  'unshare',
  '--user',
  '--map-root-user',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child',
] as const;

/** `$1`: the certificate, `$2`: the names of hosts. */
const script = `
mount --bind "$1" /etc/ssl/certs/ca-certificates.crt && mount --bind "$2" /etc/hosts && exec dbus-run-session -- dino-im
`;

export interface DinoOptions {
  readonly domain: string;
  /** The loopback address at which the domain is served, on port 5222. */
  readonly address: string;
  readonly certificate: string;
}

export class Dino {
  readonly #home = mkdtempSync(join(tmpdir(), 'parlance-dino-'));
  readonly #children: ChildProcess[] = [];
  #display = '';

  /** Starts the screen and the program; resolves when its window is there. */
  static async start(options: DinoOptions): Promise<Dino> {
    const dino = new Dino();
    await dino.#open(options);
    return dino;
  }

  /** Goes through "Set up account" with the keyboard alone. */
  async signIn(address: string, password: string): Promise<void> {
    const deadline = performance.now() + patience;
    // Keys may come before the window is ready for them, but a second pair must not fall into the dialog.
    do await this.#keys('Tab', 'Return');
    while (!(await this.#appears('Add Account', 2_000)) && performance.now() < deadline);
    const dialog = await this.#window('Add Account');
    // Each page of the dialog has its own size.
    const size = await this.#size(dialog);
    await this.write(address);
    while ((await this.#size(dialog)) === size && performance.now() < deadline) await pause(50);
    await this.write(password);
  }

  /** Whether the text is in its database, or comes there. */
  keeps(text: string): Promise<boolean> {
    return written(join(this.#home, '.local/share/dino'), ['dino.db', 'dino.db-wal'], text);
  }

  /** Goes to the only conversation. */
  async converse(): Promise<void> {
    await this.#keys('Escape');
    await this.#window('Dino');
    await this.#keys('ctrl+Tab');
  }

  /** Writes a line where the cursor is. */
  async write(line: string): Promise<void> {
    await this.#do('type', '--delay', '10', line);
    await this.#keys('Return');
  }

  async close(): Promise<void> {
    for (const child of this.#children.toReversed()) {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 5 });
  }

  async #open({ domain, address, certificate }: DinoOptions): Promise<void> {
    const screen = await openScreen();
    this.#children.push(screen.process);
    this.#display = screen.display;
    const hosts = join(this.#home, 'hosts');
    writeFileSync(hosts, `${readFileSync('/etc/hosts', 'utf8')}\n${address} ${domain}\n`);
    const [command, ...args] = [...elsewhere, 'sh', '-c', script, 'sh', certificate, hosts];
    this.#children.push(spawn(command, args, { env: environment(this.#home, screen), stdio: 'ignore' }));
    await this.#window('Dino');
  }

  /** Waits for a window and gives it the keyboard. */
  async #window(name: string): Promise<string> {
    const deadline = performance.now() + patience;
    for (;;) {
      const found = await this.#find(name);
      if (found !== undefined) {
        await this.#do('windowfocus', found);
        return found;
      }
      if (performance.now() > deadline) throw new Error(`no window ${name}`);
      await pause(50);
    }
  }

  /** Resolves with true once there is such a window, with false after so many milliseconds. */
  async #appears(name: string, within: number): Promise<boolean> {
    const deadline = performance.now() + within;
    while ((await this.#find(name)) === undefined) {
      if (performance.now() > deadline) return false;
      await pause(50);
    }
    return true;
  }

  async #find(name: string): Promise<string | undefined> {
    // It fails when it finds none.
    const found = await this.#do('search', '--onlyvisible', '--name', `^${name}$`).catch(() => '');
    return found.split('\n').find((line) => line !== '');
  }

  #size(window: string): Promise<string> {
    return this.#do('getwindowgeometry', window);
  }

  async #keys(...keys: readonly string[]): Promise<void> {
    await this.#do('key', ...keys);
  }

  async #do(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('xdotool', args, { env: { ...process.env, DISPLAY: this.#display } });
    return stdout;
  }
}

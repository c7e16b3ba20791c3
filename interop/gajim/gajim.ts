// Gajim on a screen of its own, with a home of its own, told what to do by the remote control that comes with it.
import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { asSomebody } from '../namespaces.ts';
import { environment, openScreen, type Screen } from '../screen.ts';
import { written } from '../written.ts';

/** Milliseconds within which an awaited thing has to happen. */
const patience = 15_000;

/** Runs what comes line by line as arguments of the remote control; a line that begins with `=` ends each answer. */
const script = `
gajim >/dev/null 2>&1 &
while read -r line; do eval "gajim-remote $line" 2>/dev/null; echo "= $?"; done
`;

const settle = fileURLToPath(new URL('settle.py', import.meta.url));

export interface GajimOptions {
  readonly address: string;
  readonly password: string;
  /** Where the domain is served, with STARTTLS. */
  readonly port: number;
  /** The file of the certificate that its user has accepted before. */
  readonly certificate: string;
}

const accountOf = ({ address, password, port }: GajimOptions): string => {
  const [name, hostname] = address.split('@');
  const server = { use_custom_host: true, custom_host: '127.0.0.1', custom_port: port };
  return JSON.stringify({
    account: { name, hostname, password, savepass: true, active: true, account_label: 'here', ...server },
    contact: {},
    group_chat: {},
  });
};

export class Gajim {
  readonly #home = mkdtempSync(join(tmpdir(), 'parlance-gajim-'));
  readonly #screen: Screen;
  readonly #program: ChildProcessByStdio<Writable, Readable, null>;
  readonly #lines: Interface;

  private constructor(screen: Screen, options: GajimOptions) {
    this.#screen = screen;
    const configuration = join(this.#home, '.config/gajim');
    const certificates = join(this.#home, '.local/share/gajim/cert_store');
    for (const folder of [configuration, certificates]) mkdirSync(folder, { recursive: true, mode: 0o700 });
    copyFileSync(options.certificate, join(certificates, 'accepted'));
    const application = JSON.stringify({ remote_control: true, use_keyring: false });
    const env = environment(this.#home, screen);
    const file = join(configuration, 'settings.sqlite');
    execFileSync('/usr/bin/python3', [settle, file, application, accountOf(options)], { env, stdio: 'ignore' });
    const [command, ...args] = [...asSomebody, 'dbus-run-session', '--', 'sh', '-c', script];
    this.#program = spawn(command, args, { env, detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
    this.#lines = createInterface(this.#program.stdout);
  }

  /** Starts the screen and the program, which signs in by itself. */
  static async start(options: GajimOptions): Promise<Gajim> {
    return new Gajim(await openScreen(), options);
  }

  /** What its remote control answers; words are put in quotes by whoever asks. */
  async ask(words: string): Promise<string> {
    const said: string[] = [];
    const answered = new Promise<string>((resolve) => {
      const hear = (line: string): void => {
        said.push(line);
        if (!line.startsWith('= ')) return;
        this.#lines.off('line', hear);
        resolve(said.join('\n'));
      };
      this.#lines.on('line', hear);
    });
    this.#program.stdin.write(`${words}\n`);
    return answered;
  }

  /** Resolves once the answer to this contains the text. */
  async answers(words: string, text: string): Promise<void> {
    for (const deadline = performance.now() + patience; !(await this.ask(words)).includes(text); )
      if (performance.now() > deadline) throw new Error(`never answered ${text}`);
  }

  /** Whether the text is in its history, or comes there. */
  keeps(text: string): Promise<boolean> {
    return written(join(this.#home, '.local/share/gajim'), ['logs.db', 'logs.db-wal'], text);
  }

  async close(): Promise<void> {
    const { pid } = this.#program;
    if (pid !== undefined && this.#program.exitCode === null) {
      process.kill(-pid, 'SIGKILL');
      await once(this.#program, 'close');
    }
    this.#screen.process.kill('SIGKILL');
    rmSync(this.#home, { recursive: true, force: true, maxRetries: 5 });
  }
}

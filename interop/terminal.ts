// A program in a terminal of its own: typed into and read through a tmux server that nobody else uses.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Milliseconds within which an awaited text has to appear. */
const patience = 10_000;

/** Milliseconds between two looks at the screen. */
const glance = 25;

const columns = 160;
const rows = 50;

const runs = (id: number): boolean => {
  try {
    return process.kill(id, 0);
  } catch {
    return false;
  }
};

/** Resolves when the process has ended; what does not heed the terminal's end within 2 s is killed. */
const gone = async (id: number): Promise<void> => {
  const deadline = performance.now() + 2_000;
  while (runs(id) && performance.now() < deadline) await pause(glance);
  if (runs(id)) process.kill(id, 'SIGKILL');
};

export class Terminal {
  /** Where the program is at home; gone when the terminal closes. */
  readonly home: string;
  readonly #socket: string;

  private constructor(home: string) {
    this.home = home;
    this.#socket = join(home, 'tmux');
  }

  /** A home for a program that is not started yet, so that its configuration can be laid there. */
  static make(): Terminal {
    return new Terminal(mkdtempSync(join(tmpdir(), 'parlance-terminal-')));
  }

  /** Starts the program with nothing of the caller's environment but the path. */
  async start(...command: readonly string[]): Promise<void> {
    const environment = [
      `HOME=${this.home}`,
      `PATH=${process.env['PATH'] ?? ''}`,
      'LANG=C.UTF-8',
      'TERM=screen-256color',
      `XDG_RUNTIME_DIR=${this.home}`,
    ];
    const size = ['-x', String(columns), '-y', String(rows)];
    await this.#tmux('new-session', '-d', ...size, 'env', '-i', ...environment, ...command);
    // What the program wrote last stays readable after its end.
    await this.#tmux('set-option', '-g', 'remain-on-exit', 'on');
  }

  /** What the screen shows now, lines without trailing blanks. */
  async screen(): Promise<string> {
    return this.#tmux('capture-pane', '-p');
  }

  /** Types lines, and presses Enter after each. */
  async type(...lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      await this.keys(line);
      await this.enter();
    }
  }

  /** Presses keys that are characters. */
  async keys(characters: string): Promise<void> {
    await this.#tmux('send-keys', '-l', characters);
  }

  async enter(): Promise<void> {
    await this.#tmux('send-keys', 'Enter');
  }

  /** Resolves with the screen once it shows `text`; rejects with what it shows instead after 10 s. */
  async shows(text: string | RegExp, within = patience): Promise<string> {
    const deadline = performance.now() + within;
    for (;;) {
      const screen = await this.screen();
      if (typeof text === 'string' ? screen.includes(text) : text.test(screen)) return screen;
      if (performance.now() > deadline) throw new Error(`waited for ${text} on this screen:\n${screen.trimEnd()}`);
      await pause(glance);
    }
  }

  /** Ends the program, waits until it has written its last, and removes its home. */
  async close(): Promise<void> {
    // Both fail when nothing was started, or tmux went with its last program.
    const programs = await this.#tmux('list-panes', '-a', '-F', '#{pane_pid}').catch(() => '');
    await this.#tmux('kill-server').catch(() => undefined);
    for (const program of programs.split('\n').filter((line) => line !== '')) await gone(Number(program));
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('tmux', ['-S', this.#socket, '-f', '/dev/null', ...args]);
    return stdout;
  }
}

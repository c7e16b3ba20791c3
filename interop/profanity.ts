// Profanity in a terminal, at home in a directory of its own, with the log in which it writes every stanza.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { password } from '@parlance/scenarios/house';
import { Terminal } from './terminal.ts';

export class Profanity {
  readonly terminal: Terminal;

  private constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  static async start(): Promise<Profanity> {
    const terminal = Terminal.make();
    await terminal.start('profanity', '-l', 'DEBUG', '-f', join(terminal.home, 'profanity.log'));
    await terminal.shows('[offline]');
    return new Profanity(terminal);
  }

  /** Types lines, each a command or, in a chat window, a message. */
  type(...lines: readonly string[]): Promise<void> {
    return this.terminal.type(...lines);
  }

  shows(text: string | RegExp, within?: number): Promise<string> {
    return this.terminal.shows(text, within);
  }

  /** Connects with TLS by force and types everybody's password. */
  async connect(address: string, port: number, tls: 'force' | 'trust' = 'force'): Promise<void> {
    await this.type(`/connect ${address} server 127.0.0.1 port ${port} tls ${tls}`);
    await this.shows('Enter password');
    await this.type(password);
  }

  /** Resolves when it has been sent a stanza with this text. */
  async received(text: string): Promise<void> {
    const deadline = performance.now() + 10_000;
    while (!this.#received().some((line) => line.includes(text))) {
      if (performance.now() > deadline) throw new Error(`was never sent ${text}`);
      await pause(20);
    }
  }

  /** Stanzas it was sent that are errors. */
  errors(): readonly string[] {
    return this.#received().filter((line) => line.includes('type="error"'));
  }

  #received(): readonly string[] {
    const log = readFileSync(join(this.terminal.home, 'profanity.log'), 'utf8');
    return log.split('\n').filter((line) => line.includes('RECV:'));
  }

  close(): Promise<void> {
    return this.terminal.close();
  }
}

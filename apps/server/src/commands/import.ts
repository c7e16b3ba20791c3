// `parlance import FILE`: accounts from a file of the portable format and all that it includes; what could not be taken is told (XEP-0227).
import { resolve } from 'node:path';
import type { AccountId } from '@parlance/core/ids';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import type { Command } from 'commander';
import { type Ask, ControlRefusal, importBatch } from '../control/requests.ts';
import { type Met, readPortable, UnreadableFile } from '../portable/read-files.ts';
import { CommandFailed, type CommonOptions, command, print, type Terminal, withServer } from './command.ts';

interface Options extends CommonOptions {
  readonly replace?: true;
  readonly allowLookalike?: true;
  readonly allowSha1?: true;
}

interface Failure {
  readonly address: string;
  readonly reason: string;
}

/** What came of an import. */
interface Outcome {
  readonly accounts: number;
  readonly failed: readonly Failure[];
  /** Elements that were not understood, or not wholly. */
  readonly strange: readonly { readonly address: string; readonly element: string }[];
}

/** UTF-16 units of one request. */
const budget = 500_000;

/** Accounts between two lines of progress. */
const step = 1_000;

type User = Met & { readonly kind: 'user' };

/** Takes users as they come, one after another. */
class Import {
  accounts = 0;
  readonly failed: Failure[] = [];
  readonly strange: { readonly address: string; readonly element: string }[] = [];
  readonly #terminal: Terminal;
  readonly #ask: Ask;
  readonly #wish: { readonly replace: boolean; readonly lookAlike: boolean; readonly sha1: boolean };
  #user: User | undefined;
  /** Undefined while the present user is passed over. */
  #id: AccountId | undefined;
  #batch: Element[] = [];
  #size = 0;

  constructor(terminal: Terminal, ask: Ask, { replace, allowLookalike, allowSha1 }: Options) {
    this.#terminal = terminal;
    this.#ask = ask;
    this.#wish = { replace: replace === true, lookAlike: allowLookalike === true, sha1: allowSha1 === true };
  }

  async take(met: Met): Promise<void> {
    if (met.kind === 'user') await this.#begin(met);
    else if (this.#id !== undefined) await this.#tried(() => this.#go(met));
    else if (this.#user === undefined && met.kind === 'element') this.#note('', met.element);
    if (met.kind === 'end') this.#user = undefined;
  }

  /** The present user is left as if it had never come. */
  async abandon(): Promise<void> {
    if (this.#id !== undefined) await this.#ask('import abandon', { id: this.#id });
    this.#id = undefined;
  }

  get #address(): string {
    return `${this.#user?.name ?? ''}@${this.#user?.host ?? ''}`;
  }

  async #begin(user: User): Promise<void> {
    await this.abandon();
    this.#user = user;
    this.#batch = [];
    this.#size = 0;
    await this.#tried(async () => {
      this.#id = (await this.#ask('import begin', { address: this.#address, replace: this.#wish.replace })).id;
    });
  }

  async #go(met: Exclude<Met, User>): Promise<void> {
    if (met.kind === 'element') {
      this.#batch.push(met.element);
      this.#size += serialise(met.element).length;
      if (this.#batch.length >= importBatch || this.#size >= budget) await this.#send();
      return;
    }
    await this.#send();
    const [id, password] = [this.#id, this.#user?.password ?? null];
    this.#id = undefined;
    if (id !== undefined) await this.#ask('import end', { id, password, ...this.#wish });
    this.accounts++;
    const { texts } = this.#terminal;
    if (this.accounts % step === 0) this.#terminal.err(texts.import.progress(this.accounts, this.failed.length));
  }

  async #send(): Promise<void> {
    const batch = this.#batch;
    this.#batch = [];
    this.#size = 0;
    if (batch.length === 0 || this.#id === undefined) return;
    const elements = batch.map((element) => serialise(element));
    const left = await this.#ask('import part', { id: this.#id, elements });
    for (const index of left) {
      const element = batch[index];
      if (element !== undefined) this.#note(this.#address, element);
    }
  }

  #note(address: string, { name, ns }: Element): void {
    const element = `<${name} xmlns='${ns}'>`;
    this.strange.push({ address, element });
    this.#terminal.err(this.#terminal.texts.import.strange(address, element));
  }

  async #tried(run: () => Promise<void>): Promise<void> {
    try {
      await run();
    } catch (error) {
      if (!(error instanceof ControlRefusal)) throw error;
      const { texts } = this.#terminal;
      const reason = texts.refusals[error.code](this.#address, error.other);
      this.failed.push({ address: this.#address, reason });
      this.#terminal.err(reason);
      await this.abandon();
    }
  }
}

const run = async (terminal: Terminal, ask: Ask, file: string, options: Options): Promise<Outcome> => {
  const incoming = new Import(terminal, ask, options);
  try {
    for await (const met of readPortable(file)) await incoming.take(met);
  } catch (error) {
    await incoming.abandon();
    if (error instanceof UnreadableFile) throw new CommandFailed(error.message);
    throw error;
  }
  const { accounts, failed, strange } = incoming;
  return { accounts, failed, strange };
};

export const importAccounts = (terminal: Terminal): Command => {
  const { texts, directory } = terminal;
  return command(terminal, 'import')
    .argument('<file>', texts.arguments.file)
    .option('--replace', texts.options.replace)
    .option('--allow-lookalike', texts.options.allowLookalike)
    .option('--allow-sha1', texts.options.allowSha1)
    .action(async (given: string, options: Options) => {
      const file = resolve(directory, given);
      const work = (ask: Ask): Promise<Outcome> => run(terminal, ask, file, options);
      const outcome = await withServer(terminal, options, 'import', work);
      const { accounts, failed, strange } = outcome;
      const done = texts.import.accounts(accounts, failed.length, strange.length);
      if (failed.length === 0 || options.json === true) print(terminal, options, outcome, [done]);
      if (failed.length > 0) throw new CommandFailed(done);
    });
};

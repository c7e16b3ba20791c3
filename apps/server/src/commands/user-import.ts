// `parlance user import FILE`: lines `address,password`, a batch at a time, progress and refused lines on standard error.
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { type Ask, importBatch } from '../control/requests.ts';
import type { Texts } from '../texts/en.ts';
import { CommandFailed, type CommonOptions, command, print, type Terminal, withServer } from './command.ts';

interface Line {
  readonly line: number;
  readonly address: string;
  readonly password: string;
}

interface Failure {
  readonly line: number;
  readonly address: string;
  readonly reason: string;
}

interface Options extends CommonOptions {
  readonly allowLookalike?: true;
}

interface Progress {
  added: number;
  readonly failed: Failure[];
}

/** Everything behind the first comma is the password. Lines end with LF or CRLF; empty ones are passed over. */
async function* batches(input: NodeJS.ReadableStream, refuse: (line: number) => void): AsyncIterable<readonly Line[]> {
  let batch: Line[] = [];
  let line = 0;
  for await (const text of createInterface({ input, crlfDelay: Infinity })) {
    line++;
    const clean = line === 1 ? text.replace(/^\ufeff/, '') : text;
    const comma = clean.indexOf(',');
    if (clean !== '' && comma === -1) refuse(line);
    if (comma === -1) continue;
    batch.push({ line, address: clean.slice(0, comma).trim(), password: clean.slice(comma + 1) });
    if (batch.length < importBatch) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** One batch on disk; what it refused joins the failures. */
const add = async (ask: Ask, batch: readonly Line[], lookAlike: boolean, texts: Texts): Promise<Progress> => {
  const users = batch.map(({ address, password }) => ({ address, password }));
  const refused = await ask('user import', { users, lookAlike });
  const failed = refused.map(({ index, code, other }) => {
    const { line, address } = batch[index] ?? { line: 0, address: '' };
    return { line, address, reason: texts.refusals[code](address, other ?? '') };
  });
  return { added: batch.length - failed.length, failed };
};

const run = async (terminal: Terminal, ask: Ask, file: string, lookAlike: boolean): Promise<Progress> => {
  const { texts, input } = terminal;
  const total: Progress = { added: 0, failed: [] };
  const fail = (...failures: readonly Failure[]): void => {
    total.failed.push(...failures);
    for (const { line, reason } of failures) terminal.err(texts.import.line(line, reason));
  };
  const source = file === '-' ? input : createReadStream(file, 'utf8');
  const malformed = (line: number): void => fail({ line, address: '', reason: texts.import.noComma });
  for await (const batch of batches(source, malformed)) {
    const { added, failed } = await add(ask, batch, lookAlike, texts);
    total.added += added;
    fail(...failed);
    terminal.err(texts.import.progress(total.added, total.failed.length));
  }
  return total;
};

export const userImport = (terminal: Terminal): Command => {
  const { texts, ports } = terminal;
  return command(terminal, 'user import')
    .argument('<file>', texts.arguments.users)
    .option('--allow-lookalike', texts.options.allowLookalike)
    .action(async (file: string, options: Options) => {
      const began = ports.clock.monotonic();
      const lookAlike = options.allowLookalike === true;
      const work = (ask: Ask): Promise<Progress> => run(terminal, ask, file, lookAlike);
      const { added, failed } = await withServer(terminal, options, 'user import', work);
      const seconds = (ports.clock.monotonic() - began) / 1_000;
      const done = texts.import.done(added, failed.length, seconds.toFixed(1));
      if (failed.length === 0 || options.json === true) print(terminal, options, { added, failed, seconds }, [done]);
      if (failed.length > 0) throw new CommandFailed(done);
    });
};

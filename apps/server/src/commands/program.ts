// The CLI put together, and its errors as one line each.

import { type Command, CommanderError } from 'commander';
import { DataTaken, type Owner } from '../control/data-lock.ts';
import { DatabaseLocked } from '../control/holders.ts';
import { ControlRefusal } from '../control/requests.ts';
import type { Texts } from '../texts/en.ts';
import { version } from '../version.ts';
import { addresses } from './addresses.ts';
import { check } from './check.ts';
import { group, type Terminal } from './command.ts';
import { exportAccounts } from './export.ts';
import { importAccounts } from './import.ts';
import { notYet } from './not-yet.ts';
import { reload } from './reload.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { trace } from './trace.ts';
import { user } from './user.ts';

const program = (terminal: Terminal): Command => {
  const root = group(terminal, 'parlance').version(version, '-V, --version', terminal.texts.options.version);
  for (const make of [start, user, addresses, trace, reload, check, status, exportAccounts, importAccounts])
    root.addCommand(make(terminal));
  for (const each of notYet(terminal)) root.addCommand(each);
  return root;
};

const named = (owner: Owner | undefined, texts: Texts): string =>
  owner === undefined ? texts.somebody : texts.process(owner.name, owner.pid);

/** What went wrong, in one line for a person. */
const lineOf = (error: unknown, texts: Texts): string => {
  if (error instanceof ControlRefusal) return texts.refusals[error.code](error.subject, error.other);
  if (error instanceof DataTaken) return texts.dataTaken(error.data, named(error.owner, texts));
  if (error instanceof DatabaseLocked) {
    const holders = error.holders.map((holder) => named(holder, texts)).join(', ');
    return texts.databaseLocked(error.database, holders === '' ? texts.somebody : holders);
  }
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^error: /, '').split('\n')[0] ?? '';
};

/** Runs the CLI; resolves to the exit code. */
export const run = async (terminal: Terminal, words: readonly string[]): Promise<number> => {
  const root = program(terminal);
  if (words.length === 0) {
    root.outputHelp();
    return 1;
  }
  try {
    await root.parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    // The help of a group that was called without a command has been printed.
    if (error instanceof CommanderError && error.code === 'commander.help') return 1;
    terminal.err(`parlance: ${lineOf(error, terminal.texts)}`);
    return 1;
  }
};

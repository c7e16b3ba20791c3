// `parlance export DIR`: all accounts, a file each; progress on standard error (XEP-0227 §5.1).
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { Ask } from '../control/requests.ts';
import { Directory, mainFile } from '../portable/write-files.ts';
import { CommandFailed, type CommonOptions, command, print, type Terminal, withServer } from './command.ts';
import { everybody } from './user-list.ts';

/** Accounts between two lines of progress. */
const step = 1_000;

const run = async (terminal: Terminal, ask: Ask, directory: string): Promise<number> => {
  const { texts } = terminal;
  const files = await Directory.open(directory);
  if (files === undefined) throw new CommandFailed(texts.export.taken(resolve(directory, mainFile)));
  const users = await everybody(ask, null);
  for (const [index, { address }] of users.entries()) {
    await files.add(address, ask);
    if ((index + 1) % step === 0) terminal.err(texts.export.progress(index + 1, users.length));
  }
  await files.close();
  return users.length;
};

export const exportAccounts = (terminal: Terminal): Command => {
  const { texts, directory: here } = terminal;
  return command(terminal, 'export')
    .argument('<directory>', texts.arguments.directory)
    .action(async (given: string, options: CommonOptions) => {
      const directory = resolve(here, given);
      const accounts = await withServer(terminal, options, 'export', (ask) => run(terminal, ask, directory));
      const file = resolve(directory, mainFile);
      print(terminal, options, { accounts, file }, [texts.export.done(accounts, file)]);
    });
};

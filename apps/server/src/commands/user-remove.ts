// `parlance user remove ADDRESS`: contacts are told, sessions end, everything of the account goes.
import type { Command } from 'commander';
import { type CommonOptions, command, print, type Terminal, withServer } from './command.ts';

export const userRemove = (terminal: Terminal): Command => {
  const { texts } = terminal;
  return command(terminal, 'user remove')
    .argument('<address>', texts.arguments.address)
    .action(async (address: string, options: CommonOptions) => {
      await withServer(terminal, options, 'user remove', (ask) => ask('user remove', { address }));
      print(terminal, options, { address }, [texts.user.removed(address)]);
    });
};

// `parlance user suspend ADDRESS [--undo]`: sessions end, nobody may sign in, messages go on waiting.
import type { Command } from 'commander';
import { type CommonOptions, command, print, type Terminal, withServer } from './command.ts';

interface Options extends CommonOptions {
  readonly undo?: true;
}

export const userSuspend = (terminal: Terminal): Command => {
  const { texts } = terminal;
  return command(terminal, 'user suspend')
    .argument('<address>', texts.arguments.address)
    .option('--undo', texts.options.undo)
    .action(async (address: string, options: Options) => {
      const suspended = options.undo !== true;
      await withServer(terminal, options, 'user suspend', (ask) => ask('user suspend', { address, suspended }));
      const said = suspended ? texts.user.suspended(address) : texts.user.restored(address);
      print(terminal, options, { address, suspended }, [said]);
    });
};

// `parlance user role ADDRESS ROLE`.
import { Argument, type Command } from 'commander';
import { type CommonOptions, command, print, type Terminal, withServer } from './command.ts';

export const userRole = (terminal: Terminal): Command => {
  const { texts } = terminal;
  return command(terminal, 'user role')
    .argument('<address>', texts.arguments.address)
    .addArgument(new Argument('<role>', texts.arguments.role).choices(['user', 'admin']))
    .action(async (address: string, role: 'user' | 'admin', options: CommonOptions) => {
      await withServer(terminal, options, 'user role', (ask) => ask('user role', { address, role }));
      print(terminal, options, { address, role }, [texts.user.role(address, role)]);
    });
};

// `parlance user passwd ADDRESS`.
import type { Command } from 'commander';
import { type CommonOptions, command, print, type Terminal, withServer } from './command.ts';
import { type PasswordOptions, readPassword } from './password.ts';

export const userPasswd = (terminal: Terminal): Command => {
  const { texts } = terminal;
  return command(terminal, 'user passwd')
    .argument('<address>', texts.arguments.address)
    .option('--password <password>', texts.options.password)
    .option('--password-stdin', texts.options.passwordStdin)
    .action(async (address: string, options: CommonOptions & PasswordOptions) => {
      const password = await readPassword(terminal, address, options);
      await withServer(terminal, options, 'user passwd', (ask) => ask('user passwd', { address, password }));
      print(terminal, options, { address }, [texts.user.changed(address)]);
    });
};

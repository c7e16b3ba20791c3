// `parlance user add ADDRESS`.
import type { Command } from 'commander';
import { type CommonOptions, command, print, type Terminal, withServer } from './command.ts';
import { type PasswordOptions, readPassword } from './password.ts';

interface Options extends CommonOptions, PasswordOptions {
  readonly admin?: true;
  readonly allowLookalike?: true;
}

export const userAdd = (terminal: Terminal): Command => {
  const { texts } = terminal;
  return command(terminal, 'user add')
    .argument('<address>', texts.arguments.address)
    .option('--password <password>', texts.options.password)
    .option('--password-stdin', texts.options.passwordStdin)
    .option('--admin', texts.options.admin)
    .option('--allow-lookalike', texts.options.allowLookalike)
    .action(async (address: string, options: Options) => {
      const password = await readPassword(terminal, address, options);
      const role = options.admin === true ? 'admin' : 'user';
      const asked = { address, password, role, lookAlike: options.allowLookalike === true } as const;
      await withServer(terminal, options, 'user add', (ask) => ask('user add', asked));
      print(terminal, options, { address, role }, [texts.user.added(address)]);
    });
};

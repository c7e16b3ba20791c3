// `parlance user app-password add|list|remove ADDRESS`: passwords for single devices, shown once when they are made (DESIGN §2).
import type { Command } from 'commander';
import { type CommonOptions, command, group, print, type Terminal, withServer } from './command.ts';
import { moment, table } from './table.ts';

const add = (terminal: Terminal): Command => {
  const { texts } = terminal;
  const path = 'user app-password add';
  return command(terminal, path)
    .argument('<address>', texts.arguments.address)
    .option('--label <label>', texts.options.label)
    .action(async (address: string, options: CommonOptions & { readonly label?: string }) => {
      const asked = { address, label: options.label ?? '' };
      const made = await withServer(terminal, options, path, (ask) => ask('app-password add', asked));
      print(terminal, options, { address, ...made }, [texts.appPassword.made(address, made.id), made.password]);
    });
};

const list = (terminal: Terminal): Command => {
  const { texts } = terminal;
  const path = 'user app-password list';
  return command(terminal, path)
    .argument('<address>', texts.arguments.address)
    .action(async (address: string, options: CommonOptions) => {
      const found = await withServer(terminal, options, path, (ask) => ask('app-password list', { address }));
      const rows = found.map(({ id, label, created }) => [id, moment(created), label]);
      const lines =
        found.length === 0 ? [texts.appPassword.none(address)] : table([texts.appPassword.columns, ...rows]);
      print(terminal, options, found, lines);
    });
};

const remove = (terminal: Terminal): Command => {
  const { texts } = terminal;
  const path = 'user app-password remove';
  return command(terminal, path)
    .argument('<address>', texts.arguments.address)
    .argument('<id>', texts.arguments.appPassword)
    .action(async (address: string, id: string, options: CommonOptions) => {
      await withServer(terminal, options, path, (ask) => ask('app-password remove', { address, id }));
      print(terminal, options, { address, id }, [texts.appPassword.removed(address, id)]);
    });
};

export const userAppPassword = (terminal: Terminal): Command => {
  const passwords = group(terminal, 'user app-password');
  for (const part of [add, list, remove]) passwords.addCommand(part(terminal));
  return passwords;
};

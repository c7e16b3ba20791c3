// Commands of the contract whose part is not built: refused by name, with their help (CONTRACT, first paragraph).
import type { Command } from 'commander';
import { CommandFailed, command, type Terminal } from './command.ts';

const refused = (terminal: Terminal, name: 'invite'): Command =>
  command(terminal, name).action(() => {
    throw new CommandFailed(terminal.texts.notAvailable(name));
  });

export const notYet = (terminal: Terminal): readonly Command[] => {
  const { options } = terminal.texts;
  return [refused(terminal, 'invite').option('--admin', options.admin)];
};

// Commands of the contract whose part is not built: refused by name (CONTRACT, first paragraph).
import type { Command } from 'commander';
import { CommandFailed, command, type Terminal } from '../terminal.ts';

export const notYet = (terminal: Terminal): readonly Command[] =>
  (['file', 'direct'] as const).map((name) =>
    command(terminal, name)
      .allowUnknownOption()
      .argument('[words...]')
      .action(() => {
        throw new CommandFailed(terminal.texts.notAvailable(name));
      }),
  );

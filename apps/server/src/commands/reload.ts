// `parlance reload`: the same as SIGHUP; an invalid file keeps what is in force.
import type { Command } from 'commander';
import { CommandFailed, type CommonOptions, command, print, type Terminal, withServer } from './command.ts';

export const reload = (terminal: Terminal): Command =>
  command(terminal, 'reload').action(async (options: CommonOptions) => {
    const problems = await withServer(terminal, options, 'reload', (ask) => ask('reload', {}));
    const [first] = problems;
    if (options.json === true || first === undefined)
      print(terminal, options, { problems }, [terminal.texts.reload.done]);
    if (first !== undefined) throw new CommandFailed(problems.join('; '));
  });

// `parlance start`: the server in the foreground, until SIGTERM or SIGINT; SIGHUP reads configuration and certificates again.
import type { Command } from 'commander';
import { waitForData } from '../control/data-lock.ts';
import { type CommonOptions, command, configurationOf, type Terminal } from './command.ts';

/** Milliseconds that another owner of the data directory gets to finish. */
const patience = 2_000;

/** The server is loaded only here: the other commands start quicker without it. */
export const start = (terminal: Terminal): Command =>
  command(terminal, 'start').action(async (options: CommonOptions) => {
    const configuration = configurationOf(terminal, options);
    const lock = await waitForData(configuration.data, 'parlance start', patience);
    const { serve } = await import('./serve.ts');
    await serve(terminal, options, configuration).finally(() => lock.release());
  });

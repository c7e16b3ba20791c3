// The program `parlance-cli`: the process as its commands see it.
import { run } from './program.ts';
import type { Terminal } from './terminal.ts';
import { textsFor } from './texts/choose.ts';

// Whoever reads our output may stop reading.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

/** The first signal ends the command properly; a second one would end the process. */
const interrupted = new Promise<void>((resolve) => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
});

const terminal: Terminal = {
  texts: textsFor(process.env),
  input: process.stdin,
  print: (event) => void process.stdout.write(`${JSON.stringify(event)}\n`),
  complain: (line) => void process.stderr.write(`${line}\n`),
  interrupted,
};

process.exitCode = await run(terminal, process.argv.slice(2));

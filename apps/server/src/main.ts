// The program `parlance`: the process as its commands see it.
import { silent } from '@parlance/base/log';
import type { Terminal } from './commands/command.ts';
import { run } from './commands/program.ts';
import { systemClock } from './ports/clock.ts';
import { systemCrypto } from './ports/crypto.ts';
import { systemRandom } from './ports/random.ts';
import { textsFor } from './texts/choose.ts';

// Whoever reads our output may stop reading: that ends neither a server nor a command.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

const terminal: Terminal = {
  texts: textsFor(process.env),
  environment: process.env,
  directory: process.cwd(),
  input: process.stdin,
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  ports: { clock: systemClock, crypto: systemCrypto, random: systemRandom, log: silent },
};

process.exitCode = await run(terminal, process.argv.slice(2));

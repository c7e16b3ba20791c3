// A command of the server's CLI in the folder of a house, in this process: `parlance export DIR`.
import { silent } from '@parlance/base/log';
import type { Terminal } from 'parlance-im/commands/command';
import { run } from 'parlance-im/commands/program';
import { systemClock } from 'parlance-im/ports/clock';
import { systemCrypto } from 'parlance-im/ports/crypto';
import { systemRandom } from 'parlance-im/ports/random';
import { english } from 'parlance-im/texts/en';
import type { House } from './house.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export const systemPorts = { clock: systemClock, crypto: systemCrypto, random: systemRandom, log: silent };

/** Runs it on the house's data: the house stands still, or has its control socket open. */
export const parlance = async ({ directory }: House, ...words: readonly string[]): Promise<Outcome> => {
  const [out, err]: [string[], string[]] = [[], []];
  const terminal: Terminal = {
    texts: english,
    environment: {},
    directory,
    input: process.stdin,
    out: (line) => void out.push(line),
    err: (line) => void err.push(line),
    ports: systemPorts,
  };
  const code = await run(terminal, words);
  return { code, out: out.join('\n'), err: err.join('\n') };
};

/** Stops a house for as long as `use` takes. */
export const stopped = async <T>(house: House, use: () => Promise<T>): Promise<T> => {
  await house.stop();
  const result = await use();
  await house.start();
  return result;
};

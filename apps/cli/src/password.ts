// Where the password comes from: its option, the first line of standard input, or a prompt that shows nothing.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandFailed, type Terminal } from './terminal.ts';

export interface PasswordOptions {
  readonly password?: string;
  readonly passwordStdin?: true;
}

/** What stands behind the line stays in the input: a command may read on. */
const firstLine = (input: NodeJS.ReadStream): Promise<string> =>
  new Promise((resolve, reject) => {
    let held = Buffer.alloc(0);
    const done = (end: number): void => {
      input.off('readable', read).off('end', ended).off('error', reject);
      if (end + 1 < held.length) input.unshift(held.subarray(end + 1));
      resolve(held.subarray(0, end).toString().replace(/\r$/, ''));
    };
    const ended = (): void => done(held.length);
    const read = (): void => {
      for (let chunk: unknown = input.read(); chunk !== null; chunk = input.read()) {
        held = Buffer.concat([held, Buffer.from(chunk as Uint8Array)]);
        const end = held.indexOf('\n');
        if (end !== -1) {
          done(end);
          return;
        }
      }
    };
    input.on('readable', read).on('end', ended).on('error', reject);
  });

/** What is typed is not shown. */
const ask = async (terminal: Terminal, question: string): Promise<string> => {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input: terminal.input, output: nowhere, terminal: true });
  process.stderr.write(question);
  try {
    return await reader.question('');
  } finally {
    reader.close();
    process.stderr.write('\n');
  }
};

/** The password of the account. Throws CommandFailed when there is no way to get it. */
export const readPassword = (terminal: Terminal, address: string, options: PasswordOptions): Promise<string> => {
  const { texts, input } = terminal;
  if (options.password !== undefined) return Promise.resolve(options.password);
  if (options.passwordStdin === true) return firstLine(input);
  if (!input.isTTY) return Promise.reject(new CommandFailed(texts.noPassword));
  return ask(terminal, texts.passwordPrompt(address));
};

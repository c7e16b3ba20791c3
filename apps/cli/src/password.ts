// Where the password comes from: its option, the first line of standard input, or a prompt that shows nothing.
import { createInterface } from 'node:readline';
import { createInterface as promising } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandFailed, type Terminal } from './terminal.ts';

export interface PasswordOptions {
  readonly password?: string;
  readonly passwordStdin?: true;
}

const firstLine = async (input: NodeJS.ReadStream): Promise<string> => {
  for await (const line of createInterface({ input })) return line;
  return '';
};

/** What is typed is not shown. */
const ask = async (terminal: Terminal, question: string): Promise<string> => {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = promising({ input: terminal.input, output: nowhere, terminal: true });
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

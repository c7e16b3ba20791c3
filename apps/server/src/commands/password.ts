// Where a command gets a password: its option, the first line of standard input, or a prompt that shows nothing.
import { createInterface } from 'node:readline';
import { createInterface as promising } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CommandFailed, type Terminal } from './command.ts';

export interface PasswordOptions {
  readonly password?: string;
  readonly passwordStdin?: true;
}

const firstLine = async (input: NodeJS.ReadStream): Promise<string> => {
  for await (const line of createInterface({ input })) return line;
  return '';
};

/** Asks at the terminal; what is typed is not shown. */
const ask = async (terminal: Terminal, question: string): Promise<string> => {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = promising({ input: terminal.input, output: nowhere, terminal: true });
  process.stderr.write(question);
  try {
    return await reader.question('');
  } finally {
    reader.close();
    terminal.err('');
  }
};

/** The password that a person gave in one of the three ways. */
export const readPassword = async (
  terminal: Terminal,
  address: string,
  { password, passwordStdin }: PasswordOptions,
): Promise<string> => {
  const { texts, input } = terminal;
  if (password !== undefined) return password;
  if (passwordStdin === true) return firstLine(input);
  if (!input.isTTY) throw new CommandFailed(texts.password.missing);
  const typed = await ask(terminal, texts.password.prompt(address));
  if ((await ask(terminal, texts.password.repeat)) !== typed) throw new CommandFailed(texts.password.differ);
  return typed;
};

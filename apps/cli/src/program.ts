// The script client put together, and its errors as one line each.
import {
  AuthenticationError,
  ConnectionLost,
  ProtocolError,
  StanzaError,
  StreamError,
  TimeoutError,
} from '@parlance/xmpp-client/errors';
import { type Command, CommanderError } from 'commander';
import { answer, call } from './commands/calls.ts';
import { contact } from './commands/contact.ts';
import { history } from './commands/history.ts';
import { listen } from './commands/listen.ts';
import { notYet } from './commands/not-yet.ts';
import { roster } from './commands/roster.ts';
import { send } from './commands/send.ts';
import { status } from './commands/status.ts';
import { CommandFailed, command, type Terminal } from './terminal.ts';
import type { Texts } from './texts/en.ts';
import { version } from './version.ts';

/** Exit codes: what was asked was refused or failed, or could not be understood. */
const failed = 1;
const misused = 2;

const program = (terminal: Terminal): Command => {
  const { options } = terminal.texts;
  const root = command(terminal, 'parlance-cli')
    .version(version, '-V, --version', options.version)
    .option('--account <address>', options.account)
    .option('--password <password>', options.password)
    .option('--password-stdin', options.passwordStdin)
    .option('--server <host:port>', options.server)
    .option('--direct-tls', options.directTls)
    .option('--sip', options.sip);
  for (const make of [send, listen, roster, contact, status, history, call, answer]) root.addCommand(make(terminal));
  for (const each of notYet(terminal)) root.addCommand(each);
  return root;
};

const firstLine = (text: string): string => text.replace(/^error: /, '').split('\n')[0] ?? '';

/** What went wrong, in one line for a person. */
const lineOf = (error: unknown, texts: Texts): string => {
  if (error instanceof AuthenticationError)
    return error.condition === 'server-not-authenticated' ? texts.notAuthentic : texts.notSignedIn(error.condition);
  if (error instanceof StanzaError) return texts.refused(error.message);
  if (error instanceof StreamError) return texts.ended(error.message);
  if (error instanceof TimeoutError) return texts.noAnswer;
  const text = firstLine(error instanceof Error ? error.message : String(error));
  const known = error instanceof CommandFailed || error instanceof CommanderError;
  if (known) return text;
  const isOfPath = error instanceof ConnectionLost || error instanceof ProtocolError || isSystemError(error);
  return isOfPath ? texts.notReached(reasonOf(error, text)) : text;
};

/** Of Node's sockets and TLS. */
const isSystemError = (error: unknown): boolean => error instanceof Error && 'code' in error;

/** A system error of several addresses has no text of its own. */
const reasonOf = (error: unknown, text: string): string =>
  text === '' && error instanceof AggregateError ? firstLine((error.errors[0] as Error).message) : text;

/** Runs the script client; resolves to the exit code. */
export const run = async (terminal: Terminal, words: readonly string[]): Promise<number> => {
  const root = program(terminal);
  if (words.length === 0) {
    root.outputHelp();
    return misused;
  }
  try {
    await root.parseAsync(words, { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    terminal.complain(`parlance-cli: ${lineOf(error, terminal.texts)}`);
    return error instanceof CommanderError ? misused : failed;
  }
};

// A signed-in client for the time of one command.

import { parseJid } from '@parlance/xmpp/jid';
import { XmppClient } from '@parlance/xmpp-client/client';
import { answerPings } from '@parlance/xmpp-client/features/courtesies';
import { Disco } from '@parlance/xmpp-client/features/disco';
import type { Command } from 'commander';
import { type PasswordOptions, readPassword } from './password.ts';
import { type ReachOptions, reach } from './reach.ts';
import { CommandFailed, type Terminal } from './terminal.ts';

export interface GlobalOptions extends PasswordOptions, ReachOptions {
  readonly account?: string;
  readonly sip?: true;
}

/** What a command works with. */
export interface Session {
  readonly client: XmppClient;
  readonly disco: Disco;
  /** Settles with the reason when the connection cannot be kept. */
  readonly lost: Promise<Error>;
}

const self = {
  identity: { category: 'client', type: 'console', name: 'parlance-cli' },
  node: 'https://parlance.im/cli',
};

/** Whether `--sip` was said. */
export const isSip = (command: Command): boolean => command.optsWithGlobals<GlobalOptions>().sip === true;

/** As it is typed: `contact add`. */
const nameOf = (command: Command): string => {
  const { parent } = command;
  return parent === null || parent.parent === null ? command.name() : `${parent.name()} ${command.name()}`;
};

/** The address is prepared and checked. Throws CommandFailed. */
export const addressOf = (terminal: Terminal, text: string): string => {
  if (parseJid(text) === undefined) throw new CommandFailed(terminal.texts.notAddress(text));
  return text;
};

/** Signs in, lets `use` work, says goodbye. `prepare` sees the client before it connects. */
export const signedIn = async (
  terminal: Terminal,
  command: Command,
  use: (session: Session) => Promise<void>,
  prepare: (session: Session) => void = () => undefined,
): Promise<void> => {
  const options = command.optsWithGlobals<GlobalOptions>();
  const { texts } = terminal;
  if (options.sip === true) throw new CommandFailed(texts.notBySip(nameOf(command)));
  if (options.account === undefined) throw new CommandFailed(texts.noAccount);
  const address = addressOf(terminal, options.account);
  const transport = reach(terminal, address, options);
  const password = await readPassword(terminal, address, options);
  const client = new XmppClient({ address, password, transport, reconnect: 'once-online' });
  const session: Session = { client, disco: new Disco(client, self), lost: client.once('fatal') };
  answerPings(client);
  prepare(session);
  // Between two connections nothing else would keep the process.
  const alive = setInterval(() => undefined, 60_000);
  try {
    await client.connect();
    await use(session);
  } finally {
    await client.close();
    clearInterval(alive);
  }
};

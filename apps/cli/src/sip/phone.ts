// A SIP user agent for the time of one command.
import { setTimeout as pause } from 'node:timers/promises';
import { SipError } from '@parlance/sip/error';
import { escapeUser, isSip, readUri, unescaped } from '@parlance/sip/uri';
import { type Result, UserAgent } from '@parlance/sip-client/agent';
import { Registration, type RegistrationState } from '@parlance/sip-client/registration';
import { parseJid } from '@parlance/xmpp/jid';
import type { Command } from 'commander';
import { readPassword } from '../password.ts';
import { addressOf, type GlobalOptions } from '../session.ts';
import { CommandFailed, type Terminal } from '../terminal.ts';
import { placeOf } from './place.ts';
import { chance, clock, digest, random } from './platform.ts';

export interface Phone {
  readonly agent: UserAgent;
  /** Registers, and stays so until the command ends. Throws CommandFailed when it is refused. */
  readonly register: () => Promise<void>;
  /** Settles with what is to be said when the server will not have us any longer. */
  readonly refused: Promise<CommandFailed>;
}

/** Milliseconds that a goodbye may take. */
const patience = 2_000;

/** An address as it stands in a URI, without scheme. Throws CommandFailed. */
const userAtHost = (terminal: Terminal, text: string): string => {
  const { local = '', domain = '' } = parseJid(addressOf(terminal, text)) ?? {};
  if (local === '') throw new CommandFailed(terminal.texts.notAddress(text));
  return `${escapeUser(local)}@${domain}`;
};

/** Who is meant by an address or by a SIP URI. Throws CommandFailed. */
export const targetOf = (terminal: Terminal, text: string): string => {
  if (!/^(?:sips?|tel):/i.test(text)) return `sip:${userAtHost(terminal, text)}`;
  try {
    readUri(text);
    return text;
  } catch (error) {
    if (error instanceof SipError) throw new CommandFailed(terminal.texts.notAddress(text));
    throw error;
  }
};

/** A URI as people write an address. */
export const addressIn = (text: string): string => {
  const uri = readUri(text);
  if (!isSip(uri)) return text;
  return uri.user === undefined ? uri.host : `${unescaped(uri.user) ?? uri.user}@${uri.host}`;
};

/** A request that was not taken, for a person. */
export const refusalOf = ({ texts }: Terminal, result: Result): CommandFailed => {
  if (result === 'timeout') return new CommandFailed(texts.noAnswer);
  if (typeof result === 'string') return new CommandFailed(texts.notReached(result));
  const { status, reason } = result;
  const unknown = status === 401 || status === 407;
  return new CommandFailed(unknown ? texts.notSignedIn('not-authorized') : texts.refused(`${status} ${reason}`.trim()));
};

/** Opens a phone, lets `use` work, takes everything back. `changed` is told of the registration. */
export const asPhone = async (
  terminal: Terminal,
  command: Command,
  use: (phone: Phone) => Promise<void>,
  changed: (state: RegistrationState) => void = () => undefined,
): Promise<void> => {
  const options = command.optsWithGlobals<GlobalOptions>();
  const { texts } = terminal;
  if (options.sip !== true) throw new CommandFailed(texts.onlySip(command.name()));
  if (options.account === undefined) throw new CommandFailed(texts.noAccount);
  const account = userAtHost(terminal, options.account);
  const server = await placeOf(terminal, account.slice(account.lastIndexOf('@') + 1), options.server);
  const password = await readPassword(terminal, options.account, options);
  const token = (): string => random.token(96);
  const agent = await UserAgent.open({ clock, random: token, chance, hash: digest, server, account, password });
  let refuse = (_why: CommandFailed): void => undefined;
  const refused = new Promise<CommandFailed>((resolve) => {
    refuse = resolve;
  });
  const registration = new Registration({
    agent,
    clock,
    chance,
    changed: (state) => {
      changed(state);
      if (state === 'refused') refuse(new CommandFailed(texts.notSignedIn('not-authorized')));
    },
  });
  agent.onLost = () => registration.lost();
  const register = async (): Promise<void> => {
    const result = await registration.begin();
    if (typeof result === 'string' || result.status >= 300) throw refusalOf(terminal, result);
  };
  // Between two connections nothing else would keep the process.
  const alive = setInterval(() => undefined, 60_000);
  try {
    await use({ agent, register, refused });
  } finally {
    const goodbye = Promise.all([registration.end(), agent.settled()]);
    await Promise.race([goodbye, pause(patience, undefined, { ref: false })]);
    agent.close();
    clearInterval(alive);
  }
};

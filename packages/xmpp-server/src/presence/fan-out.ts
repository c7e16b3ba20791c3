// Who sees whom, and presence on its way to all of them: text made once, an address spliced in for each (RFC 6121 §4.2–4.6).
import type { Account } from '@parlance/core/account';
import { isBlocked } from '@parlance/core/blocking';
import type { Address } from '@parlance/core/ids';
import type { Session } from '@parlance/core/session';
import { bareOf } from '@parlance/xmpp/jid';
import type { Context } from '../context.ts';
import { XmppSession } from '../session/session.ts';
import { undirect } from './directed.ts';
import { ForeignSources, type Source } from './foreign.ts';
import { addressed, gone, shown } from './shown.ts';

type Choice = (to: Session) => boolean;

const anybody: Choice = () => true;

/** Neither side has blocked the other (XEP-0191 §3.3). */
const isOpen = ({ account, label }: Source, to: Session): boolean =>
  !isBlocked(account, to.account.address, to.label) && !isBlocked(to.account, account.address, label);

/**
 * Delivery of presence to the sessions of this server. Synchronous: whoever is there to get it is in memory.
 * Presence comes from sessions and from sources of the other protocol; it goes to sessions only.
 * Addresses of other domains have no rows, so that nothing leaves; server-to-server begins in `toAccount` and `to`.
 */
export class FanOut {
  readonly #context: Context;
  readonly #foreign: ForeignSources;

  constructor(context: Context, foreign: ForeignSources = new ForeignSources()) {
    this.#context = context;
    this.#foreign = foreign;
  }

  /** The sessions of an address that have announced themselves. */
  available(address: string): readonly XmppSession[] {
    return this.bound(address).filter(({ presence }) => presence !== '');
  }

  /** Whether a resource of an address is there, a phone among them. */
  isAvailable(address: string, label: string): boolean {
    const is = (source: Source): boolean => source.label === label;
    return this.available(address).some(is) || this.#foreign.of(address).some(is);
  }

  /** All sessions of an address. */
  bound(address: string): readonly XmppSession[] {
    return this.#context.table
      .sessions(address as Address)
      .filter((session): session is XmppSession => session instanceof XmppSession);
  }

  /** What others may see of an address: each available session, and each source of the other protocol. */
  sources(address: string): readonly Source[] {
    const foreign = this.#foreign.of(address);
    const sessions = this.available(address);
    return foreign.length === 0 ? sessions : [...sessions, ...foreign];
  }

  /** Whether an address may see the presence of an account (§3.1). */
  mayWatch(account: Account, address: string): boolean {
    if (address === account.address) return true;
    return account.view.contacts.get(address)?.permission === 'allow' && !isBlocked(account, address, '');
  }

  /** To all who may watch, and to the account's own available sessions, the sender among them (§4.2.2, §4.4.2, §4.5.2). */
  broadcast(source: Source, text: string): void {
    const { address: own, view } = source.account;
    for (const { address, permission } of view.contacts.values())
      if (permission === 'allow') this.toAccount(source, text, address);
    this.toAccount(source, text, own);
  }

  /** To the available sessions of an address; `to` stays the bare address (§8.5.2.1.2). */
  toAccount(from: Source, text: string, address: string, choose: Choice = anybody): void {
    const sessions = this.available(address);
    if (sessions.length === 0) return;
    const spliced = addressed(text, address);
    for (const session of sessions) if (choose(session) && isOpen(from, session)) session.sendLatest(spliced, from.jid);
  }

  /** To an address as it was given: one session whether or not it announced itself, or an account (§8.5.2.1.2, §8.5.3.1). */
  to(from: XmppSession, text: string, address: string, choose: Choice = anybody): void {
    const slash = address.indexOf('/');
    if (slash === -1) {
      this.toAccount(from, text, address, choose);
      return;
    }
    const session = this.#context.table.find(address.slice(0, slash) as Address, address.slice(slash + 1));
    if (session instanceof XmppSession && choose(session) && isOpen(from, session))
      session.sendLatest(addressed(text, session.jid), from.jid);
  }

  /** The presence of each available session of an account, to one address (§3.1.5). */
  present(account: Account, address: string): void {
    for (const session of this.available(account.address)) this.toAccount(session, shown(session), address);
    for (const source of this.#foreign.of(account.address)) this.toAccount(source, source.text, address);
  }

  /** The end of it, to one address (§3.2.2, §3.3.3), and of what was directed there (§4.6). */
  withdraw(account: Account, address: string): void {
    for (const session of this.available(account.address)) {
      this.toAccount(session, gone(session.jid), address);
      undirect(session, (told) => bareOf(told) === address);
    }
    for (const source of this.#foreign.of(account.address)) this.toAccount(source, gone(source.jid), address);
  }

  /** To one session what it may see of an account: the presence of each available session (§4.3.2). False when that is nothing. */
  give(watcher: XmppSession, address: string): boolean {
    let any = false;
    const give = (source: Source, text: string): void => {
      if (!this.mayWatch(source.account, watcher.account.address) || !isOpen(source, watcher)) return;
      watcher.sendLatest(addressed(text, watcher.account.address), source.jid);
      any = true;
    };
    for (const session of this.available(address)) if (session !== watcher) give(session, shown(session));
    for (const source of this.#foreign.of(address)) give(source, source.text);
    return any;
  }
}

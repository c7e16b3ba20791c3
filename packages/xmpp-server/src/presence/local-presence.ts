// What the rest of the server asks about presence, answered from address table and account views (RFC 6121 §3.1, §8.5.3).
import type { Account } from '@parlance/core/account';
import { isBlocked } from '@parlance/core/blocking';
import type { Session } from '@parlance/core/session';
import { bareOf, formatBare, type Jid } from '@parlance/xmpp/jid';
import type { Points } from '../points.ts';
import { XmppSession } from '../session/session.ts';
import type { Announcements } from './announcements.ts';
import { directed, isDirected, undirect } from './directed.ts';
import type { FanOut } from './fan-out.ts';
import type { Source } from './foreign.ts';
import type { PresenceService } from './presence-service.ts';
import { addressed, gone } from './shown.ts';

/** Whether these patterns, as a block list of the account, cover a party. */
const covers = (account: Account, blocked: ReadonlySet<string>, address: string, label: string): boolean =>
  isBlocked({ address: account.address, view: { ...account.view, blocked } }, address, label);

export class LocalPresence implements PresenceService {
  readonly #fanOut: FanOut;
  readonly #announcements: Announcements;
  readonly #points: Points;

  constructor(fanOut: FanOut, announcements: Announcements, points: Points) {
    this.#fanOut = fanOut;
    this.#announcements = announcements;
    this.#points = points;
  }

  mayWatch(account: Account, address: string): boolean {
    return this.#fanOut.mayWatch(account, address);
  }

  maySee(session: XmppSession, from: Jid): boolean {
    return this.#maySee(session, formatBare(from), from.resource);
  }

  /** Whether a session may see another (RFC 6121 §8.5.3.1). */
  maySeeSession(session: XmppSession, { account, label }: XmppSession): boolean {
    return this.#maySee(session, account.address, label);
  }

  available(account: Account): readonly XmppSession[] {
    return this.#fanOut.available(account.address);
  }

  repeat(account: Account): void {
    for (const session of this.available(account)) this.#announcements.repeat(session);
  }

  #maySee(session: XmppSession, address: string, label: string): boolean {
    if (isBlocked(session.account, address, label)) return false;
    return this.#fanOut.mayWatch(session.account, address) || isDirected(session, address, label);
  }

  withdraw(account: Account, patterns: ReadonlySet<string>): void {
    const blocked = (to: Session): boolean => covers(account, patterns, to.account.address, to.label);
    for (const source of this.#fanOut.sources(account.address)) {
      const text = gone(source.jid);
      for (const { address, permission } of account.view.contacts.values())
        if (permission === 'allow') this.#fanOut.toAccount(source, text, address, blocked);
    }
    for (const session of this.#fanOut.available(account.address)) {
      const text = gone(session.jid);
      for (const address of directed(session)) this.#fanOut.to(session, text, address, blocked);
      undirect(session, (told) => coversText(account, patterns, told));
    }
    this.#hide(account, patterns);
    this.#points.visibilityChanged.run(account);
  }

  /** Nothing of them is delivered any more, not even their end: to the one who blocks they go now, and no ghost stays. */
  #hide(account: Account, patterns: ReadonlySet<string>): void {
    const own = this.#fanOut.available(account.address);
    for (const address of new Set([...account.view.contacts.keys(), ...[...patterns].map(bareOf)]))
      for (const hidden of new Set([...this.#fanOut.bound(address), ...this.#fanOut.sources(address)])) {
        if (isBlocked(account, address, hidden.label) || !covers(account, patterns, address, hidden.label)) continue;
        const text = addressed(gone(hidden.jid), account.address);
        for (const session of own) if (this.#shows(hidden, session)) session.sendLatest(text, hidden.jid);
      }
  }

  /** Who has not announced himself has been seen by those only whom he told. */
  #shows(source: Source, to: XmppSession): boolean {
    if (!(source instanceof XmppSession)) return this.#fanOut.mayWatch(source.account, to.account.address);
    return source.presence === '' ? isDirected(source, to.account.address, to.label) : this.maySeeSession(source, to);
  }

  restore(account: Account, patterns: ReadonlySet<string>): void {
    for (const { address, permission, interest } of account.view.contacts.values()) {
      const concerned = [...patterns].some((pattern) => covers(account, new Set([bareOf(pattern)]), address, ''));
      if (!concerned) continue;
      if (permission === 'allow') this.#fanOut.present(account, address);
      if (interest !== 'granted') continue;
      for (const session of this.#fanOut.available(account.address)) this.#fanOut.give(session, address);
    }
    this.#points.visibilityChanged.run(account);
  }
}

const coversText = (account: Account, patterns: ReadonlySet<string>, told: string): boolean =>
  covers(account, patterns, bareOf(told), told.slice(bareOf(told).length + 1));

// What waited in the mailbox goes to the session that begins to take messages: in order, delayed, to one session at a time (XEP-0160 §2, XEP-0203).
import type { AccountId } from '@parlance/core/ids';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Extension, Registrar } from '../extension.ts';
import { BacklogReader } from '../message/backlog.ts';
import type { SessionEvent } from '../points.ts';
import type { XmppSession } from '../session/session.ts';

/** One account's backlog goes to one session at a time; others that came meanwhile get what is left (§2, step 5). */
interface Turn {
  readonly reader: BacklogReader;
  readonly next: Set<XmppSession>;
}

/** Takes messages for its account, on a connection that is there (RFC 6121 §8.5.2.1). */
const takesMessages = ({ connected, availability }: XmppSession): boolean =>
  connected && availability !== undefined && availability.priority >= 0;

class Backlogs {
  readonly #registrar: Registrar;
  readonly #turns = new Map<AccountId, Turn>();

  constructor(registrar: Registrar) {
    this.#registrar = registrar;
  }

  /** What waits may go to this session; when another is getting it, afterwards. */
  offer(session: XmppSession): void {
    if (!takesMessages(session)) return;
    const turn = this.#turns.get(session.account.id);
    if (turn === undefined) {
      if (session.account.waiting.size > 0) this.#begin(session, new Set());
    } else if (turn.reader.session === session && !turn.reader.ended) turn.reader.wanted();
    else turn.next.add(session);
  }

  /** A session of the account is gone, or was too long: what it had not acknowledged waits again, for the others. */
  gone({ session, account }: SessionEvent): undefined {
    this.withdraw(session);
    const turn = this.#turns.get(account.id);
    for (const other of this.#registrar.presence.available(account)) {
      if (turn?.reader.session === other) turn.next.add(other);
      else if (other !== session) this.offer(other);
    }
  }

  /** A session takes no messages any more. */
  withdraw(session: XmppSession): void {
    const turn = this.#turns.get(session.account.id);
    turn?.next.delete(session);
    if (turn?.reader.session === session) turn.reader.end();
  }

  #begin(session: XmppSession, next: Set<XmppSession>): void {
    const reader = new BacklogReader(this.#registrar.context, session, () => this.#ended(session.account.id));
    this.#turns.set(session.account.id, { reader, next });
    reader.begin();
  }

  #ended(account: AccountId): void {
    const next = this.#turns.get(account)?.next ?? new Set();
    this.#turns.delete(account);
    for (const session of next) {
      next.delete(session);
      if (!takesMessages(session)) continue;
      this.#begin(session, next);
      return;
    }
  }
}

export const offline: Extension = {
  support: [
    {
      specification: 'XEP-0160',
      title: 'Best Practices for Handling Offline Messages',
      version: '1.0.1',
      status: 'complete',
    },
    { specification: 'XEP-0203', title: 'Delayed Delivery', version: '2.0', status: 'complete' },
  ],
  register(registrar) {
    const { points } = registrar;
    const backlogs = new Backlogs(registrar);
    registrar.feature('server', namespaces.offline);
    points.sessionAvailable.on('act', ({ session }) => void backlogs.offer(session));
    points.sessionResumed.on('act', ({ session }) => void backlogs.offer(session));
    points.sessionUnavailable.on('act', ({ session }) => void backlogs.withdraw(session));
    points.sessionAway.on('act', (event) => backlogs.gone(event));
    points.sessionEnded.on('act', (event) => backlogs.gone(event));
  },
};

// The life of sessions: bind, replace, detach, hibernate, resume, expire, end (RFC 6120 §7, XEP-0198 §5).
import type { Timer } from '@parlance/base/clock';
import { refuse } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import type { AccountId, DeviceId, SessionId } from '@parlance/core/ids';
import { parseDocument } from '@parlance/xml/document';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Context } from '../context.ts';
import { Credit } from '../pace.ts';
import type { Points } from '../points.ts';
import { refusalReply } from '../refusals.ts';
import { Resumption } from './resumption.ts';
import { type SessionParts, type Sink, XmppSession } from './session.ts';

/** Milliseconds after a connection is lost in which its session still counts as reachable (DESIGN row 2, issue 1). */
const grace = 10_000;

/** Milliseconds in which a stream without messages is not yet kept on disk: many a script is gone again by then. */
const newness = 1_000;

/** Ended sessions whose inbound count is remembered. */
const endedCapacity = 10_000;

/** Why a session ends (RFC 6120 §4.9.3). */
export type Ending =
  | 'conflict'
  | 'internal-server-error'
  | 'not-authorized'
  | 'policy-violation'
  | 'reset'
  | 'system-shutdown';

/** Ends one session: the stream that carries it is told why. */
export interface Carrier extends Sink {
  /** Closes the stream with a stream error (RFC 6120 §4.9.3), or properly when there is none. */
  close(condition?: Ending): void;
}

export class Sessions {
  readonly #context: Context;
  readonly #points: Points;
  readonly #carriers = new Map<XmppSession, Carrier>();
  readonly #ended = new Map<string, { readonly account: AccountId; readonly handled: number }>();
  readonly #timers = new Map<XmppSession, Timer>();
  readonly #credits = new WeakMap<Account, Credit>();

  constructor(context: Context, points: Points) {
    this.#context = context;
    this.#points = points;
  }

  /**
   * Binds a resource. A session that already has the label is ended with `conflict` (RFC 6120 §7.7.2.2, newest wins).
   * Of too many sessions, the oldest that nobody is connected to makes room; refuses when there is none.
   */
  bind(
    account: Account,
    label: string,
    device: DeviceId | undefined,
    carrier: Carrier,
  ): XmppSession | ReturnType<typeof refuse> {
    const { table, random, limits } = this.#context;
    const old = table.find(account.address, label);
    if (old instanceof XmppSession) this.end(old, 'conflict');
    if (table.sessions(account.address).length >= limits.sessions && !this.#makeRoom(account))
      return refuse('overloaded');
    const id = random.token(128) as SessionId;
    const session = new XmppSession(
      this.parts(id, account, label, device, this.#context.clock.now()),
      carrier,
      carrier.remote,
    );
    this.#carriers.set(session, carrier);
    table.add(session);
    this.#points.sessionBound.run({ session, account });
    return session;
  }

  /** A client that keeps losing its sessions is not kept out by them. False when all are connected. */
  #makeRoom(account: Account): boolean {
    const lost = this.#context.table
      .sessions(account.address)
      .find((session): session is XmppSession => session instanceof XmppSession && !session.connected);
    if (lost !== undefined) this.end(lost);
    return lost !== undefined;
  }

  #creditOf(account: Account): Credit {
    const known = this.#credits.get(account);
    if (known !== undefined) return known;
    const credit = new Credit(this.#context.clock, this.#context.limits.rate);
    this.#credits.set(account, credit);
    return credit;
  }

  /** What every session of this server is made of. */
  parts(id: SessionId, account: Account, label: string, device: DeviceId | undefined, since: number): SessionParts {
    const { commits, stores, limits, clock, router } = this.#context;
    return {
      id,
      account,
      label,
      device,
      since,
      credit: this.#creditOf(account),
      commits,
      outboundLimit: limits.outbound,
      overflowed: (session) => clock.soon(() => this.#endBound(session, 'policy-violation')),
      putStream: (state) => stores.streams.put(state),
      broken: (session) => clock.soon(() => this.#endBound(session, 'internal-server-error')),
      delivered: (owner, sequences) => void router.waiting.delivered(owner, sequences),
    };
  }

  /**
   * Counts stanzas from now on (XEP-0198 §3). The stream is kept on disk from its first message on, or after a second:
   * a crash before that costs only the resumption, never a stanza.
   */
  enable(session: XmppSession, resumable: boolean, carrier: Carrier): Resumption {
    session.handled = 0;
    const resumption = new Resumption(this.#context.limits.resumption, resumable, carrier);
    session.resumption = resumption;
    this.#context.clock.after(newness, () => {
      if (session.resumption === resumption && session.connected) session.keep();
    });
    return resumption;
  }

  /** How many stanzas an ended session had handled, while that is still known: the exact `h` of `<failed/>`. */
  endedCount(account: Account, id: string): number | undefined {
    const ended = this.#ended.get(id);
    return ended?.account === account.id ? ended.handled : undefined;
  }

  /** A resumed session is there again: whoever saw it away is told by the hooks. */
  resumed(session: XmppSession): void {
    this.#points.sessionResumed.run({ session, account: session.account });
  }

  /** The session of an account that a stream id stands for; undefined when there is none that may be resumed (XEP-0198 §5). */
  resumable(account: Account, id: string): XmppSession | undefined {
    const session = this.#context.table.byId(id as SessionId);
    const isOurs = session instanceof XmppSession && session.account === account;
    return isOurs && session.resumption?.resumable === true ? session : undefined;
  }

  /** Ends the connection of a session that is wanted on a new one; the session hibernates meanwhile (XEP-0198 §5). */
  interrupt(session: XmppSession): void {
    const old = this.#carriers.get(session);
    if (old === undefined) return;
    this.lost(session, old);
    old.close('conflict');
  }

  /** Gives a hibernated session a new connection (XEP-0198 §5). */
  resume(session: XmppSession, resumption: Resumption, carrier: Carrier): void {
    this.#cancelTimer(session);
    this.#carriers.set(session, carrier);
    resumption.expires = undefined;
  }

  /** The connection of a session was lost: hibernate it if it may be resumed, end it otherwise. */
  lost(session: XmppSession, carrier: Carrier): void {
    if (this.#carriers.get(session) !== carrier) return;
    this.#carriers.delete(session);
    session.detach();
    if (session.resumption?.resumable !== true) this.#finish(session);
    else this.#hibernate(session, session.resumption);
  }

  /** Ends a session for good, telling its client why. */
  end(session: XmppSession, condition?: Ending): void {
    const carrier = this.#carriers.get(session);
    this.#carriers.delete(session);
    session.detach();
    this.#finish(session);
    carrier?.close(condition);
  }

  /** Ends every session of an account: it may not be used any more. */
  endAll(account: Account): void {
    for (const session of this.#context.table.sessions(account.address))
      if (session instanceof XmppSession) this.end(session, 'not-authorized');
  }

  /** Ends all sessions' connections for a stop of the server; resumable ones stay resumable (DESIGN §2). */
  shutdown(): void {
    for (const [session, carrier] of [...this.#carriers]) {
      this.#carriers.delete(session);
      session.detach();
      if (session.resumption?.resumable !== true) this.#finish(session);
      else {
        this.#expiry(session, session.resumption);
        session.keep();
      }
      carrier.close('system-shutdown');
    }
  }

  /** The mailbox keeps what a session does not take; the session itself goes (DESIGN §2). */
  #endBound(session: XmppSession, condition: Ending): void {
    if (this.#context.table.byId(session.id) === session) this.end(session, condition);
  }

  /** Adds a session that was restored from the database, hibernated since the server stopped. */
  restore(session: XmppSession): void {
    this.#context.table.add(session);
    if (session.resumption !== undefined) this.#hibernate(session, session.resumption);
  }

  #hibernate(session: XmppSession, resumption: Resumption): void {
    this.#expiry(session, resumption);
    this.#after(session, grace, () => {
      session.unreachable();
      this.#giveUp(session);
      this.#points.sessionAway.run({ session, account: session.account });
      this.#after(session, Math.max(0, (resumption.expires ?? 0) - this.#context.clock.now()), () =>
        this.#finish(session),
      );
    });
  }

  #expiry(session: XmppSession, resumption: Resumption): void {
    resumption.attach(undefined);
    resumption.expires ??= this.#context.clock.now() + resumption.max * 1000;
    session.touch();
  }

  #finish(session: XmppSession): void {
    this.#cancelTimer(session);
    const { table, commits, stores } = this.#context;
    table.remove(session);
    this.#points.sessionEnded.run({ session, account: session.account });
    if (session.resumption !== undefined) {
      if (session.resumption.durable) commits.owe(stores.streams.remove(session.id));
      this.#remember(session);
    }
    this.#giveBack(session);
    session.resumption = undefined;
  }

  /** Messages that only this session has wait again, for whoever comes: it may never come back. */
  #giveUp(session: XmppSession): void {
    const sequences = session.outbound.giveUp();
    if (sequences.length === 0) return;
    this.#context.router.waiting.pend(session.account, sequences);
    session.touch();
  }

  /** What the client never acknowledged: kept messages wait again, requests are answered with an error (XEP-0198 §4). */
  #giveBack(session: XmppSession): void {
    this.#giveUp(session);
    for (const { text, pointer } of session.outbound.items())
      if (pointer === undefined && text.startsWith('<iq')) this.#bounce(session, text);
  }

  #bounce(session: XmppSession, text: string): void {
    const iq = parseDocument(text, undefined, namespaces.client);
    const type = iq.attr('type');
    const from = iq.attr('from');
    if ((type !== 'get' && type !== 'set') || from === undefined) return;
    const asker = [...this.#carriers.keys()].find((other) => other.jid === from);
    asker?.send(serialise(refusalReply(iq.withAttrs({ to: session.jid }), refuse('unavailable')), namespaces.client));
  }

  #remember(session: XmppSession): void {
    if (this.#ended.size >= endedCapacity) this.#ended.delete(this.#ended.keys().next().value ?? '');
    this.#ended.set(session.id, { account: session.account.id, handled: session.handled });
  }

  #after(session: XmppSession, ms: number, run: () => void): void {
    this.#cancelTimer(session);
    this.#timers.set(session, this.#context.clock.after(ms, run));
  }

  #cancelTimer(session: XmppSession): void {
    this.#timers.get(session)?.cancel();
    this.#timers.delete(session);
  }
}

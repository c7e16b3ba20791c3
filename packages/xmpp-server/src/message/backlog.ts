// Reads what waits in a mailbox for one session, page by page, while messages that come meanwhile are held behind it (XEP-0160 §2).
import type { Sequence } from '@parlance/core/ids';
import type { StoredEntry } from '@parlance/core/store';
import type { Context } from '../context.ts';
import { Fate, ofCopy } from '../session/fate.ts';
import { type Backlog, XmppSession } from '../session/session.ts';
import { shownEntry, wrap } from './wrap.ts';

/** Entries read with one query. */
const pageSize = 50;

/**
 * Hands over every entry that waits and that no other session has in hand. An entry goes on waiting until its session
 * has it: acknowledged on a stream that counts, written on one that does not (ADR 0007). Reading stops while the client owes
 * too much, goes on as it acknowledges, and survives a lost connection until somebody ends it.
 */
export class BacklogReader implements Backlog {
  readonly session: XmppSession;
  readonly #context: Context;
  readonly #onEnd: () => void;
  /** Later places are of live messages: the router chose their sessions. */
  readonly #horizon: Sequence;
  #after = 0 as Sequence;
  #reading = false;
  #ended = false;

  /** `onEnd` is called once: nothing more waits, or the reader was ended. */
  constructor(context: Context, session: XmppSession, onEnd: () => void) {
    this.#context = context;
    this.session = session;
    this.#onEnd = onEnd;
    this.#horizon = session.account.nextSequence;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** What is sent to the session from now on comes behind the backlog. */
  begin(): void {
    this.session.outbound.hold();
    this.session.backlog = this;
    this.wanted();
  }

  wanted(): void {
    if (this.#reading || this.#ended || !this.session.hasRoom) return;
    this.#reading = true;
    this.#page().catch((error: unknown) => {
      this.#context.log.warn('backlog not read', { error });
      this.end();
    });
  }

  /** What is held goes on. Entries that were not handed over go on waiting. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.session.backlog = undefined;
    this.session.outbound.release();
    this.#onEnd();
    this.session.flush();
  }

  async #page(): Promise<void> {
    const { commits, stores } = this.#context;
    const taken = this.#taken();
    // What was acknowledged before now is on disk afterwards, so that the query sees neither more nor less than `taken` does.
    await commits.flushed();
    const entries = await stores.mailbox.pending(this.session.account.id, this.#after, pageSize);
    if (!this.#ended && this.session.connected) this.#hand(entries, taken);
    this.#reading = false;
    if (this.#ended || !this.session.connected) return;
    if (entries.length < pageSize || this.#after >= this.#horizon) this.end();
    else this.wanted();
  }

  #hand(entries: readonly StoredEntry[], taken: ReadonlySet<Sequence>): void {
    const { session } = this;
    for (const entry of entries) {
      this.#after = entry.sequence;
      if (this.#after >= this.#horizon) return;
      if (taken.has(entry.sequence)) continue;
      const text = wrap(shownEntry(this.#context, session.account, entry), 'delayed', session.jid);
      session.sendOlder(text, { sequence: entry.sequence, wrapping: 'delayed', fate: new Fate(false, true) });
    }
  }

  /** Entries that the session has in hand already, in any form, or that another one which is there was given itself. */
  #taken(): ReadonlySet<Sequence> {
    const rows = this.#context.table.sessions(this.session.account.address);
    const inHand = (row: XmppSession): readonly Sequence[] =>
      row.outbound
        .items()
        .flatMap(({ pointer }) =>
          pointer !== undefined && (row === this.session || pointer.fate !== ofCopy) ? [pointer.sequence] : [],
        );
    const holders = rows.filter(
      (row): row is XmppSession => row instanceof XmppSession && (row === this.session || row.reachable),
    );
    return new Set(holders.flatMap(inHand));
  }
}

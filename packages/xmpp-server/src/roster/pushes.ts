// Roster pushes on their way to a session: what it missed comes before what happens meanwhile (RFC 6121 §2.1.6, §2.6.3).
import { escapeAttr } from '@parlance/xml/serialise';
import type { Context } from '../context.ts';
import type { XmppSession } from '../session/session.ts';

export class Pushes {
  readonly #context: Pick<Context, 'clock' | 'random'>;
  /** Pushes of sessions that are still to get the answer to which they belong. */
  readonly #waiting = new WeakMap<XmppSession, string[]>();

  constructor(context: Pick<Context, 'clock' | 'random'>) {
    this.#context = context;
  }

  /** One push, made of a serialised query. Written once the change is on disk; its answer is ignored (§2.1.6). */
  push(session: XmppSession, query: string): void {
    const waiting = this.#waiting.get(session);
    if (waiting === undefined) this.#send(session, query);
    else waiting.push(query);
  }

  /**
   * Pushes that follow the answer which is being given, oldest first; later ones wait behind them. Versions must rise: who
   * had the newest and missed one in front of it would never be given that one again (§2.6.3).
   */
  follow(session: XmppSession, queries: readonly string[]): void {
    const waiting = [...(this.#waiting.get(session) ?? []), ...queries];
    this.#waiting.set(session, waiting);
    this.#context.clock.soon(() => {
      if (this.#waiting.get(session) !== waiting) return;
      this.#waiting.delete(session);
      for (const query of waiting) this.#send(session, query);
    });
  }

  #send(session: XmppSession, query: string): void {
    const id = this.#context.random.token(64);
    session.send(`<iq type='set' id='${id}' to='${escapeAttr(session.jid)}'>${query}</iq>`, undefined, true);
  }
}

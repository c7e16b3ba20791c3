// What XMPP sessions say on the board that both protocols read: their last presence, away while nobody knows whether they come back (ADR 0007).
import type { Clock } from '@parlance/base/clock';
import type { Board, PresenceLine } from '@parlance/core/presence';
import { parseDocument } from '@parlance/xml/document';
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { readPresenceLevel } from '@parlance/xmpp/wire/rfc-6121.presence';
import type { XmppSession } from '../session/session.ts';
import { shown } from './shown.ts';

/** UTF-16 units of a note: it is multiplied by the number of its watchers. */
const longest = 1_024;

export class Lines {
  readonly #board: Board;
  readonly #clock: Pick<Clock, 'now'>;

  constructor(board: Board, clock: Pick<Clock, 'now'>) {
    this.#board = board;
    this.#clock = clock;
  }

  /** The presence that a session has just sent. */
  announced(session: XmppSession, stanza: Element): void {
    const line = this.#lineOf(stanza);
    if (line === undefined) this.#board.clear(session);
    else this.#board.set(session, line);
  }

  /** What is shown of a session may be another by now: its connection is lost, or back. */
  write(session: XmppSession): void {
    const text = shown(session);
    if (text === '') this.#board.clear(session);
    else this.announced(session, parseDocument(text, undefined, namespaces.client));
  }

  /** It announces nothing any more. */
  ended(session: XmppSession): void {
    this.#board.clear(session);
  }

  #lineOf(stanza: Element): PresenceLine | undefined {
    const level = readPresenceLevel(stanza);
    if (level === undefined) return undefined;
    const note = stanza.childText('status')?.trim().slice(0, longest) ?? '';
    return { ...level, note, activities: [], since: this.#clock.now() };
  }
}

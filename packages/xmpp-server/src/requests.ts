// Requests that the server itself sends to its clients: bounded, timed, answered by id and by the very session that was asked (checklist 32).
import type { Clock, Timer } from '@parlance/base/clock';
import type { Random } from '@parlance/base/random';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { iqRequest } from '@parlance/xmpp/stanza';
import type { XmppSession } from './session/session.ts';

/** Milliseconds after which an answer is no longer waited for. */
const patience = 30_000;

/** Open requests to one session. */
const perSession = 8;

/** The asked session answered with an error, did not answer in time, or has been asked too much. */
export class Unanswered extends Error {}

interface Open {
  readonly from: string;
  readonly timer: Timer;
  readonly settle: (answer: Element | undefined) => void;
}

export class Requests {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #open = new Map<XmppSession, Map<string, Open>>();

  constructor(clock: Clock, random: Random) {
    this.#clock = clock;
    this.#random = random;
  }

  /**
   * Asks a session on behalf of its own account and resolves with the whole result stanza. Rejects with Unanswered.
   * A request to a hibernated session waits in its queue, within the same 30 seconds.
   */
  ask(session: XmppSession, payload: Element): Promise<Element> {
    const open = this.#open.get(session) ?? new Map<string, Open>();
    if (open.size >= perSession) return Promise.reject(new Unanswered('too many open requests'));
    const id = this.#random.token(96);
    const from = session.account.address;
    return new Promise((resolve, reject) => {
      const settle = (answer: Element | undefined): void => {
        open.get(id)?.timer.cancel();
        open.delete(id);
        if (open.size === 0) this.#open.delete(session);
        if (answer?.attr('type') === 'result') resolve(answer);
        else reject(new Unanswered(answer === undefined ? 'no answer' : 'answered with an error'));
      };
      open.set(id, { from, timer: this.#clock.after(patience, () => settle(undefined)), settle });
      this.#open.set(session, open);
      const request = iqRequest('get', id, payload, session.jid).withAttrs({ from });
      session.send(serialise(request, namespaces.client));
    });
  }

  /** Takes a result or error that a session addressed to its server or its own account; others are passed over in silence. */
  answered(session: XmppSession, iq: Element): void {
    const open = this.#open.get(session)?.get(iq.attr('id') ?? '');
    const to = iq.attr('to');
    if (open !== undefined && (to === undefined || to === open.from)) open.settle(iq);
  }
}

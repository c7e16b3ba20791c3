// Stream management (XEP-0198): offered with binding; resumed instead of it; enabled, acknowledged and asked about afterwards.
import type { Account } from '@parlance/core/account';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { StreamError } from '@parlance/xmpp/stream-error';
import type { Context } from '../context.ts';
import type { XmppSession } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import type { ClientStream } from '../stream.ts';
import type { StreamFeature } from './negotiator.ts';

const { sm } = namespaces;
const stanzaErrors = 'urn:ietf:params:xml:ns:xmpp-stanzas';

const counter = (element: Element): number => {
  const h = element.attr('h') ?? '';
  if (!/^\d{1,10}$/.test(h) || Number(h) > 0xffff_ffff) throw new StreamError('bad-format');
  return Number(h);
};

/** The resume half, before a session is bound (XEP-0198 §5). */
export const resumption = (sessions: Sessions): StreamFeature => ({
  offer: (stream) => (stream.account === undefined ? undefined : el('sm', sm)),
  handles: [`${sm} resume`],
  handle: (stream, element) => {
    const { account } = stream;
    if (account === undefined) throw new StreamError('not-authorized');
    const h = counter(element);
    const session = sessions.resume(account, element.attr('previd') ?? '', stream);
    if (session === undefined) return failed(sessions, stream, account, element.attr('previd') ?? '');
    if (!session.acknowledge(h)) throw new StreamError('undefined-condition');
    stream.send(el('resumed', sm, { previd: session.id, h: String(session.resumption?.committed ?? 0) }));
    session.attach(stream);
    session.resumption?.attach(stream);
    stream.bound(session);
    session.touch();
    session.flush();
    sessions.resumed(session);
    return undefined;
  },
});

/** `<failed/>` with the exact inbound count when it is still known (XEP-0198 §5). */
const failed = (sessions: Sessions, stream: ClientStream, account: Account, previd: string): undefined => {
  const h = sessions.endedCount(account, previd);
  stream.send(el('failed', sm, { h: h === undefined ? undefined : String(h) }, el('item-not-found', stanzaErrors)));
  return undefined;
};

/** The nonzas of a bound stream. */
export class Management {
  readonly #context: Context;
  readonly #sessions: Sessions;

  constructor(context: Context, sessions: Sessions) {
    this.#context = context;
    this.#sessions = sessions;
  }

  /** Handles one `urn:xmpp:sm:3` element; throws StreamError for nonsense (XEP-0198 §4, §7). */
  handle(session: XmppSession, element: Element, stream: ClientStream): void {
    if (element.name === 'enable') this.#enable(session, element, stream);
    else if (element.name === 'r') this.#request(session, stream);
    else if (element.name === 'a') this.#answer(session, element);
    else throw new StreamError('unsupported-stanza-type');
  }

  #enable(session: XmppSession, element: Element, stream: ClientStream): void {
    if (session.resumption !== undefined) {
      stream.send(el('failed', sm, {}, el('unexpected-request', stanzaErrors)));
      return;
    }
    const resume = element.attr('resume') === 'true' || element.attr('resume') === '1';
    const { max } = this.#sessions.enable(session, resume, stream);
    stream.send(el('enabled', sm, resume ? { id: session.id, resume: 'true', max: String(max) } : {}));
  }

  /** The answer says only what is on disk; it waits for the running commit, but not longer than 200 ms (DESIGN §2). */
  #request(session: XmppSession, stream: ClientStream): void {
    const { resumption: state } = session;
    if (state === undefined) return;
    let answered = false;
    const answer = (): void => {
      if (answered || !session.connected) return;
      answered = true;
      stream.send(el('a', sm, { h: String(state.committed) }));
    };
    if (state.committed === session.handled) {
      answer();
      return;
    }
    const limit = this.#context.clock.after(200, answer);
    session.afterCommit(() => {
      limit.cancel();
      answer();
    });
  }

  #answer(session: XmppSession, element: Element): void {
    const h = counter(element);
    const { resumption: state, outbound } = session;
    if (state === undefined) return;
    if (!session.acknowledge(h)) {
      throw new StreamError(
        'undefined-condition',
        `acknowledged ${h}, but only ${outbound.acknowledged + outbound.unacknowledged} were sent`,
      );
    }
    state.answered(outbound.unacknowledged);
  }
}

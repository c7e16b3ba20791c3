// Stream management (XEP-0198): offered with binding; resumed instead of it; enabled, acknowledged and asked about afterwards.
import type { Account } from '@parlance/core/account';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { StanzaCondition } from '@parlance/xmpp/stanza-error';
import { StreamError } from '@parlance/xmpp/stream-error';
import type { Context } from '../context.ts';
import type { XmppSession } from '../session/session.ts';
import type { Sessions } from '../session/sessions.ts';
import type { ClientStream } from '../stream.ts';
import type { StreamFeature } from './negotiator.ts';

const { sm } = namespaces;

/** Undefined when there is no count, or none of 32 bits. */
const readCount = (element: Element): number | undefined => {
  const h = element.attr('h') ?? '';
  return /^\d{1,10}$/.test(h) && Number(h) <= 0xffff_ffff ? Number(h) : undefined;
};

const tooHigh = (h: number, { outbound: { sent } }: XmppSession): StreamError =>
  new StreamError(
    'undefined-condition',
    `acknowledged ${h}, but only ${sent} were sent`,
    el('handled-count-too-high', sm, { h: String(h), 'send-count': String(sent) }),
  );

/** An answer to `<enable/>` or `<resume/>` after which the stream goes on (XEP-0198 §6). */
const failed = (stream: ClientStream, condition: StanzaCondition, h?: number): undefined => {
  stream.send(el('failed', sm, { h: h === undefined ? undefined : String(h) }, el(condition, namespaces.stanzas)));
  return undefined;
};

/** The resume half, before a session is bound (XEP-0198 §5). Enabling has to wait until then (§3). */
export const resumption = (sessions: Sessions): StreamFeature => ({
  offer: (stream) => (stream.account === undefined ? undefined : el('sm', sm)),
  handles: [`${sm} resume`, `${sm} enable`],
  handle: (stream, element) => {
    const { account } = stream;
    if (account === undefined || element.name === 'enable') return failed(stream, 'unexpected-request');
    const h = readCount(element);
    const previd = element.attr('previd');
    if (h === undefined || previd === undefined) return failed(stream, 'bad-request');
    const session = sessions.resumable(account, previd);
    if (session === undefined) return notFound(sessions, stream, account, previd);
    if (!session.outbound.mayHave(h)) throw tooHigh(h, session);
    sessions.interrupt(session);
    const waiting = session.atRest();
    if (waiting === undefined) return take(sessions, stream, account, previd, h);
    return waiting.then(() => (stream.isOpen ? take(sessions, stream, account, previd, h) : undefined));
  },
});

/** `<failed/>` with the exact inbound count when it is still known (XEP-0198 §5). */
const notFound = (sessions: Sessions, stream: ClientStream, account: Account, previd: string): undefined =>
  failed(stream, 'item-not-found', sessions.endedCount(account, previd));

/** Everything has come to rest, which may have taken a while: the session may be gone, or have another connection. */
const take = (sessions: Sessions, stream: ClientStream, account: Account, previd: string, h: number): undefined => {
  const session = sessions.resumable(account, previd);
  const state = session?.resumption;
  if (session === undefined || state === undefined) return notFound(sessions, stream, account, previd);
  if (!session.outbound.mayHave(h)) throw tooHigh(h, session);
  sessions.interrupt(session);
  sessions.resume(session, state, stream);
  session.acknowledge(h);
  stream.send(el('resumed', sm, { previd: session.id, h: String(state.committed) }));
  session.attach(stream);
  state.attach(stream);
  stream.bound(session);
  session.touch();
  session.flush();
  sessions.resumed(session);
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
    else if (element.name === 'resume') failed(stream, 'unexpected-request');
    else throw new StreamError('unsupported-stanza-type');
  }

  #enable(session: XmppSession, element: Element, stream: ClientStream): void {
    if (session.resumption !== undefined) {
      failed(stream, 'unexpected-request');
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
    const h = readCount(element);
    if (h === undefined) throw new StreamError('bad-format');
    const { resumption: state, outbound } = session;
    if (state === undefined) return;
    if (!session.acknowledge(h)) throw tooHigh(h, session);
    state.answered(outbound.unacknowledged);
  }
}

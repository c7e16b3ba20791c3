// Resource binding (RFC 6120 §7).
import { isRefusal, type Refusal, refuse } from '@parlance/base/refusal';
import { type Element, el } from '@parlance/xml/element';
import { formatJid, makeJid, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { iqResult } from '@parlance/xmpp/stanza';
import { StreamError } from '@parlance/xmpp/stream-error';
import type { Context } from '../context.ts';
import { refusalReply } from '../refusals.ts';
import type { Sessions } from '../session/sessions.ts';
import type { ClientStream } from '../stream.ts';
import type { StreamFeature } from './negotiator.ts';

/** The resource the server gives when the client asks for none: unpredictable (RFC 6120 §7.6.1). */
const ownChoice = (context: Context): string => context.random.token(96);

/** The prepared resource, or undefined when it is malformed (RFC 7622 §3.4). */
const wanted = (payload: Element, context: Context): string | undefined => {
  const text = payload.childText('resource') ?? '';
  return text === '' ? ownChoice(context) : makeJid('', 'localhost', text)?.resource;
};

/** Tries that a client has before its stream is closed (RFC 6120 §7.7.3: at least 5 and no more than 10). */
const mostFailures = 10;

class Bind implements StreamFeature {
  readonly handles = [`${namespaces.client} iq`];
  readonly #context: Context;
  readonly #sessions: Sessions;
  readonly #failures = new WeakMap<ClientStream, number>();

  constructor(context: Context, sessions: Sessions) {
    this.#context = context;
    this.#sessions = sessions;
  }

  offer({ account }: ClientStream): Element | undefined {
    return account === undefined ? undefined : el('bind', namespaces.bind);
  }

  handle(stream: ClientStream, iq: Element): undefined {
    const payload = iq.child('bind', namespaces.bind);
    const { account } = stream;
    if (account === undefined || iq.attr('type') !== 'set' || payload === undefined) return tooEarly(stream, iq);
    const resource = wanted(payload, this.#context);
    if (resource === undefined) return this.#failed(stream, iq, refuse('bad-request'));
    const session = this.#sessions.bind(account, resource, undefined, stream);
    if (isRefusal(session)) return this.#failed(stream, iq, session);
    const answer = el('bind', namespaces.bind, {}, el('jid', namespaces.bind, {}, session.jid));
    stream.send(iqResult(iq, answer));
    stream.bound(session);
    return undefined;
  }

  #failed(stream: ClientStream, iq: Element, refusal: Refusal): undefined {
    const failures = (this.#failures.get(stream) ?? 0) + 1;
    this.#failures.set(stream, failures);
    stream.send(refusalReply(iq, refusal));
    if (failures >= mostFailures) stream.fail('policy-violation', 'too many failures to bind');
  }
}

/** Whom a client without a resource may ask: the server, and its own account (RFC 6120 §7.1). */
const isForServer = ({ account, domain }: ClientStream, to: string | undefined): boolean => {
  const address = to === undefined ? undefined : parseJid(to);
  return to === undefined || (address !== undefined && [domain, account?.address].includes(formatJid(address)));
};

/**
 * Anything else before binding. Whoever has not signed in, or means others, is cut off (RFC 6120 §4.9.3.12, §7.1); but one
 * who asks for registration is told that there is none (XEP-0077 §3.1).
 */
const tooEarly = (stream: ClientStream, iq: Element): undefined => {
  const registers = iq.child('query', namespaces.register) !== undefined;
  if ((stream.account === undefined && !registers) || !isForServer(stream, iq.attr('to')))
    throw new StreamError('not-authorized');
  const asks = iq.attr('type') === 'get' || iq.attr('type') === 'set';
  if (asks) stream.send(refusalReply(iq, refuse(registers ? 'unavailable' : 'not-allowed')));
};

export const bind = (context: Context, sessions: Sessions): StreamFeature => new Bind(context, sessions);

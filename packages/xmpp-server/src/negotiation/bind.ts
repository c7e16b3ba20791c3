// Resource binding (RFC 6120 §7).
import { isRefusal, refuse } from '@parlance/base/refusal';
import { type Element, el } from '@parlance/xml/element';
import { makeJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { iqResult } from '@parlance/xmpp/stanza';
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

export const bind = (context: Context, sessions: Sessions): StreamFeature => ({
  offer: (stream) => (stream.account === undefined ? undefined : el('bind', namespaces.bind)),
  handles: [`${namespaces.client} iq`],
  handle: (stream, iq) => {
    const payload = iq.child('bind', namespaces.bind);
    const { account } = stream;
    if (account === undefined || iq.attr('type') !== 'set' || payload === undefined) return notYet(stream, iq);
    const resource = wanted(payload, context);
    if (resource === undefined) return refused(stream, iq, 'bad-request');
    const session = sessions.bind(account, resource, undefined, stream);
    if (isRefusal(session)) return refused(stream, iq, session.refused);
    const answer = el('bind', namespaces.bind, {}, el('jid', namespaces.bind, {}, session.jid));
    stream.send(iqResult(iq, answer));
    stream.bound(session);
    return undefined;
  },
});

/** Any other request before binding is refused (RFC 6120 §7.1). */
const notYet = (stream: ClientStream, iq: Element): undefined => refused(stream, iq, 'not-allowed');

const refused = (stream: ClientStream, iq: Element, reason: Parameters<typeof refuse>[0]): undefined => {
  if (iq.attr('type') === 'get' || iq.attr('type') === 'set') stream.send(refusalReply(iq, refuse(reason)));
  return undefined;
};

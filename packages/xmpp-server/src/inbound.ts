// Stanzas from a bound session: identity stamped, cheap validity, then to the router, the presence service or the iq table (RFC 6120 §8, §10).
import { isRefusal, type Refusal, refuse } from '@parlance/base/refusal';
import type { Envelope } from '@parlance/core/envelope';
import { addressOf } from '@parlance/core/ids';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { type Jid, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { stanzaError } from '@parlance/xmpp/stanza-error';
import { StreamError } from '@parlance/xmpp/stream-error';
import type { Context } from './context.ts';
import type { IqRouter } from './iq-router.ts';
import { clean } from './message/clean.ts';
import { keepOf } from './message/keep.ts';
import { columnsOf, kindOf, NativeMessage } from './message/native.ts';
import type { Points } from './points.ts';
import { refusalReply } from './refusals.ts';
import type { XmppSession } from './session/session.ts';

/** Presence of every type from a local session (RFC 6121 §3, §4). */
export interface PresenceInbound {
  handle(session: XmppSession, stanza: Element, to: Jid | undefined): Promise<void> | undefined;
}

/** Handles the stanzas of bound sessions, one session's in order. */
export class Inbound {
  readonly #context: Context;
  readonly #points: Points;
  readonly #iqs: IqRouter;
  readonly #presence: PresenceInbound;

  constructor(context: Context, points: Points, iqs: IqRouter, presence: PresenceInbound) {
    this.#context = context;
    this.#points = points;
    this.#iqs = iqs;
    this.#presence = presence;
  }

  /** Handles one stanza; a promise when it had to wait. Throws StreamError for what ends the stream. */
  handle(session: XmppSession, raw: Element): Promise<void> | undefined {
    const stanza = stamp(session, raw);
    const address = stanza.attr('to');
    const to = address === undefined ? undefined : parseJid(address);
    if (address !== undefined && to === undefined) {
      answer(session, stanza, stanzaError(stanza, 'jid-malformed'));
      return undefined;
    }
    if (stanza.name === 'message') {
      // Whoever names nobody writes to his own account (RFC 6120 §10.3.1).
      if (to === undefined)
        return this.#message(session, stanza.withAttrs({ to: session.account.address }), ownJid(session));
      return this.#message(session, stanza, to);
    }
    if (stanza.name === 'presence') return this.#presence.handle(session, stanza, to);
    return this.#iqs.handle(session, stanza, to);
  }

  #message(session: XmppSession, raw: Element, to: Jid): Promise<void> | undefined {
    const { account } = session;
    const stanza = clean(raw, this.#context.isLocal);
    const kind = kindOf(stanza);
    const message = { stanza, session, to, keep: keepOf(stanza, kind), carbons: true };
    const refusal = this.#points.inboundMessage.run(message);
    if (refusal !== undefined) return this.#refused(session, stanza, refusal);
    // A domain of ours takes no messages itself (RFC 6120 §10.5.1); others' the router answers for.
    if (to.local === '' && this.#context.isLocal(to.domain))
      return this.#refused(session, stanza, refuse('unavailable'));
    const envelope: Envelope = {
      from: account.address,
      fromLabel: session.label,
      to: addressOf(to.local, to.domain),
      toLabel: to.resource,
      kind,
      native: new NativeMessage(stanza),
      time: this.#context.clock.now(),
      keep: message.keep,
      copies: message.carbons,
      columns: columnsOf(stanza),
    };
    const outcome = this.#context.router.submit(envelope, account, session);
    if (outcome instanceof Promise) return outcome.then((late) => void this.#submitted(session, stanza, late));
    return this.#submitted(session, stanza, outcome);
  }

  #submitted(session: XmppSession, stanza: Element, refusal: Refusal | undefined): undefined {
    if (refusal !== undefined) return this.#refused(session, stanza, refusal);
    session.accepted(() => this.#refused(session, stanza, refuse('storage-full')));
    return undefined;
  }

  #refused(session: XmppSession, stanza: Element, refusal: Refusal): undefined {
    if (isRefusal(refusal)) answer(session, stanza, refusalReply(stanza, refusal));
    return undefined;
  }
}

const ownJid = (session: XmppSession): Jid => {
  const at = session.account.address.lastIndexOf('@');
  return { local: session.account.address.slice(0, at), domain: session.account.address.slice(at + 1), resource: '' };
};

/** No error in answer to an error, no answer to an answer, no loops (RFC 6120 §8.2.3, §8.3.1). */
const answer = (session: XmppSession, stanza: Element, reply: Element): void => {
  const type = stanza.attr('type');
  if (type === 'error' || (stanza.name === 'iq' && type === 'result')) return;
  session.send(serialise(reply, namespaces.client));
};

/**
 * The stanza with the session's full JID as `from`, and the language of its stream where it says none; a `from` that is
 * not the session's own ends the stream (RFC 6120 §8.1.2.1, §8.1.5).
 */
const stamp = (session: XmppSession, stanza: Element): Element => {
  const from = stanza.attr('from');
  const { jid, language } = session;
  if (from !== undefined && from !== jid && !isOwn(session, from)) throw new StreamError('invalid-from');
  if (language !== undefined && stanza.attr('xml:lang') === undefined)
    return stanza.withAttrs({ from: jid, 'xml:lang': language });
  return from === jid ? stanza : stanza.withAttrs({ from: jid });
};

const isOwn = (session: XmppSession, from: string): boolean => {
  const jid = parseJid(from);
  if (jid === undefined || addressOf(jid.local, jid.domain) !== session.account.address) return false;
  return jid.resource === '' || jid.resource === session.label;
};

// Presence of local sessions: announced, changed, ended, directed, asked for; each type to who handles it (RFC 6121 §3, §4).
import { isRefusal, type Refusal, refuse } from '@parlance/base/refusal';
import { isBlocked } from '@parlance/core/blocking';
import type { Address } from '@parlance/core/ids';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { formatBare, formatJid, type Jid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { type PresenceType, presenceType, readPresenceLevel } from '@parlance/xmpp/wire/rfc-6121.presence';
import type { Context } from '../context.ts';
import type { PresenceInbound } from '../inbound.ts';
import { clean } from '../message/clean.ts';
import { refusalReply } from '../refusals.ts';
import type { XmppSession } from '../session/session.ts';
import type { Announcements } from './announcements.ts';
import { direct, undirect } from './directed.ts';
import type { FanOut } from './fan-out.ts';
import type { Probes } from './probes.ts';
import { unaddressed } from './shown.ts';
import type { Subscriptions } from './subscriptions.ts';

/** UTF-16 units of one presence: it is multiplied by the number of its watchers (SECURITY-CHECKLIST 34). */
const longest = 16_384;

type Outcome = Refusal | undefined | Promise<Refusal | undefined>;

export interface PresenceParts {
  readonly context: Context;
  readonly fanOut: FanOut;
  readonly announcements: Announcements;
  readonly subscriptions: Subscriptions;
  readonly probes: Probes;
}

export class Presence implements PresenceInbound {
  readonly #parts: PresenceParts;

  constructor(parts: PresenceParts) {
    this.#parts = parts;
  }

  handle(session: XmppSession, raw: Element, to: Jid | undefined): Promise<void> | undefined {
    const stanza = clean(raw, this.#parts.context.isLocal);
    const outcome = this.#handle(session, stanza, to);
    if (outcome instanceof Promise) return outcome.then((late) => answer(session, stanza, late));
    return answer(session, stanza, outcome);
  }

  #handle(session: XmppSession, stanza: Element, to: Jid | undefined): Outcome {
    const type = presenceType(stanza);
    if (type === undefined) return refuse('bad-request');
    if (unaddressed(stanza).length > longest) return refuse('too-large');
    if (type === 'available' && readPresenceLevel(stanza) === undefined) return refuse('bad-request');
    return to === undefined ? this.#broadcast(session, stanza, type) : this.#send(session, stanza, type, to);
  }

  #broadcast(session: XmppSession, stanza: Element, type: PresenceType): Refusal | undefined {
    const { announcements } = this.#parts;
    if (type === 'available') announcements.announce(session, stanza);
    else if (type === 'unavailable') announcements.leave(session, stanza);
    else if (type !== 'probe' && type !== 'error') return refuse('bad-request');
    return undefined;
  }

  #send(session: XmppSession, stanza: Element, type: PresenceType, to: Jid): Outcome {
    const { account } = session;
    const address = formatBare(to) as Address;
    if (type === 'error') return this.#deliver(session, stanza, to);
    if (isBlocked(account, address, to.resource)) return refuse('blocked');
    if (type === 'available' || type === 'unavailable') return this.#direct(session, stanza, type, to);
    if (type === 'probe') return this.#parts.probes.answer(session, stanza, to);
    const lost = (): void => answer(session, stanza, refuse('storage-full'));
    const acted = (refusal: Refusal | undefined): Refusal | undefined => {
      if (refusal === undefined) session.accepted(lost);
      return refusal;
    };
    const outcome = this.#parts.subscriptions.act(account, type, stanza, address);
    return outcome instanceof Promise ? outcome.then(acted) : acted(outcome);
  }

  /** §4.6.3. The end is told to whom was told of the beginning, whether or not he watches. */
  #direct(session: XmppSession, raw: Element, type: PresenceType, to: Jid): Refusal | undefined {
    const stanza = this.#parts.announcements.outgoing(session, raw);
    if (type === 'unavailable') {
      const address = formatJid(to);
      undirect(session, (told) => told === address);
    } else if (!this.#isWatched(session, to) && !direct(session, to)) return refuse('policy-violation');
    return this.#deliver(session, stanza, to);
  }

  /** A watcher of an announced session hears of its end anyway (§4.6.3 rule 1). */
  #isWatched(session: XmppSession, to: Jid): boolean {
    return session.presence !== '' && this.#parts.fanOut.mayWatch(session.account, formatBare(to));
  }

  /** Who is not there hears nothing (§8.5.1, §8.5.3.2.2). */
  #deliver(session: XmppSession, stanza: Element, to: Jid): Refusal | undefined {
    const { context, fanOut } = this.#parts;
    if (!context.isLocal(to.domain)) return refuse('unreachable');
    if (to.resource !== '' || stanza.attr('type') !== 'error') fanOut.to(session, unaddressed(stanza), formatJid(to));
    return undefined;
  }
}

/** No error in answer to an error (RFC 6120 §8.3.1). */
const answer = (session: XmppSession, stanza: Element, refusal: Refusal | undefined): undefined => {
  if (isRefusal(refusal) && stanza.attr('type') !== 'error')
    session.send(serialise(refusalReply(stanza, refusal), namespaces.client));
};

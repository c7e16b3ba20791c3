// The presence session of a resource: announced, changed, away with its connection, back, ended (RFC 6121 §4.2, §4.4, §4.5).
import { isBlocked } from '@parlance/core/blocking';
import { parseDocument } from '@parlance/xml/document';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { bareOf } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence, readPresenceLevel } from '@parlance/xmpp/wire/rfc-6121.presence';
import type { Points } from '../points.ts';
import type { XmppSession } from '../session/session.ts';
import { directed, undirect } from './directed.ts';
import type { FanOut } from './fan-out.ts';
import type { Lines } from './lines.ts';
import { addressed, gone, shown, unaddressed } from './shown.ts';

/** RFC 6121 §8.5.2.1.1. */
const takesMessages = ({ availability }: XmppSession): boolean => (availability?.priority ?? -1) >= 0;

export class Announcements {
  readonly #points: Points;
  readonly #fanOut: FanOut;
  readonly #lines: Lines;
  /** Sessions whose watchers saw them away because their connection was lost. */
  readonly #away = new WeakSet<XmppSession>();
  /** Sessions that have been given the presence of their contacts by this process. */
  readonly #greeted = new WeakSet<XmppSession>();

  constructor(points: Points, fanOut: FanOut, lines: Lines) {
    this.#points = points;
    this.#fanOut = fanOut;
    this.#lines = lines;
  }

  /** What extensions make of presence that a session is about to send. */
  outgoing(session: XmppSession, stanza: Element): Element {
    const subject = { session, stanza };
    this.#points.outgoingPresence.run(subject);
    return subject.stanza;
  }

  /** Initial or changed presence whose level is valid (§4.2.2, §4.4.2). */
  announce(session: XmppSession, raw: Element): void {
    const stanza = this.outgoing(session, raw);
    const initial = session.presence === '';
    const took = takesMessages(session);
    session.presence = unaddressed(stanza);
    session.availability = readPresenceLevel(stanza);
    session.touch();
    this.#lines.announced(session, stanza);
    this.#fanOut.broadcast(session, session.presence);
    if (initial) this.#greet(session);
    const { account } = session;
    this.#points.presenceChanged.run({ session, account, stanza, initial });
    if (takesMessages(session) === took) return;
    (took ? this.#points.sessionUnavailable : this.#points.sessionAvailable).run({ session, account });
  }

  /** The same presence once more, if extensions make something else of it by now. */
  repeat(session: XmppSession): void {
    if (session.presence === '' || !session.reachable) return;
    const stanza = parseDocument(session.presence, undefined, namespaces.client);
    const text = unaddressed(this.outgoing(session, stanza));
    if (text === session.presence) return;
    session.presence = text;
    session.touch();
    this.#fanOut.broadcast(session, text);
  }

  /** Unavailable presence that the client sent: broadcast in full (§4.5.2). */
  leave(session: XmppSession, raw: Element): void {
    const stanza = this.outgoing(session, raw);
    const announced = session.presence !== '';
    this.#end(session, unaddressed(stanza));
    session.touch();
    if (announced) this.#points.presenceChanged.run({ session, account: session.account, stanza, initial: false });
  }

  /** The session is over, whatever the reason: the server says so for it (§4.5.2). */
  ended(session: XmppSession): void {
    this.#end(session, gone(session.jid));
  }

  /** Its connection did not come back in time: watchers see it away, nothing else changes. */
  away(session: XmppSession): void {
    if (session.presence === '') return;
    this.#away.add(session);
    this.#lines.write(session);
    this.#fanOut.broadcast(session, shown(session));
  }

  /** It is back: its presence holds again. If the server was restarted meanwhile, its contacts may have gone unheard. */
  resumed(session: XmppSession): void {
    if (session.presence === '') return;
    if (this.#away.delete(session)) this.#fanOut.broadcast(session, session.presence);
    this.#lines.write(session);
    if (!this.#greeted.has(session)) this.#catchUp(session);
  }

  #end(session: XmppSession, text: string): void {
    const announced = session.presence !== '';
    const told = directed(session);
    const took = takesMessages(session);
    if (announced) this.#fanOut.broadcast(session, text);
    for (const address of told)
      if (!announced || !this.#isWatcher(session, address)) this.#fanOut.to(session, text, address);
    undirect(session, () => true);
    this.#forget(session, told);
    session.presence = '';
    session.availability = undefined;
    this.#lines.ended(session);
    this.#away.delete(session);
    if (took) this.#points.sessionUnavailable.run({ session, account: session.account });
  }

  #isWatcher(session: XmppSession, address: string): boolean {
    return this.#fanOut.mayWatch(session.account, bareOf(address));
  }

  /** Who directed presence at one that is gone owes it no more (§4.6.1). */
  #forget({ account, jid }: XmppSession, told: readonly string[]): void {
    const audience = new Set([...account.view.contacts.keys(), ...told.map(bareOf)]);
    for (const address of audience)
      for (const other of this.#fanOut.available(address)) undirect(other, (to) => to === jid);
  }

  /** What a new presence session is given: its account's other sessions, its contacts, requests that wait (§4.2.2, §4.3.1, §3.1.3). */
  #greet(session: XmppSession): void {
    this.#greeted.add(session);
    const { account } = session;
    this.#fanOut.give(session, account.address);
    const waiting: string[] = [];
    for (const { address, interest, permission, request } of account.view.contacts.values()) {
      if (interest === 'granted') this.#fanOut.give(session, address);
      if (permission === 'pending' && !isBlocked(account, address, '')) waiting.push(request);
    }
    for (const request of waiting) session.send(request);
  }

  /** As `#greet`, and the absence of all others: who was there before the restart may not be now (§4.5.4). */
  #catchUp(session: XmppSession): void {
    this.#greeted.add(session);
    const { account } = session;
    this.#fanOut.give(session, account.address);
    for (const { address, interest } of account.view.contacts.values()) {
      if (interest !== 'granted' || this.#fanOut.give(session, address)) continue;
      const absent = presence('unavailable', { from: address });
      session.send(addressed(serialise(absent, namespaces.client), account.address));
    }
  }
}

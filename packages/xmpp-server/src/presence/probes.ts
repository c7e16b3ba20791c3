// Probes that clients send: answered from what this server knows, and never with an error (RFC 6121 §4.3, §4.6.6).
import type { Account } from '@parlance/core/account';
import { isBlocked } from '@parlance/core/blocking';
import { type Address, addressOf } from '@parlance/core/ids';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import type { Jid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence } from '@parlance/xmpp/wire/rfc-6121.presence';
import { delayElement } from '@parlance/xmpp/wire/xep-0203.delay';
import type { Context } from '../context.ts';
import type { Points } from '../points.ts';
import type { XmppSession } from '../session/session.ts';
import { isDirected } from './directed.ts';
import type { FanOut } from './fan-out.ts';
import type { Subscriptions } from './subscriptions.ts';

export class Probes {
  readonly #context: Context;
  readonly #points: Points;
  readonly #fanOut: FanOut;
  readonly #subscriptions: Subscriptions;

  constructor(context: Context, points: Points, fanOut: FanOut, subscriptions: Subscriptions) {
    this.#context = context;
    this.#points = points;
    this.#fanOut = fanOut;
    this.#subscriptions = subscriptions;
  }

  /** Answers one probe; waits only when the account has to be loaded, or nobody is there. */
  answer(session: XmppSession, probe: Element, to: Jid): Promise<undefined> | undefined {
    if (!this.#context.isLocal(to.domain) || to.local === '') return undefined;
    const address = addressOf(to.local, to.domain);
    const account = this.#context.accounts.peek(address);
    if (account !== undefined) return this.#answer(session, probe, to, address, account);
    return this.#context.accounts.load(address).then((found) => this.#answer(session, probe, to, address, found));
  }

  #answer(
    session: XmppSession,
    probe: Element,
    to: Jid,
    address: Address,
    account: Account | null,
  ): Promise<undefined> | undefined {
    const own = session.account;
    if (account !== null && isBlocked(account, own.address, session.label)) return undefined;
    if (account === null || !this.#fanOut.mayWatch(account, own.address))
      return this.#toStranger(session, probe, to, address);
    if (to.resource !== '') return this.#mere(session, address, to.resource);
    if (this.#fanOut.give(session, address) || account === own) return undefined;
    return this.#absent(session, probe.attr('id'), account);
  }

  /** Nobody is there, and since when, as far as somebody remembers (§4.3.2 rule 3). */
  #absent(session: XmppSession, id: string | undefined, account: Account): Promise<undefined> | undefined {
    const { address } = account;
    const asked = this.#points.lastSeen.run(account);
    if (asked === undefined) return this.#reply(session, 'unavailable', address, id);
    return asked.then((time) => this.#reply(session, 'unavailable', address, id, time));
  }

  /** One who may not watch learns of the one session that told him of itself, or that his subscription is none (§4.3.2 rule 1). */
  #toStranger(session: XmppSession, probe: Element, to: Jid, address: Address): undefined {
    const target = this.#available(address, to.resource);
    if (target !== undefined && isDirected(target, session.account.address, session.label))
      return this.#mere(session, address, to.resource);
    this.#subscriptions.contradict(session.account, address, probe.attr('id'));
    return undefined;
  }

  /** That one resource is available, and nothing else about it (§4.3.2, full JID). */
  #mere(session: XmppSession, address: Address, resource: string): undefined {
    const type = this.#fanOut.isAvailable(address, resource) ? 'available' : 'unavailable';
    this.#reply(session, type, `${address}/${resource}`, undefined);
  }

  #available(address: Address, resource: string): XmppSession | undefined {
    return this.#fanOut.available(address).find(({ label }) => label === resource);
  }

  #reply(
    session: XmppSession,
    type: 'available' | 'unavailable',
    from: string,
    id: string | undefined,
    since?: number,
  ): undefined {
    const delay = since === undefined ? [] : [delayElement({ time: since })];
    const stanza = presence(type, { from, to: session.jid, ...(id === undefined ? {} : { id }) }, ...delay);
    session.send(serialise(stanza, namespaces.client));
  }
}

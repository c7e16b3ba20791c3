// Probes that clients send: answered from what this server knows, and never with an error (RFC 6121 §4.3, §4.6.6).
import type { Account } from '@parlance/core/account';
import { isBlocked } from '@parlance/core/blocking';
import { type Address, addressOf } from '@parlance/core/ids';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import type { Jid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence } from '@parlance/xmpp/wire/rfc-6121.presence';
import type { Context } from '../context.ts';
import type { XmppSession } from '../session/session.ts';
import { isDirected } from './directed.ts';
import type { FanOut } from './fan-out.ts';
import type { Subscriptions } from './subscriptions.ts';

export class Probes {
  readonly #context: Context;
  readonly #fanOut: FanOut;
  readonly #subscriptions: Subscriptions;

  constructor(context: Context, fanOut: FanOut, subscriptions: Subscriptions) {
    this.#context = context;
    this.#fanOut = fanOut;
    this.#subscriptions = subscriptions;
  }

  /** Answers one probe; waits only when the account has to be loaded. */
  answer(session: XmppSession, probe: Element, to: Jid): Promise<undefined> | undefined {
    if (!this.#context.isLocal(to.domain) || to.local === '') return undefined;
    const address = addressOf(to.local, to.domain);
    const account = this.#context.accounts.peek(address);
    if (account !== undefined) return this.#answer(session, probe, to, address, account);
    return this.#context.accounts.load(address).then((found) => this.#answer(session, probe, to, address, found));
  }

  #answer(session: XmppSession, probe: Element, to: Jid, address: Address, account: Account | null): undefined {
    const own = session.account;
    if (account !== null && isBlocked(account, own.address, session.label)) return undefined;
    if (account === null || !this.#fanOut.mayWatch(account, own.address))
      return this.#toStranger(session, probe, to, address);
    if (to.resource !== '') return this.#mere(session, address, to.resource);
    if (!this.#fanOut.give(session, address) && account !== own)
      this.#reply(session, 'unavailable', address, probe.attr('id'));
    return undefined;
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

  #reply(session: XmppSession, type: 'available' | 'unavailable', from: string, id: string | undefined): void {
    const stanza = presence(type, { from, to: session.jid, ...(id === undefined ? {} : { id }) });
    session.send(serialise(stanza, namespaces.client));
  }
}

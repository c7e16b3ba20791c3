// Subscription stanzas between two accounts of this server: both rows change in the same turn and batch (RFC 6121 §3, Appendix A).
import { type Refusal, refuse } from '@parlance/base/refusal';
import type { Account } from '@parlance/core/account';
import { isBlocked } from '@parlance/core/blocking';
import type { Contact } from '@parlance/core/contact';
import { type Address, domainOf } from '@parlance/core/ids';
import { type Act, inbound, outbound } from '@parlance/core/subscriptions';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence } from '@parlance/xmpp/wire/rfc-6121.presence';
import type { Context } from '../context.ts';
import type { Roster } from '../roster/roster.ts';
import type { FanOut } from './fan-out.ts';

/** The stanza as it goes: from and to bare addresses, its extended content untouched (§3.1.2). */
const stamped = (stanza: Element, from: string, to: string): string =>
  serialise(stanza.withAttrs({ from, to }), namespaces.client);

export class Subscriptions {
  readonly #context: Context;
  readonly #roster: Roster;
  readonly #fanOut: FanOut;

  constructor(context: Context, roster: Roster, fanOut: FanOut) {
    this.#context = context;
    this.#roster = roster;
    this.#fanOut = fanOut;
  }

  /** The owner acts. Waits only when the other account has to be loaded. */
  act(account: Account, act: Act, stanza: Element, to: Address): Refusal | undefined | Promise<Refusal | undefined> {
    const refusal = this.#check(account, act, stanza, to);
    if (refusal !== undefined) return refusal;
    const peer = this.#peer(to);
    if (peer !== undefined) return void this.#exchange(account, act, stanza, to, peer);
    return this.#context.accounts.load(to).then((found) => void this.#exchange(account, act, stanza, to, found));
  }

  /** A roster item goes, and with it what was agreed (§2.5.2). Waits only when the other account has to be loaded. */
  remove(account: Account, address: Address): Promise<void> | undefined {
    const peer = this.#peer(address);
    if (peer !== undefined) return void this.#part(account, address, peer);
    return this.#context.accounts.load(address).then((found) => this.#part(account, address, found));
  }

  /** An account goes: its contacts hear that it watches nobody and nobody may watch it. */
  async farewell(account: Account): Promise<void> {
    const contacts = [...account.view.contacts.values()];
    await Promise.all(
      contacts.map(async ({ address, permission, interest }) => {
        if (!this.#context.isLocal(domainOf(address))) return;
        const peer = await this.#context.accounts.load(address);
        if (permission === 'allow') this.#say(account, 'unsubscribed', peer);
        if (interest !== 'none') this.#say(account, 'unsubscribe', peer);
      }),
    );
  }

  /** Tells an account that it watches nobody at an address, when its roster says otherwise (§4.3.2 rule 1). */
  contradict(account: Account, address: Address, id: string | undefined): void {
    if (this.#roster.row(account, address).interest !== 'granted') return;
    this.#hear(account, address, 'unsubscribed', presence('unsubscribed', id === undefined ? {} : { id }));
  }

  #check(account: Account, act: Act, stanza: Element, to: Address): Refusal | undefined {
    if (to === account.address) return refuse('not-allowed');
    const { contacts } = account.view;
    const asks = act === 'subscribe' || act === 'subscribed';
    if (asks && contacts.get(to)?.listed !== true && !this.#roster.hasRoom(account)) return refuse('policy-violation');
    if (act !== 'subscribe') return undefined;
    if (!this.#context.isLocal(domainOf(to))) return refuse('unreachable');
    const { request } = this.#roster.limits;
    return stamped(stanza, account.address, to).length > request ? refuse('too-large') : undefined;
  }

  /** The account at an address: null when there is none here, undefined when it must be loaded. */
  #peer(address: Address): Account | null | undefined {
    if (!this.#context.isLocal(domainOf(address))) return null;
    return this.#context.accounts.peek(address);
  }

  /** One act and all its consequences on both sides, in the order that §3.1.5 and §3.2.2 give. */
  #exchange(account: Account, act: Act, stanza: Element, to: Address, peer: Account | null): void {
    const before = this.#roster.row(account, to);
    const { contact, route } = outbound(before, act);
    const gains = contact.permission === 'allow' && before.permission !== 'allow';
    if (before.permission === 'allow' && contact.permission !== 'allow') this.#fanOut.withdraw(account, to);
    const reply = route ? this.#hear(peer, account.address, act, stanza) : undefined;
    this.#saveIfChanged(account, contact);
    if (gains) this.#fanOut.present(account, to);
    if (reply !== undefined && peer !== null) this.#answer(peer, account, reply);
  }

  /** What an automatic answer does to the one who asked; it is never answered itself (Appendix A.3.3, A.3.4). */
  #answer(peer: Account, account: Account, reply: 'subscribed' | 'unsubscribed'): void {
    this.#hear(account, peer.address, reply, presence(reply, {}));
    if (reply === 'subscribed' && this.#fanOut.mayWatch(peer, account.address))
      this.#fanOut.present(peer, account.address);
  }

  /**
   * An act reaches its addressee: he is told if it changes something, and his row changes. Returns what is answered for him.
   * Of whom he has blocked he hears nothing, but what they give up is given up, lest the two rows say different things.
   */
  #hear(owner: Account | null, from: Address, act: Act, stanza: Element): 'subscribed' | 'unsubscribed' | undefined {
    const blocked = owner !== null && isBlocked(owner, from, '');
    if (owner === null || (blocked && (act === 'subscribe' || act === 'subscribed'))) return undefined;
    const row = this.#roster.row(owner, from);
    const text = stamped(stanza, from, owner.address);
    const { contact, deliver, reply } = inbound(row, act, text);
    const crowds = contact.permission === 'pending' && row.permission !== 'pending' && !row.listed;
    if (crowds && !this.#roster.takesRequests(owner)) return undefined;
    if (deliver && !blocked) this.#tell(owner, act, text);
    this.#saveIfChanged(owner, contact);
    if (row.permission === 'allow' && contact.permission !== 'allow') this.#fanOut.withdraw(owner, from);
    return blocked ? undefined : reply;
  }

  /** Requests go to available sessions, all else to those that asked for the roster (§3.1.3, §3.1.6, §3.2.3, §3.3.3). */
  #tell(owner: Account, act: Act, text: string): void {
    const sessions = act === 'subscribe' ? this.#fanOut.available(owner.address) : this.#roster.interested(owner);
    for (const session of sessions) session.send(text, undefined, true);
  }

  #part(account: Account, address: Address, peer: Account | null): void {
    const row = account.view.contacts.get(address);
    if (row === undefined) return;
    if (row.permission === 'allow') this.#fanOut.withdraw(account, address);
    this.#roster.remove(account, row);
    if (row.interest !== 'none') this.#say(account, 'unsubscribe', peer);
    if (row.permission === 'allow') this.#say(account, 'unsubscribed', peer);
  }

  /** The server speaks for an owner whose own row is settled. */
  #say(account: Account, act: 'unsubscribe' | 'unsubscribed', peer: Account | null): void {
    this.#hear(peer, account.address, act, presence(act, { id: this.#context.random.token(64) }));
  }

  #saveIfChanged(account: Account, contact: Contact): void {
    const before = this.#roster.row(account, contact.address);
    if (same(before, contact)) return;
    this.#roster.save(account, contact);
  }
}

/** Rows are changed by acts in these columns only. */
const same = (one: Contact, other: Contact): boolean =>
  one.permission === other.permission &&
  one.interest === other.interest &&
  one.approved === other.approved &&
  one.listed === other.listed &&
  one.request === other.request;

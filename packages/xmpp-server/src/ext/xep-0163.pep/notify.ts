// Notifications: to each interested session of the owner and of those who may read the node (XEP-0060 §9, XEP-0163 §4.3).
import type { Account } from '@parlance/core/account';
import { isBlocked } from '@parlance/core/blocking';
import type { Address } from '@parlance/core/ids';
import { type Element, el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { eventElement, type PubsubEvent } from '@parlance/xmpp/wire/xep-0060.pubsub';
import { delayElement } from '@parlance/xmpp/wire/xep-0203.delay';
import type { Registrar } from '../../extension.ts';
import { mayRead } from '../../pubsub/access.ts';
import { type NodeChange, type PersonalNode, type PersonalNodes, toWire } from '../../pubsub/personal-nodes.ts';
import { interests } from '../../session/interests.ts';
import { XmppSession } from '../../session/session.ts';

/** Why a last item is sent: the reader has just subscribed, or has just become available. */
export type Occasion = 'subscription' | 'presence';

export class Notifier {
  readonly #registrar: Registrar;
  readonly #nodes: PersonalNodes;

  constructor(registrar: Registrar, nodes: PersonalNodes) {
    this.#registrar = registrar;
    this.#nodes = nodes;
  }

  /** Tells everybody concerned of a change. */
  tell(change: NodeChange): void {
    const { account, node, event, told: due } = change;
    const { config } = node;
    if (change.before !== undefined) this.#regrouped(account, change.before, node);
    if (!config.deliver || !due) return;
    const told = eventElement(node.name, config.payloads ? event : withoutPayloads(event));
    for (const session of this.#recipients(account, node)) this.#send(session, account, node, told);
  }

  /**
   * Tells of subscriptions that came or went (§12.14). Who has just subscribed, or has just gained access and wants to
   * hear of the node, is sent the last item (§6.1.7, §12.2 triggers 5 and 6), behind the answer: reading it takes a turn.
   */
  #regrouped(account: Account, before: PersonalNode, node: PersonalNode): void {
    const { log } = this.#registrar.context;
    const differ = (some: PersonalNode, other: PersonalNode): readonly string[] =>
      some.subscribers.filter((jid) => !other.subscribers.includes(jid));
    const added = differ(node, before);
    for (const jid of added) this.#tellState(account, node, jid, 'subscribed');
    for (const jid of differ(before, node)) this.#tellState(account, node, jid, 'none');
    const gained = [...this.#recipients(account, node)].filter((session) => !this.#mayHear(session, account, before));
    for (const session of new Set([...gained, ...added.flatMap((jid) => this.#subscribed(jid))]))
      this.lastItems(session, account, [node.name], 'subscription').catch((error: unknown) =>
        log.error('last item failed', { error }),
      );
  }

  #tellState(account: Account, node: PersonalNode, jid: string, state: string): void {
    const event = eventElement(node.name, { kind: 'subscription', jid, state });
    for (const session of this.#subscribed(jid)) this.#send(session, account, node, event);
  }

  /**
   * The last items of nodes that a session has begun to ask for: its own account's, and those of the people whose
   * presence its account sees (XEP-0163 §4.3.4). Contacts one after another, so that a long list hurries nobody.
   */
  async greet(session: XmppSession, wanted: readonly string[]): Promise<void> {
    const { accounts, isLocal } = this.#registrar.context;
    await this.lastItems(session, session.account, wanted, 'presence');
    for (const { address, interest } of session.account.view.contacts.values()) {
      if (interest !== 'granted' || !isLocal(address.slice(address.indexOf('@') + 1))) continue;
      const contact = await accounts.load(address);
      if (contact !== null && session.availability !== undefined)
        await this.lastItems(session, contact, wanted, 'presence');
    }
  }

  /** The last items of those of an account's nodes that the session wants and may read (XEP-0060 §6.1.7, §9.2). */
  async lastItems(session: XmppSession, account: Account, wanted: readonly string[], on: Occasion): Promise<void> {
    const known = await this.#nodes.of(account);
    const sent = wanted.flatMap((name) => {
      const node = known.get(name);
      return node !== undefined && isDue(node, on) && this.#mayHear(session, account, node) ? [node] : [];
    });
    if (sent.length === 0) return;
    const names = sent.map(({ name }) => name);
    const newest = await this.#nodes.items.newest(account.id, names);
    for (const node of sent) {
      const item = newest.get(node.name);
      if (item === undefined) continue;
      const { id, payload } = toWire(item);
      const event = { kind: 'items', items: [{ id, payload: node.config.payloads ? payload : undefined }] } as const;
      const delay = delayElement({ from: account.address, time: item.time });
      this.#send(session, account, node, eventElement(node.name, event), delay);
    }
  }

  /** The available sessions at a local address. */
  available(address: string): readonly XmppSession[] {
    return this.#registrar.context.table
      .sessions(address as Address)
      .filter((row): row is XmppSession => row instanceof XmppSession && row.availability !== undefined);
  }

  #recipients(account: Account, node: PersonalNode): ReadonlySet<XmppSession> {
    const watchers = [...account.view.contacts.values()].filter(({ permission }) => permission === 'allow');
    const interested = [account, ...watchers]
      .flatMap(({ address }) => this.available(address))
      .filter((session) => session.values.get(interests).includes(node.name));
    const subscribed = node.subscribers.flatMap((subscriber) => this.#subscribed(subscriber));
    return new Set([...interested, ...subscribed].filter((session) => this.#mayHear(session, account, node)));
  }

  /** The available sessions that a subscribed address, bare or full, means (XEP-0163 §4.3.2). */
  #subscribed(subscriber: string): readonly XmppSession[] {
    const jid = parseJid(subscriber);
    const sessions = jid === undefined ? [] : this.available(`${jid.local}@${jid.domain}`);
    return sessions.filter(({ label }) => jid?.resource === '' || jid?.resource === label);
  }

  /** May read the node, and has not blocked its owner (XEP-0163 §4.3.3, rule 3). */
  #mayHear(session: XmppSession, account: Account, node: PersonalNode): boolean {
    const asker = parseJid(session.jid);
    if (asker === undefined || isBlocked(session.account, account.address, '')) return false;
    return mayRead(account, node, asker, this.#registrar.presence);
  }

  #send(session: XmppSession, account: Account, node: PersonalNode, event: Element, ...more: Element[]): void {
    const { random } = this.#registrar.context;
    const type = node.config.style === 'headline' ? 'headline' : undefined;
    const head = { from: account.address, to: session.jid, type, id: random.token(96) };
    session.send(serialise(el('message', namespaces.client, head, event, ...more), namespaces.client));
  }
}

const withoutPayloads = (event: PubsubEvent): PubsubEvent =>
  event.kind === 'items' ? { kind: 'items', items: event.items.map(({ id }) => ({ id, payload: undefined })) } : event;

const isDue = ({ config }: PersonalNode, on: Occasion): boolean =>
  config.deliver &&
  (config.lastItem === 'on_sub_and_presence' || (config.lastItem === 'on_sub' && on === 'subscription'));

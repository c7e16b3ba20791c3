// The nodes of accounts: configurations in memory while they are used, items on disk, changes told when they are on disk (XEP-0060, XEP-0163).
import type { Clock } from '@parlance/base/clock';
import { HookPoint } from '@parlance/base/hook';
import type { Account } from '@parlance/core/account';
import type { CommitLoop } from '@parlance/core/commit-loop';
import type { AccountId, Address } from '@parlance/core/ids';
import type { NodeItem, NodeParty, NodeStore, StoredNode, Write } from '@parlance/core/store';
import { parseDocument } from '@parlance/xml/document';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { bareOf } from '@parlance/xmpp/jid';
import type { PubsubEvent, WireItem } from '@parlance/xmpp/wire/xep-0060.pubsub';
import { defaultConfig, type NodeConfig } from './node-config.ts';

export interface PersonalNode {
  readonly name: string;
  readonly config: NodeConfig;
  /** Addresses that subscribed in so many words, bare or full (§6.1). */
  readonly subscribers: readonly string[];
  /** By bare address; everybody else has none, and the owner his own (§4.1). */
  readonly affiliates: ReadonlyMap<string, Affiliation>;
}

/** What the owner may make of others. There is one publisher at a node of an account: its owner (XEP-0163 §2.2). */
export type Affiliation = 'member' | 'outcast';

/** A node that nobody has subscribed to. */
export const newNode = (name: string, config: NodeConfig): PersonalNode => ({
  name,
  config,
  subscribers: [],
  affiliates: new Map(),
});

export type AccountNodes = ReadonlyMap<string, PersonalNode>;

/** Something happened to a node and is on disk; `node` is as it was then. */
export interface NodeChange {
  readonly account: Account;
  readonly node: PersonalNode;
  /** As it was, where configuration or parties may have changed; absent for a new node too. */
  readonly before?: PersonalNode | undefined;
  readonly event: PubsubEvent;
  /** Subscribers are to be told. */
  readonly told: boolean;
}

/** An item that the owner is about to publish. */
export interface Publication {
  readonly account: Account;
  readonly node: string;
  readonly item: WireItem;
}

/** Accounts whose nodes are held in memory. */
const capacity = 10_000;

export const decodeNode = ({ name, config, parties }: StoredNode): PersonalNode => ({
  name,
  config: { ...defaultConfig, ...(JSON.parse(config) as Partial<NodeConfig>) },
  subscribers: parties.filter(({ role }) => role === 'subscriber').map(({ jid }) => jid),
  affiliates: new Map(parties.flatMap(({ role, jid }) => (role === 'subscriber' ? [] : [[jid, role]]))),
});

export const encodeConfig = ({ config }: PersonalNode): string => JSON.stringify(config);

/** The parties of a node as they are stored, by role and address. */
export const partiesOf = (node: PersonalNode | undefined): ReadonlyMap<string, NodeParty> => {
  const subscribers = (node?.subscribers ?? []).map((jid) => [jid, 'subscriber'] as const);
  const parties = [...subscribers, ...(node?.affiliates ?? [])];
  return new Map(parties.map(([jid, role]) => [`${role} ${jid}`, { role, jid, address: bareOf(jid) }]));
};

/** The same node where the address has no part in it. */
const without = (node: PersonalNode, address: string): PersonalNode => {
  const subscribers = node.subscribers.filter((jid) => bareOf(jid) !== address);
  if (subscribers.length === node.subscribers.length && !node.affiliates.has(address)) return node;
  const affiliates = new Map([...node.affiliates].filter(([jid]) => jid !== address));
  return { ...node, subscribers, affiliates };
};

/** A change could not be brought to disk; the commit loop has told the log why. */
export class NotStored extends Error {}

/** An item as it goes over the wire. Its publisher is always the owner and is not repeated (XEP-0163 §2.2). */
export const toWire = ({ id, payload }: NodeItem): WireItem => ({
  id,
  payload: payload === '' ? undefined : parseDocument(payload),
});

/**
 * Changes take effect in memory at once, in the order of the calls, so that a check and the change that follows it in
 * the same turn cannot be parted; their promises resolve, and `changed` runs, when they are on disk. When a commit
 * fails, what is in memory is forgotten and the promise rejects.
 */
export class PersonalNodes {
  readonly changed = new HookPoint<NodeChange>('node changed');
  /** Items that come from clients, before anything is done with them; refused with an `<error/>`. */
  readonly publishing = new HookPoint<Publication, Element>('publishing');
  /** Reading of items, as they are on disk. */
  readonly items: Pick<NodeStore, 'newest' | 'named' | 'places' | 'between'>;
  readonly #store: NodeStore;
  readonly #commits: CommitLoop;
  readonly #clock: Clock;
  readonly #held = new Map<AccountId, AccountNodes>();

  constructor(store: NodeStore, commits: CommitLoop, clock: Clock) {
    this.items = store;
    this.#store = store;
    this.#commits = commits;
    this.#clock = clock;
  }

  /** All nodes of an account, by name. */
  async of({ id }: Account): Promise<AccountNodes> {
    const held = this.#held.get(id);
    if (held !== undefined) return held;
    const stored = await this.#store.nodes(id);
    const loaded = new Map(stored.map((node) => [node.name, decodeNode(node)]));
    return this.#held.get(id) ?? this.#hold(id, loaded);
  }

  /** Makes a node, or replaces its configuration and parties; a form is told to subscribers. */
  async put(account: Account, node: PersonalNode, shown?: { readonly form: Element | undefined }): Promise<void> {
    const before = this.#held.get(account.id)?.get(node.name);
    this.#change(account, (nodes) => nodes.set(node.name, node));
    const keep = node.config.persist ? node.config.items : 0;
    const writes = [
      this.#store.put(account.id, { name: node.name, config: encodeConfig(node) }),
      ...this.#regroup(account.id, before, node),
      this.#store.trim(account.id, node.name, keep),
    ];
    const event = { kind: 'configuration', form: shown?.form } as const;
    await this.#commit(writes, { account, node, before, event, told: shown !== undefined });
  }

  /** Publishes one item at a node that exists, or is made with it. */
  async publish(account: Account, node: PersonalNode, item: WireItem): Promise<void> {
    const { name, config } = node;
    const known = this.#held.get(account.id)?.get(name) === node;
    if (!known) this.#change(account, (nodes) => nodes.set(name, node));
    const stored: NodeItem = {
      id: item.id,
      publisher: account.address,
      time: this.#clock.now(),
      payload: item.payload === undefined ? '' : serialise(item.payload),
    };
    const writes = [
      ...(known ? [] : [this.#store.put(account.id, { name, config: encodeConfig(node) })]),
      ...(config.persist ? this.#store.publish(account.id, name, stored, config.items) : []),
    ];
    await this.#commit(writes, { account, node, event: { kind: 'items', items: [item] }, told: true });
  }

  /** Removes one item; subscribers are told when `notify` says so. */
  async retract(account: Account, node: PersonalNode, id: string, notify: boolean): Promise<void> {
    const writes = [this.#store.retract(account.id, node.name, id)];
    await this.#commit(writes, { account, node, event: { kind: 'retract', ids: [id] }, told: notify });
  }

  async purge(account: Account, node: PersonalNode): Promise<void> {
    const writes = [this.#store.purge(account.id, node.name)];
    await this.#commit(writes, { account, node, event: { kind: 'purge' }, told: true });
  }

  async remove(account: Account, node: PersonalNode): Promise<void> {
    this.#change(account, (nodes) => nodes.delete(node.name));
    const writes = this.#store.remove(account.id, node.name);
    await this.#commit(writes, { account, node, event: { kind: 'delete' }, told: node.config.notifyDelete });
  }

  /** Takes an address out of all nodes of everybody: its account ends. */
  async disown(address: Address): Promise<void> {
    this.#commits.write(this.#store.disown(address));
    this.#dismiss(address);
    await this.#commits.settled();
    // What was read before that was on disk.
    this.#dismiss(address);
  }

  #dismiss(address: Address): void {
    for (const [id, nodes] of this.#held) {
      const left = [...nodes.values()].map((node) => without(node, address));
      if (left.some((node) => nodes.get(node.name) !== node))
        this.#held.set(id, new Map(left.map((node) => [node.name, node])));
    }
  }

  /** The payload of one item, if it is there. */
  async payload(account: Account, node: string, id: string): Promise<Element | undefined> {
    const [item] = await this.items.named(account.id, node, [id]);
    return item === undefined ? undefined : toWire(item).payload;
  }

  #regroup(account: AccountId, before: PersonalNode | undefined, node: PersonalNode): readonly Write[] {
    const [left, now] = [partiesOf(before), partiesOf(node)];
    const differ = (some: ReadonlyMap<string, NodeParty>, others: ReadonlyMap<string, NodeParty>): NodeParty[] =>
      [...some].flatMap(([key, party]) => (others.has(key) ? [] : [party]));
    return [
      ...differ(left, now).map((party) => this.#store.leave(account, node.name, party)),
      ...differ(now, left).map((party) => this.#store.join(account, node.name, party)),
    ];
  }

  /** What was never loaded stays unknown. */
  #change({ id }: Account, edit: (nodes: Map<string, PersonalNode>) => void): void {
    const held = this.#held.get(id);
    if (held === undefined) return;
    const nodes = new Map(held);
    edit(nodes);
    this.#hold(id, nodes);
  }

  /** Held last, so that what was loaded or changed longest ago leaves first. */
  #hold(id: AccountId, nodes: AccountNodes): AccountNodes {
    this.#held.delete(id);
    const [oldest] = this.#held.keys();
    if (this.#held.size >= capacity && oldest !== undefined) this.#held.delete(oldest);
    this.#held.set(id, nodes);
    return nodes;
  }

  async #commit(writes: readonly Write[], change: NodeChange): Promise<void> {
    this.#commits.write(...writes);
    try {
      await this.#commits.flushed();
    } catch {
      this.#held.delete(change.account.id);
      throw new NotStored('a change of a node could not be committed');
    }
    this.changed.run(change);
  }
}

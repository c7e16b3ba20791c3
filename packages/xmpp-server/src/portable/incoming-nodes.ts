// The nodes of an imported account: configurations may come before their items or behind them (XEP-0227 §4.10).
import type { AccountId, Address } from '@parlance/core/ids';
import type { NodeItem, NodeStore, Write } from '@parlance/core/store';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { formatBare, formatJid, parseJid } from '@parlance/xmpp/jid';
import { type FormValues, formOf } from '@parlance/xmpp/wire/xep-0004.forms';
import { readItems } from '@parlance/xmpp/wire/xep-0060.pubsub';
import { configured, defaultConfig, type NodeConfig } from '../pubsub/node-config.ts';
import { type Affiliation, encodeConfig, type PersonalNode, partiesOf } from '../pubsub/personal-nodes.ts';

/** Nodes, and entries of a node's lists, that are taken; UTF-16 units of their names. */
const [mostNodes, mostParties, longest] = [250, 500, 1_023];

/** Items that are kept while the configuration is not known. */
const keep = 1_000;

interface Draft {
  config: NodeConfig | undefined;
  /** Its configuration says how many items it keeps. */
  sized: boolean;
  items: number;
  readonly affiliates: Map<string, Affiliation>;
  readonly subscribers: Set<string>;
}

/** Fields without a value say nothing: Prosody writes what is as usual like that. */
const said = (form: FormValues): FormValues => ({
  ...form,
  fields: new Map([...form.fields].filter(([, values]) => values.some((value) => value !== ''))),
});

/** Where nobody said how many items there may be, none is lost. */
const configOf = ({ config = defaultConfig, sized, items }: Draft): NodeConfig =>
  sized ? config : { ...config, items: Math.min(Math.max(config.items, items), keep) };

export class IncomingNodes {
  readonly #store: NodeStore;
  readonly #account: AccountId;
  readonly #owner: Address;
  readonly #now: number;
  readonly #drafts = new Map<string, Draft>();

  constructor(store: NodeStore, account: AccountId, owner: Address, now: number) {
    this.#store = store;
    this.#account = account;
    this.#owner = owner;
    this.#now = now;
  }

  /** Which nodes there are so far. */
  has(name: string): boolean {
    return this.#drafts.has(name);
  }

  /** `<configure/>`, `<affiliations/>`, `<subscriptions/>` of nodes (§4.10.1). False when something was not understood. */
  describe(pubsub: Element): boolean {
    return pubsub.elements().every((child) => {
      const draft = this.#draft(child.attr('node'));
      return draft !== undefined && this.#read(draft, child);
    });
  }

  /** Items of nodes (§4.10.2). Undefined when a node could not be taken. */
  publish(pubsub: Element): readonly Write[] | undefined {
    const lists = pubsub.elements().filter(({ name }) => name === 'items');
    if (!lists.every((list) => this.#draft(list.attr('node')) !== undefined)) return undefined;
    return lists.flatMap((list) =>
      readItems(list).flatMap(({ id, payload }) => {
        const draft = this.#draft(list.attr('node'));
        if (draft === undefined || id === '' || id.length > longest) return [];
        draft.items++;
        const item: NodeItem = {
          id,
          publisher: this.#owner,
          time: this.#now,
          payload: payload === undefined ? '' : serialise(payload),
        };
        return this.#store.publish(this.#account, list.attr('node') ?? '', item, keep);
      }),
    );
  }

  /** The nodes themselves, and the bounds of their items. */
  end(): readonly Write[] {
    return [...this.#drafts].flatMap(([name, draft]) => {
      const { affiliates, subscribers } = draft;
      const config = configOf(draft);
      const node: PersonalNode = { name, config, affiliates, subscribers: [...subscribers] };
      return [
        this.#store.put(this.#account, { name, config: encodeConfig(node) }),
        ...[...partiesOf(node).values()].map((party) => this.#store.join(this.#account, name, party)),
        this.#store.trim(this.#account, name, config.persist ? config.items : 0),
      ];
    });
  }

  #draft(name: string | undefined): Draft | undefined {
    if (name === undefined || name === '' || name.length > longest) return undefined;
    const known = this.#drafts.get(name);
    if (known !== undefined || this.#drafts.size >= mostNodes) return known;
    const draft: Draft = { config: undefined, sized: false, items: 0, affiliates: new Map(), subscribers: new Set() };
    this.#drafts.set(name, draft);
    return draft;
  }

  /** A model that is not ours is not made more open than it was: nobody but the owner reads (§4.10.1, last paragraph). */
  #read(draft: Draft, child: Element): boolean {
    if (child.name === 'configure') {
      const form = formOf(child);
      const config = form === undefined ? undefined : configured(defaultConfig, said(form));
      draft.sized = form !== undefined && said(form).fields.has('pubsub#max_items');
      draft.config = config ?? { ...defaultConfig, access: 'whitelist', items: keep };
      return config !== undefined;
    }
    const list = child.elements().slice(0, mostParties);
    if (child.name === 'affiliations') return list.every((entry) => this.#affiliate(draft, entry));
    if (child.name !== 'subscriptions') return false;
    return list.every((entry) => {
      const jid = parseJid(entry.attr('jid') ?? '');
      if (jid === undefined || entry.attr('subscription') !== 'subscribed') return false;
      draft.subscribers.add(formatJid(jid));
      return true;
    });
  }

  #affiliate({ affiliates }: Draft, entry: Element): boolean {
    const jid = parseJid(entry.attr('jid') ?? '');
    const affiliation = entry.attr('affiliation');
    if (jid === undefined) return false;
    const address = formatBare(jid);
    if (address === this.#owner) return true;
    if (affiliation !== 'member' && affiliation !== 'outcast') return affiliation === 'none';
    affiliates.set(address, affiliation);
    return true;
  }
}

// One request to an account's publish-subscribe service, ready to be decided (XEP-0060, XEP-0163 §2.1).
import type { Account } from '@parlance/core/account';
import type { Element } from '@parlance/xml/element';
import type { Jid } from '@parlance/xmpp/jid';
import { errorElement } from '@parlance/xmpp/stanza-error';
import { pubsubError } from '@parlance/xmpp/wire/xep-0060.pubsub';
import type { IqAnswer, Registrar } from '../../extension.ts';
import { readingRefused } from '../../pubsub/access.ts';
import type { AccountNodes, PersonalNode, PersonalNodes } from '../../pubsub/personal-nodes.ts';
import type { Notifier } from './notify.ts';

export interface Ask {
  readonly registrar: Registrar;
  readonly nodes: PersonalNodes;
  readonly notifier: Notifier;
  /** Whose service it is. */
  readonly account: Account;
  readonly asker: Jid;
  readonly isOwner: boolean;
  /** `<pubsub/>`. */
  readonly payload: Element;
  /** Its child that says what is wanted. */
  readonly wanted: Element;
  /** The name of the node, '' when none is given. */
  readonly name: string;
  /** All nodes of the account: what is decided on them in this turn still holds when it is changed. */
  readonly known: AccountNodes;
}

export type Action = (ask: Ask) => IqAnswer | Promise<IqAnswer>;

/** UTF-16 units in names of nodes and ids of items. */
export const maxName = 1_023;

export const nodeRequired = (): Element => pubsubError('bad-request', 'nodeid-required');

/** The error for a feature of XEP-0060 that this service does not have (§11). */
export const unsupported = (feature: string): Element =>
  pubsubError('feature-not-implemented', 'unsupported', { feature });

/** Only for the owner, and only at a node that exists (§7.2.3, §8.2.3, §8.4.3, §8.5.3). */
export const atOwnNode =
  (decide: (ask: Ask, node: PersonalNode) => IqAnswer | Promise<IqAnswer>): Action =>
  (ask) => {
    if (!ask.isOwner) return errorElement('forbidden');
    if (ask.name === '') return nodeRequired();
    const node = ask.known.get(ask.name);
    return node === undefined ? errorElement('item-not-found') : decide(ask, node);
  };

/** For everybody whom the node's access model admits (§4.5). */
export const atReadableNode =
  (decide: (ask: Ask, node: PersonalNode) => IqAnswer | Promise<IqAnswer>): Action =>
  (ask) => {
    if (ask.name === '') return nodeRequired();
    const node = ask.known.get(ask.name);
    if (node === undefined) return errorElement('item-not-found');
    const refused = readingRefused(ask.account, node, ask.asker, ask.registrar.presence);
    return refused ?? decide(ask, node);
  };

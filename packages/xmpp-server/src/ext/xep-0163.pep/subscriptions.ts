// Subscriptions: one's own, and those at a node as its owner manages them (XEP-0060 §5.6, §8.8).
import { type Element, el } from '@parlance/xml/element';
import { bareOf, formatBare, formatJid, type Jid, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { errorElement } from '@parlance/xmpp/stanza-error';
import { pubsub, pubsubOwner, subscriptionElement } from '@parlance/xmpp/wire/xep-0060.pubsub';
import { readingRefused } from '../../pubsub/access.ts';
import type { PersonalNode } from '../../pubsub/personal-nodes.ts';
import { type Action, type Ask, atOwnNode } from './action.ts';
import { type Failure, outcome, repeats } from './several.ts';
import { maxSubscribers, tooMany } from './subscribe.ts';

/** The node that the request names, or all of them. */
export const chosen = ({ known, name }: Ask): readonly PersonalNode[] =>
  [...known.values()].filter((node) => name === '' || node.name === name);

/** What the asker has subscribed to, by his bare or full address (§5.6). */
export const subscriptions: Action = (ask) => {
  const address = formatBare(ask.asker);
  const found = chosen(ask).flatMap(({ name: node, subscribers }) =>
    subscribers
      .filter((jid) => bareOf(jid) === address)
      .map((jid) => subscriptionElement({ node, jid, state: 'subscribed' })),
  );
  return pubsub(el('subscriptions', namespaces.pubsub, ask.name === '' ? {} : { node: ask.name }, ...found));
};

const entryElement = (jid: string, state: string): Element =>
  subscriptionElement({ jid, state }, namespaces.pubsubOwner);

const listElement = ({ name }: PersonalNode, entries: readonly Element[]): Element =>
  el('subscriptions', namespaces.pubsubOwner, { node: name }, ...entries);

/** Who has subscribed in so many words (§8.8.1). */
export const listSubscriptions: Action = atOwnNode((_ask, node) =>
  pubsubOwner(
    listElement(
      node,
      node.subscribers.map((jid) => entryElement(jid, 'subscribed')),
    ),
  ),
);

interface Wanted {
  /** Prepared; as it was written when it is no address. */
  readonly key: string;
  readonly jid: Jid | undefined;
  readonly state: string;
}

/** Entries without a state ask for no change (§8.8.2.1). */
const readWanted = ({ wanted }: Ask): readonly Wanted[] =>
  wanted.elements().flatMap((child) => {
    const state = child.attr('subscription');
    if (child.name !== 'subscription' || child.ns !== wanted.ns || state === undefined) return [];
    const jid = parseJid(child.attr('jid') ?? '');
    return [{ key: jid === undefined ? (child.attr('jid') ?? '') : formatJid(jid), jid, state }];
  });

/** Changes the list, or says why not: nobody is subscribed to what he may not read. */
const apply = (ask: Ask, node: PersonalNode, list: Set<string>, { key, jid, state }: Wanted): Element | undefined => {
  if (state === 'none' && list.delete(key)) return undefined;
  if (jid === undefined || state !== 'subscribed') return errorElement('not-acceptable');
  const refused = readingRefused(ask.account, node, jid, ask.registrar.presence);
  if (refused !== undefined || list.has(key)) return refused;
  if (list.size >= maxSubscribers) return tooMany();
  list.add(key);
  return undefined;
};

/** Each who gains or loses a subscription is told (§8.8.4). */
export const modifySubscriptions: Action = atOwnNode(async (ask, node) => {
  const entries = readWanted(ask);
  if (repeats(entries)) return errorElement('bad-request');
  const list = new Set(node.subscribers);
  const failures = entries.flatMap((entry): Failure[] => {
    const error = apply(ask, node, list, entry);
    const is = node.subscribers.includes(entry.key) ? 'subscribed' : 'none';
    return error === undefined ? [] : [{ error, entry: entryElement(entry.key, is) }];
  });
  if (entries.length > failures.length) await ask.nodes.put(ask.account, { ...node, subscribers: [...list] });
  return outcome(failures, (left) => listElement(node, left));
});

// Publish-subscribe on the wire: items, events, requests and the errors of its own (XEP-0060 §6–8, XEP-0163).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';
import { errorElement, type StanzaCondition, type StanzaErrorDetails } from '../stanza-error.ts';

/** One item as requests, answers and events carry it. */
export interface WireItem {
  readonly id: string;
  readonly payload: Element | undefined;
  /** Stamped by the service, never by the publisher (§7.1.2.3). */
  readonly publisher?: string;
}

const itemElement = ({ id, payload, publisher }: WireItem, ns: string = namespaces.pubsub): Element =>
  el('item', ns, { id, publisher }, ...(payload === undefined ? [] : [payload]));

/** `<pubsub/>` around what is asked or answered. */
export const pubsub = (...children: readonly Element[]): Element => el('pubsub', namespaces.pubsub, {}, ...children);

export const pubsubOwner = (...children: readonly Element[]): Element =>
  el('pubsub', namespaces.pubsubOwner, {}, ...children);

/** A request to publish one item, on conditions that the node must meet or is made with (§7.1.1, §7.1.5). */
export const publishRequest = (node: string, item: WireItem, options?: Element): Element =>
  pubsub(
    el('publish', namespaces.pubsub, { node }, itemElement(item)),
    ...(options === undefined ? [] : [el('publish-options', namespaces.pubsub, {}, options)]),
  );

/** A request for items by id, or for all of a node when no id is given (§6.5). */
export const itemsRequest = (node: string, ...ids: readonly string[]): Element =>
  pubsub(el('items', namespaces.pubsub, { node }, ...ids.map((id) => el('item', namespaces.pubsub, { id }))));

/** `<items/>` of an answer. */
export const itemsElement = (node: string, items: readonly WireItem[]): Element =>
  el('items', namespaces.pubsub, { node }, ...items.map((item) => itemElement(item)));

/** One subscription to a node (§4.2); `node` is left out where the parent names it. */
export interface WireSubscription {
  readonly node?: string;
  readonly jid: string;
  readonly state: string;
}

export const subscriptionElement = ({ node, jid, state }: WireSubscription, ns: string = namespaces.pubsub): Element =>
  el('subscription', ns, { node, jid, subscription: state });

export type PubsubEvent =
  | { readonly kind: 'items'; readonly items: readonly WireItem[] }
  | { readonly kind: 'retract'; readonly ids: readonly string[] }
  | { readonly kind: 'purge' }
  | { readonly kind: 'delete' }
  | { readonly kind: 'configuration'; readonly form: Element | undefined }
  | { readonly kind: 'subscription'; readonly jid: string; readonly state: string };

const eventChild = (node: string, event: PubsubEvent): Element => {
  const ns = namespaces.pubsubEvent;
  switch (event.kind) {
    case 'items':
      return el('items', ns, { node }, ...event.items.map((item) => itemElement(item, ns)));
    case 'retract':
      return el('items', ns, { node }, ...event.ids.map((id) => el('retract', ns, { id })));
    case 'configuration':
      return el('configuration', ns, { node }, ...(event.form === undefined ? [] : [event.form]));
    case 'subscription':
      return subscriptionElement({ node, jid: event.jid, state: event.state }, ns);
    case 'purge':
    case 'delete':
      return el(event.kind, ns, { node });
  }
};

/** The `<event/>` of a notification (§7.1.2, §7.2.2, §8.2.5.3, §8.4.2, §8.5.2, §12.14). */
export const eventElement = (node: string, event: PubsubEvent): Element =>
  el('event', namespaces.pubsubEvent, {}, eventChild(node, event));

const readItem = (item: Element): WireItem => {
  const publisher = item.attr('publisher');
  return {
    id: item.attr('id') ?? '',
    payload: item.elements()[0],
    ...(publisher === undefined ? {} : { publisher }),
  };
};

/** The items below an `<items/>`, whichever namespace of publish-subscribe it stands in. */
export const readItems = (items: Element): readonly WireItem[] =>
  items
    .elements()
    .filter(({ name, ns }) => name === 'item' && ns === items.ns)
    .map(readItem);

const readEventChild = (child: Element): PubsubEvent | undefined => {
  if (child.name === 'purge' || child.name === 'delete') return { kind: child.name };
  if (child.name === 'subscription')
    return { kind: 'subscription', jid: child.attr('jid') ?? '', state: child.attr('subscription') ?? '' };
  if (child.name === 'configuration') return { kind: 'configuration', form: child.child('x', namespaces.data) };
  if (child.name !== 'items') return undefined;
  const ids = child.elements().flatMap((entry) => (entry.name === 'retract' ? (entry.attr('id') ?? []) : []));
  return ids.length > 0 ? { kind: 'retract', ids } : { kind: 'items', items: readItems(child) };
};

/** What a notification says of which node; undefined when the message is none. */
export const readEvent = (message: Element): { readonly node: string; readonly event: PubsubEvent } | undefined => {
  const child = message.child('event', namespaces.pubsubEvent)?.elements()[0];
  const event = child === undefined ? undefined : readEventChild(child);
  return event === undefined ? undefined : { node: child?.attr('node') ?? '', event };
};

/** An `<error/>` with a condition of publish-subscribe's own beside the stanza condition (§11). */
export const pubsubError = (
  condition: StanzaCondition,
  own: string,
  { feature, type }: { readonly feature?: string } & Pick<StanzaErrorDetails, 'type'> = {},
): Element =>
  errorElement(condition, {
    app: el(own, namespaces.pubsubErrors, { feature }),
    ...(type === undefined ? {} : { type }),
  });

// Personal eventing: one's own nodes, and the events of contacts (XEP-0163, XEP-0060).

import { formatJid, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { submission } from '@parlance/xmpp/wire/xep-0004.forms';
import {
  itemsRequest,
  type PubsubEvent,
  publishRequest,
  readEvent,
  readItems,
  type WireItem,
} from '@parlance/xmpp/wire/xep-0060.pubsub';
import type { XmppClient } from '../client.ts';
import type { Stop } from '../emitter.ts';

/** Conditions that a node must meet, or is made with (XEP-0060 §7.1.5), by their names without `pubsub#`. */
export type PublishOptions = Readonly<Record<string, string>>;

/** Publishes one item on a node of one's own. Rejects as request() does; StanzaError 'conflict' when an option is not met. */
export const publish = async (
  client: XmppClient,
  node: string,
  item: WireItem,
  options: PublishOptions = {},
): Promise<void> => {
  const named = Object.entries(options).map(([name, value]) => [`pubsub#${name}`, value] as const);
  const form = submission(namespaces.pubsubPublishOptions, Object.fromEntries(named));
  await client.request('set', publishRequest(node, item, named.length === 0 ? undefined : form));
};

/** Items of a node of `owner` (undefined: one's own), by id, or all that are kept. */
export const fetchItems = async (
  client: XmppClient,
  owner: string | undefined,
  node: string,
  ...ids: readonly string[]
): Promise<readonly WireItem[]> => {
  const answer = await client.request('get', itemsRequest(node, ...ids), owner);
  const items = answer?.child('items');
  return items === undefined ? [] : readItems(items);
};

export interface PepEvent {
  /** The bare address of the account whose node it is. */
  readonly owner: string;
  readonly event: PubsubEvent;
}

/**
 * Events of a node, of contacts and of one's own; says so in service discovery (XEP-0163 §4.2). Only accounts speak for
 * their nodes: an event from a full address was written by a client, and goes unseen (checklist 24).
 */
export const onEvent = (client: XmppClient, node: string, hear: (event: PepEvent) => void): Stop => {
  client.advertise(`${node}+notify`);
  return client.take('message', (message) => {
    const read = readEvent(message);
    if (read?.node !== node) return false;
    const jid = parseJid(message.attr('from') ?? client.account);
    if (jid !== undefined && jid.resource === '' && message.attr('type') !== 'error')
      hear({ owner: formatJid(jid), event: read.event });
    return true;
  });
};

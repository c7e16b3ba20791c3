// An account in the portable format, part by part, so that no archive has to fit into memory (XEP-0227 §4).
import type { Account } from '@parlance/core/account';
import { decodeVerifier, type ScramKind, scramHashes } from '@parlance/core/credentials';
import { domainOf, type Sequence } from '@parlance/core/ids';
import type { StoredEntry, Stores } from '@parlance/core/store';
import { parseDocument } from '@parlance/xml/document';
import { type Element, el } from '@parlance/xml/element';
import { storedLimits } from '@parlance/xml/limits';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { rosterQuery } from '@parlance/xmpp/wire/rfc-6121.roster';
import { itemsElement, pubsub, pubsubOwner, subscriptionElement } from '@parlance/xmpp/wire/xep-0060.pubsub';
import { delayElement } from '@parlance/xmpp/wire/xep-0203.delay';
import { denyList, scramElement } from '@parlance/xmpp/wire/xep-0227.portable';
import { forwarded } from '@parlance/xmpp/wire/xep-0297.forwarding';
import { preferencesElement } from '@parlance/xmpp/wire/xep-0441.preferences';
import { fromPolicy } from '../archive/policy.ts';
import type { ArchiveIds } from '../context.ts';
import { stanzaText, type ToStanza } from '../message/native.ts';
import { configForm, type NodeConfig } from '../pubsub/node-config.ts';
import { decodeNode, type PersonalNode, toWire } from '../pubsub/personal-nodes.ts';
import { itemOf } from '../roster/item.ts';

export interface OutgoingParts {
  readonly stores: Pick<Stores, 'credentials' | 'documents' | 'nodes' | 'mailbox' | 'archive'>;
  readonly archiveIds: Pick<ArchiveIds, 'seal'>;
  readonly toStanza: ToStanza;
}

/** Where the next part begins. */
export type Place =
  | { readonly stage: 'items'; readonly node: number; readonly above: number }
  | { readonly stage: 'offline' | 'archive'; readonly above: Sequence };

/** Text to be written behind what came before; without `next` it is the last. */
export interface Part {
  readonly text: string;
  readonly next: Place | undefined;
}

/** Messages of one part, and UTF-16 units of its items: one always fits. */
const [page, budget] = [50, 1_000_000];

/** The content of `<user/>`: the default namespace around it is that of the format. */
const textOf = (elements: readonly Element[]): string =>
  elements.map((element) => `${serialise(element, namespaces.portable)}\n`).join('');

const credentials = async ({ stores }: OutgoingParts, { id }: Account): Promise<readonly Element[]> =>
  (await stores.credentials.of(id)).flatMap(({ kind, device, parameters }) => {
    const hash = device === '' ? scramHashes[kind as ScramKind] : undefined;
    const verifier = hash === undefined ? undefined : decodeVerifier(parameters);
    return verifier === undefined ? [] : [scramElement({ ...verifier, mechanism: `SCRAM-${hash}` })];
  });

const contacts = ({ view }: Account): readonly Element[] => {
  const rows = [...view.contacts.values()].sort((a, b) => (a.address < b.address ? -1 : 1));
  const requests = rows.filter(({ permission }) => permission === 'pending');
  return [
    rosterQuery(rows.filter(({ listed }) => listed).map(itemOf)),
    ...requests.map(({ address, request }) =>
      request === ''
        ? el('presence', namespaces.client, { type: 'subscribe', from: address })
        : parseDocument(request, storedLimits, namespaces.client),
    ),
  ];
};

const documents = async ({ stores }: OutgoingParts, { id }: Account): Promise<readonly Element[]> => {
  const get = async (kind: string, name: string): Promise<readonly Element[]> => {
    const stored = await stores.documents.get(id, kind, name);
    return stored === undefined ? [] : [parseDocument(stored)];
  };
  const names = await stores.documents.names(id, 'private');
  const kept = (await Promise.all(names.map((name) => get('private', name)))).flat();
  return [
    ...(await get('vcard', '')),
    ...(kept.length === 0 ? [] : [el('query', namespaces.privateStorage, {}, ...kept)]),
  ];
};

const nodesOf = async ({ stores }: OutgoingParts, { id }: Account): Promise<readonly PersonalNode[]> =>
  (await stores.nodes.nodes(id)).map(decodeNode);

/** As Example 11 has it: a form without words for people. */
const configuration = (config: NodeConfig): Element =>
  configForm('result', config, namespaces.pubsubNodeConfig).withAttrs({ type: 'form' });

/** Configuration, affiliations and subscriptions of each node (§4.10.1). */
const nodeElements = ({ name, config, affiliates, subscribers }: PersonalNode): readonly Element[] => {
  const ns = namespaces.pubsubOwner;
  const given = [...affiliates].map(([jid, affiliation]) => el('affiliation', ns, { jid, affiliation }));
  const subscribed = subscribers.map((jid) => subscriptionElement({ jid, state: 'subscribed' }, ns));
  return [
    el('configure', ns, { node: name }, configuration(config)),
    ...(given.length === 0 ? [] : [el('affiliations', ns, { node: name }, ...given)]),
    ...(subscribed.length === 0 ? [] : [el('subscriptions', ns, { node: name }, ...subscribed)]),
  ];
};

/** Everything that is small. */
export const firstPart = async (parts: OutgoingParts, account: Account): Promise<Part> => {
  const { view, suspended } = account;
  const nodes = await nodesOf(parts, account);
  const elements = [
    ...(await credentials(parts, account)),
    el('account', namespaces.portableAccount, { role: view.role, suspended: suspended ? 'true' : undefined }),
    ...contacts(account),
    ...(await documents(parts, account)),
    ...(view.blocked.size === 0 ? [] : [denyList([...view.blocked].sort())]),
    preferencesElement(fromPolicy(view.archive)),
    ...(nodes.length === 0 ? [] : [pubsubOwner(...nodes.flatMap(nodeElements))]),
  ];
  return { text: textOf(elements), next: { stage: 'items', node: 0, above: 0 } };
};

/** Opening and closing tag of an element around what comes in several parts. */
const frame = (element: Element, context: string): readonly [string, string] => {
  const empty = serialise(element, context);
  return [`${empty.slice(0, -2)}>\n`, `</${element.name}>\n`];
};

/** Some items of one node, in the order of their publication (§4.10.2). */
const items = async (parts: OutgoingParts, account: Account, place: Place & { stage: 'items' }): Promise<Part> => {
  const nodes = await nodesOf(parts, account);
  const node = nodes[place.node];
  const offline: Place = { stage: 'offline', above: 0 as Sequence };
  if (node === undefined) return { text: '', next: offline };
  const [opening, closing] = frame(pubsub(), namespaces.portable);
  const [begin, end] = frame(itemsElement(node.name, []), namespaces.pubsub);
  const left = (await parts.stores.nodes.places(account.id, node.name)).filter((item) => item.place > place.above);
  let size = 0;
  const over = left.findIndex((item, index) => {
    size += item.size;
    return index > 0 && size > budget;
  });
  const chosen = over === -1 ? left : left.slice(0, over);
  const [first, last] = [chosen[0], chosen.at(-1)];
  const found =
    first === undefined || last === undefined
      ? []
      : await parts.stores.nodes.between(account.id, node.name, first.place, last.place);
  const inner = itemsElement(node.name, found.map(toWire)).elements();
  const body = inner.map((item) => `${serialise(item, namespaces.pubsub)}\n`).join('');
  const [isFirst, isLast] = [place.node === 0 && place.above === 0, place.node === nodes.length - 1];
  const before = `${isFirst ? opening : ''}${place.above === 0 ? begin : ''}`;
  if (over !== -1) return { text: before + body, next: { ...place, above: last?.place ?? place.above } };
  return {
    text: `${before}${body}${end}${isLast ? closing : ''}`,
    next: isLast ? offline : { stage: 'items', node: place.node + 1, above: 0 },
  };
};

const stanzaOf = (parts: OutgoingParts, { protocol, payload }: StoredEntry): Element =>
  parseDocument(stanzaText(parts, protocol, payload), storedLimits, namespaces.client);

/** A message that waits, delayed, and with its archive id when the archive has it too (§4.5). */
const waiting = (parts: OutgoingParts, account: Account, entry: StoredEntry): Element => {
  const { archiveIds } = parts;
  const stanza = stanzaOf(parts, entry);
  const by = account.address;
  const id = el('stanza-id', namespaces.sid, { id: archiveIds.seal(account, entry.sequence), by });
  const delay = delayElement({ from: domainOf(by), time: entry.time });
  return stanza.withChildren([...stanza.children, ...(entry.archived ? [id] : []), delay]);
};

/** One archived message (§4.11). */
const result = (parts: OutgoingParts, account: Account, entry: StoredEntry): Element =>
  el(
    'result',
    namespaces.mam,
    { id: parts.archiveIds.seal(account, entry.sequence) },
    forwarded({ stanza: stanzaOf(parts, entry), time: entry.time }),
  );

const messages = async (parts: OutgoingParts, account: Account, place: Place & { above: Sequence }): Promise<Part> => {
  const { mailbox, archive } = parts.stores;
  const { above } = place;
  const offline = place.stage === 'offline';
  const entries = offline
    ? await mailbox.pending(account.id, above, page)
    : (await archive.page(account.id, { after: above }, page, false)).entries;
  const make = offline ? waiting : result;
  const around = offline ? el('offline-messages', namespaces.portable) : el('archive', namespaces.portableArchive);
  const [opening, closing] = frame(around, namespaces.portable);
  const body = entries.map((entry) => `${serialise(make(parts, account, entry), around.ns)}\n`).join('');
  const more = entries.length === page;
  const begin = above === 0 && entries.length > 0 ? opening : '';
  const end = !more && (above > 0 || entries.length > 0) ? closing : '';
  const after: Place | undefined = offline ? { stage: 'archive', above: 0 as Sequence } : undefined;
  return {
    text: `${begin}${body}${end}`,
    next: more ? { stage: offline ? 'offline' : 'archive', above: entries.at(-1)?.sequence ?? above } : after,
  };
};

/** The part that begins at a place. */
export const partAt = (parts: OutgoingParts, account: Account, place: Place): Promise<Part> =>
  place.stage === 'items' ? items(parts, account, place) : messages(parts, account, place);

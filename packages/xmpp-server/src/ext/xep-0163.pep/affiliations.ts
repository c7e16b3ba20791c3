// Affiliations: one's own, and those that the owner gives at a node (XEP-0060 §4.1, §5.7, §8.9).
import { type Element, el } from '@parlance/xml/element';
import { formatBare, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { errorElement } from '@parlance/xmpp/stanza-error';
import { pubsub, pubsubOwner } from '@parlance/xmpp/wire/xep-0060.pubsub';
import { admitted } from '../../pubsub/access.ts';
import type { Affiliation, PersonalNode } from '../../pubsub/personal-nodes.ts';
import { type Action, type Ask, atOwnNode, unsupported } from './action.ts';
import { type Failure, outcome, repeats } from './several.ts';
import { chosen } from './subscriptions.ts';

/** Affiliates of one node, and UTF-16 units of all their addresses. */
const maxAffiliates = 500;
const maxText = 65_536;

type Affiliates = Map<string, Affiliation>;

/** What the asker is at nodes (§5.7). */
export const affiliations: Action = (ask) => {
  const address = formatBare(ask.asker);
  const found = chosen(ask).flatMap(({ name, affiliates }) => {
    const affiliation = ask.isOwner ? 'owner' : affiliates.get(address);
    return affiliation === undefined ? [] : [el('affiliation', namespaces.pubsub, { node: name, affiliation })];
  });
  return pubsub(el('affiliations', namespaces.pubsub, ask.name === '' ? {} : { node: ask.name }, ...found));
};

const entryElement = (jid: string, affiliation: string): Element =>
  el('affiliation', namespaces.pubsubOwner, { jid, affiliation });

const listElement = ({ name }: PersonalNode, entries: readonly Element[]): Element =>
  el('affiliations', namespaces.pubsubOwner, { node: name }, ...entries);

/** The owner, and all whom he has given an affiliation (§8.9.1). */
export const listAffiliations: Action = atOwnNode(({ account }, node) => {
  const given = [...node.affiliates].map(([jid, affiliation]) => entryElement(jid, affiliation));
  return pubsubOwner(listElement(node, [entryElement(account.address, 'owner'), ...given]));
});

interface Wanted {
  /** Prepared and without a label (§4.1); as it was written when it is no address. */
  readonly key: string;
  readonly valid: boolean;
  readonly affiliation: string;
}

/** Entries without an affiliation ask for no change (§8.9.2.1). */
const readWanted = ({ wanted }: Ask): readonly Wanted[] =>
  wanted.elements().flatMap((child) => {
    const affiliation = child.attr('affiliation');
    if (child.name !== 'affiliation' || child.ns !== wanted.ns || affiliation === undefined) return [];
    const written = child.attr('jid') ?? '';
    const jid = parseJid(written);
    const key = jid === undefined ? written : formatBare(jid);
    return [{ key, valid: jid !== undefined, affiliation }];
  });

const fits = (affiliates: Affiliates): boolean =>
  affiliates.size <= maxAffiliates && [...affiliates.keys()].join('').length <= maxText;

/** Changes the list, or says why not: the owner stays owner and the only one, nobody else publishes (XEP-0163 §2.2). */
const apply = ({ account }: Ask, affiliates: Affiliates, { key, valid, affiliation }: Wanted): Element | undefined => {
  if (affiliation === 'publisher' || affiliation === 'publish-only') return unsupported(`${affiliation}-affiliation`);
  if (!valid || (key === account.address) !== (affiliation === 'owner')) return errorElement('not-acceptable');
  if (affiliation === 'owner') return undefined;
  if (affiliation === 'none') {
    affiliates.delete(key);
    return undefined;
  }
  if (affiliation !== 'member' && affiliation !== 'outcast') return errorElement('not-acceptable');
  const isNew = !affiliates.has(key);
  affiliates.set(key, affiliation);
  if (!isNew || fits(affiliates)) return undefined;
  affiliates.delete(key);
  return errorElement('resource-constraint');
};

/** Who may not read any more is no subscriber any more (§8.9.2). */
export const modifyAffiliations: Action = atOwnNode(async (ask, node) => {
  const { account, nodes, registrar } = ask;
  const entries = readWanted(ask);
  if (repeats(entries)) return errorElement('bad-request');
  const affiliates: Affiliates = new Map(node.affiliates);
  const failures = entries.flatMap((entry): Failure[] => {
    const error = apply(ask, affiliates, entry);
    const is = entry.key === account.address ? 'owner' : (node.affiliates.get(entry.key) ?? 'none');
    return error === undefined ? [] : [{ error, entry: entryElement(entry.key, is) }];
  });
  if (entries.length > failures.length) {
    const changed = { ...node, affiliates };
    await nodes.put(account, { ...changed, subscribers: admitted(account, changed, registrar.presence) });
  }
  return outcome(failures, (left) => listElement(node, left));
});

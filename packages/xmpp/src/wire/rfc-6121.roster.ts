// Rosters on the wire: items, results, sets and pushes (RFC 6121 §2.1).
import { type Element, el } from '@parlance/xml/element';
import { formatJid, parseJid } from '../jid.ts';
import { namespaces } from '../namespaces.ts';

/** RFC 6121 §2.1.2.5. */
export type Subscription = 'none' | 'to' | 'from' | 'both';

/** A contact as its owner sees it (RFC 6121 §2.1.2). */
export interface RosterItem {
  readonly jid: string;
  readonly name: string;
  readonly subscription: Subscription;
  /** A request to the contact waits for its answer (§2.1.2.2). */
  readonly ask: boolean;
  /** Approved before it asked (§2.1.2.1). */
  readonly approved: boolean;
  readonly groups: readonly string[];
}

/** What a client may say of an item: the rest is the server's (§2.1.5). */
export type RosterChange =
  | { readonly jid: string; readonly remove: true }
  | { readonly jid: string; readonly remove: false; readonly name: string; readonly groups: readonly string[] };

/** How long names may be, in UTF-8 bytes, and how many groups an item may be in. */
export interface RosterItemLimits {
  readonly name: number;
  readonly groups: number;
}

const subscriptions: ReadonlySet<string> = new Set(['none', 'to', 'from', 'both']);

const isSubscription = (text: string | undefined): text is Subscription =>
  text !== undefined && subscriptions.has(text);

/** Longer than so many UTF-8 bytes; cheap for text that is far from it. */
const longer = (text: string, bytes: number): boolean =>
  text.length > bytes || (text.length * 3 > bytes && new TextEncoder().encode(text).length > bytes);

/** `<item/>`; attributes that say nothing are left out (§2.1.2). */
export const rosterItem = ({ jid, name, subscription, ask, approved, groups }: RosterItem): Element =>
  el(
    'item',
    namespaces.roster,
    {
      jid,
      name: name === '' ? undefined : name,
      subscription,
      ask: ask ? 'subscribe' : undefined,
      approved: approved ? 'true' : undefined,
    },
    ...groups.map((group) => el('group', namespaces.roster, {}, group)),
  );

/** `<item subscription='remove'/>` of a push or a set (§2.5). */
export const removedItem = (jid: string): Element => el('item', namespaces.roster, { jid, subscription: 'remove' });

/** `<query/>` of a result, a push (one item) or a request (none); `ver` as §2.6 says. */
export const rosterQuery = (items: readonly Element[], ver?: string): Element =>
  el('query', namespaces.roster, { ver }, ...items);

/** A set's `<item/>` with a name and groups (§2.3.1). */
export const itemToSet = (jid: string, name: string, groups: readonly string[]): Element =>
  el(
    'item',
    namespaces.roster,
    { jid, name: name === '' ? undefined : name },
    ...groups.map((group) => el('group', namespaces.roster, {}, group)),
  );

const isItem = ({ name, ns }: Element): boolean => name === 'item' && ns === namespaces.roster;

/** A roster get names no item (§2.1.3); what other specifications put into it may stand there (XEP-0405 §2.10). */
export const isRosterGet = (query: Element): boolean => !query.elements().some(isItem);

const groupsOf = (item: Element): readonly string[] =>
  item
    .elements()
    .filter(({ name, ns }) => name === 'group' && ns === namespaces.roster)
    .map((group) => group.text());

/** An item of a result, read tolerantly (§2.1.2); undefined when its address is none. */
export const readRosterItem = (item: Element): RosterItem | undefined => {
  const address = parseJid(item.attr('jid') ?? '');
  if (address === undefined) return undefined;
  const subscription = item.attr('subscription');
  const approved = item.attr('approved');
  return {
    jid: formatJid(address),
    name: item.attr('name') ?? '',
    subscription: isSubscription(subscription) ? subscription : 'none',
    ask: item.attr('ask') === 'subscribe',
    approved: approved === 'true' || approved === '1',
    groups: groupsOf(item),
  };
};

/**
 * What a roster set asks for, or the condition it is refused with (§2.1.5, §2.3.3). The address is prepared and bare.
 * `subscription` other than `remove`, `ask` and `approved` are ignored (§2.1.2).
 */
export const readRosterSet = (
  query: Element,
  limits: RosterItemLimits,
): RosterChange | 'bad-request' | 'not-acceptable' => {
  const [item, ...more] = query.elements().filter(isItem);
  if (item === undefined || more.length > 0) return 'bad-request';
  const jid = parseJid(item.attr('jid') ?? '');
  if (jid === undefined || jid.resource !== '') return 'bad-request';
  const address = formatJid(jid);
  if (item.attr('subscription') === 'remove') return { jid: address, remove: true };
  const name = item.attr('name') ?? '';
  const groups = groupsOf(item);
  if (new Set(groups).size < groups.length) return 'bad-request';
  const unacceptable =
    longer(name, limits.name) ||
    groups.length > limits.groups ||
    groups.some((group) => group === '' || longer(group, limits.name));
  return unacceptable ? 'not-acceptable' : { jid: address, remove: false, name, groups };
};

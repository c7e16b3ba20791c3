// Service discovery on the wire: what an entity is and can do, and what belongs to it (XEP-0030 §3, §4).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

/** What an entity is (§3.1); the registry of categories and types is the XMPP Registrar's. */
export interface Identity {
  readonly category: string;
  readonly type: string;
  readonly name?: string;
}

/** An answer to disco#info. */
export interface DiscoInfo {
  readonly identities: readonly Identity[];
  readonly features: readonly string[];
  /** Extended information: forms of type `result` (XEP-0128). */
  readonly forms: readonly Element[];
}

/** One item of an answer to disco#items (§4.1). */
export interface DiscoItem {
  readonly jid: string;
  readonly node?: string;
  readonly name?: string;
}

/** The node that is asked about, '' when none. */
export const nodeOf = (query: Element): string => query.attr('node') ?? '';

const nodeAttribute = (node: string): string | undefined => (node === '' ? undefined : node);

/** `<query/>` of disco#info; the answer names the node that was asked about (§3.2). */
export const infoElement = (info: DiscoInfo, node = ''): Element =>
  el(
    'query',
    namespaces.discoInfo,
    { node: nodeAttribute(node) },
    ...info.identities.map(({ category, type, name }) =>
      el('identity', namespaces.discoInfo, { category, type, name }),
    ),
    ...info.features.map((name) => el('feature', namespaces.discoInfo, { var: name })),
    ...info.forms,
  );

/** What an answer to disco#info says; identities and features without their required attributes are left out. */
export const readInfo = (query: Element): DiscoInfo => {
  const children = query.elements();
  return {
    identities: children.flatMap((child) => {
      const { category, type, name } = {
        category: child.attr('category'),
        type: child.attr('type'),
        name: child.attr('name'),
      };
      if (child.name !== 'identity' || category === undefined || type === undefined) return [];
      return [{ category, type, ...(name === undefined ? {} : { name }) }];
    }),
    features: children.flatMap((child) => (child.name === 'feature' ? (child.attr('var') ?? []) : [])),
    forms: children.filter(({ name, ns }) => name === 'x' && ns === namespaces.data),
  };
};

/** `<item/>` of disco#items. */
export const itemElement = ({ jid, node, name }: DiscoItem): Element =>
  el('item', namespaces.discoItems, { jid, node, name });

/** `<query/>` of disco#items. */
export const itemsElement = (items: readonly Element[], node = ''): Element =>
  el('query', namespaces.discoItems, { node: nodeAttribute(node) }, ...items);

/** The items of an answer; those without an address are left out. */
export const readItems = (query: Element): readonly DiscoItem[] =>
  query.elements().flatMap((child) => {
    const [jid, node, name] = [child.attr('jid'), child.attr('node'), child.attr('name')];
    if (child.name !== 'item' || jid === undefined) return [];
    return [{ jid, ...(node === undefined ? {} : { node }), ...(name === undefined ? {} : { name }) }];
  });

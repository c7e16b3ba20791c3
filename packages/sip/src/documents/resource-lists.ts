// Resource lists and the services that watch them: documents that clients keep by XCAP, and bodies with recipients (RFC 4826 §3, §4; RFC 5365 §5).
import { type Element, el } from '@parlance/xml/element';
import { malformed } from '../error.ts';
import { namespaces } from '../namespaces.ts';
import { children, needed, readXml, textChild, textOf, writeXml } from '../xml.ts';

const ns = namespaces.resourceLists;
const services = namespaces.listServices;
const what = 'resource list';

/** One thing in a list (RFC 4826 §3.1); references are not resolved here. */
export type ListItem =
  | { readonly kind: 'entry'; readonly uri: string; readonly displayName?: string | undefined }
  | { readonly kind: 'entry-ref'; readonly ref: string; readonly displayName?: string | undefined }
  | { readonly kind: 'external'; readonly anchor: string; readonly displayName?: string | undefined }
  | ({ readonly kind: 'list' } & ResourceList);

export interface ResourceList {
  /** Unique among the lists beside it. */
  readonly name?: string | undefined;
  readonly displayName?: string | undefined;
  readonly items: readonly ListItem[];
}

/** Reads an `application/resource-lists+xml` body. Throws `SipError` 400. Elements of other namespaces are passed over. */
export const readResourceLists = (body: Uint8Array): readonly ResourceList[] =>
  children(readXml(body, what, 'resource-lists', ns), 'list').map(readList);

const readList = (list: Element): ResourceList => ({
  name: list.attr('name'),
  displayName: list.child('display-name', ns)?.text().trim(),
  items: list.elements().flatMap((child) => (child.ns === ns ? (readItem(child) ?? []) : [])),
});

const readItem = (child: Element): ListItem | undefined => {
  const displayName = textOf(child, 'display-name');
  switch (child.name) {
    case 'entry':
      return { kind: 'entry', uri: needed(child, 'uri', what), displayName };
    case 'entry-ref':
      return { kind: 'entry-ref', ref: needed(child, 'ref', what), displayName };
    case 'external':
      return { kind: 'external', anchor: needed(child, 'anchor', what), displayName };
    case 'list':
      return { kind: 'list', ...readList(child) };
    default:
      return undefined;
  }
};

export const writeResourceLists = (lists: readonly ResourceList[]): Uint8Array =>
  writeXml(el('resource-lists', ns, {}, ...lists.map((list) => listElement(ns, list))));

const listElement = (own: string, { name, displayName, items }: ResourceList): Element =>
  el('list', own, { name }, ...textChild('display-name', ns, displayName), ...items.map(itemElement));

const itemElement = (item: ListItem): Element => {
  if (item.kind === 'list') return listElement(ns, item);
  const display = textChild('display-name', ns, item.displayName);
  if (item.kind === 'entry') return el('entry', ns, { uri: item.uri }, ...display);
  if (item.kind === 'entry-ref') return el('entry-ref', ns, { ref: item.ref }, ...display);
  return el('external', ns, { anchor: item.anchor }, ...display);
};

/** A list that is watched as one resource (RFC 4826 §4.1). */
export interface ListService {
  readonly uri: string;
  /** Where the list stands, or the list. */
  readonly list: string | ResourceList;
  /** Event packages; all when there are none. */
  readonly packages: readonly string[];
}

/** Reads an `application/rls-services+xml` body. Throws `SipError` 400, also for a service without a list. */
export const readListServices = (body: Uint8Array): readonly ListService[] =>
  children(readXml(body, what, 'rls-services', services), 'service').map(readService);

const readService = (service: Element): ListService => {
  const list = service.child('list');
  const packages = service.child('packages');
  const named = textOf(service, 'resource-list');
  if (list === undefined && named === undefined) throw malformed(what);
  return {
    uri: needed(service, 'uri', what),
    list: list === undefined ? (named ?? '') : readList(list),
    packages: packages === undefined ? [] : children(packages, 'package').map((name) => name.text().trim()),
  };
};

export const writeListServices = (all: readonly ListService[]): Uint8Array =>
  writeXml(el('rls-services', services, {}, ...all.map(serviceElement)));

const serviceElement = ({ uri, list, packages }: ListService): Element => {
  const names = packages.map((name) => el('package', services, {}, name));
  return el(
    'service',
    services,
    { uri },
    typeof list === 'string' ? el('resource-list', services, {}, list) : listElement(services, list),
    ...(names.length === 0 ? [] : [el('packages', services, {}, ...names)]),
  );
};

// Result set management on the wire: which page is asked for, and what a page says of itself (XEP-0059 §2).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

/** The page that is asked for. */
export interface PageRequest {
  /** At most this many items; 0 asks for the count alone (§2.7). Undefined: as many as the responder likes. */
  readonly max: number | undefined;
  /** Items behind this id (§2.2). */
  readonly after: string | undefined;
  /** Items in front of this id (§2.3); '' asks for the last page (§2.5). */
  readonly before: string | undefined;
  /** The place of the first item in the full set (§2.6). */
  readonly index: number | undefined;
}

/** What a page says of itself; ids are absent from an empty page (§2.2). */
export interface PageReport {
  readonly first?: string;
  readonly last?: string;
  /** Place of the first item in the full set. */
  readonly index?: number;
  /** Items in the full set. */
  readonly count?: number;
}

/** A non-negative integer; undefined when it is none. */
const natural = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined;

const numbers = ['max', 'index'];

/** The `<set/>` child of a request; no such child asks for nothing special. Undefined when a number in it is none. */
export const readPageRequest = (parent: Element): PageRequest | undefined => {
  const set = parent.child('set', namespaces.rsm);
  if (numbers.some((name) => set?.child(name) !== undefined && natural(set.childText(name)) === undefined))
    return undefined;
  return {
    max: natural(set?.childText('max')),
    after: set?.childText('after'),
    before: set?.childText('before'),
    index: natural(set?.childText('index')),
  };
};

const leaf = (name: string, value: string | number | undefined): Element[] =>
  value === undefined ? [] : [el(name, namespaces.rsm, {}, String(value))];

/** The `<set/>` of a request. */
export const pageRequest = ({ max, after, before, index }: Partial<PageRequest>): Element =>
  el(
    'set',
    namespaces.rsm,
    {},
    ...leaf('max', max),
    ...leaf('after', after),
    ...(before === '' ? [el('before', namespaces.rsm)] : leaf('before', before)),
    ...leaf('index', index),
  );

/** The `<set/>` of an answer. */
export const pageReport = ({ first, last, index, count }: PageReport): Element => {
  const attributes = index === undefined ? {} : { index: String(index) };
  const start = first === undefined ? [] : [el('first', namespaces.rsm, attributes, first)];
  return el('set', namespaces.rsm, {}, ...start, ...leaf('last', last), ...leaf('count', count));
};

/** The `<set/>` child of an answer, read tolerantly: what is missing or malformed is left out. */
export const readPageReport = (parent: Element): PageReport => {
  const set = parent.child('set', namespaces.rsm);
  const known = {
    first: set?.childText('first'),
    last: set?.childText('last'),
    index: natural(set?.child('first')?.attr('index')),
    count: natural(set?.childText('count')),
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
};

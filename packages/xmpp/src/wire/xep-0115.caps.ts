// Entity capabilities on the wire: the annotation of presence, and the text whose hash verifies it (XEP-0115 §4, §5).
import type { HashName } from '@parlance/base/crypto';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

/** What a `<c/>` says (§4). */
export interface Capabilities {
  /** The textual name of the hash, as sent: `sha-1`, …; '' in the legacy format (§13). */
  readonly hash: string;
  readonly node: string;
  readonly ver: string;
}

const hashes: ReadonlyMap<string, HashName> = new Map([
  ['sha-1', 'SHA-1'],
  ['sha-256', 'SHA-256'],
  ['sha-512', 'SHA-512'],
]);

/** The hash that a textual name means, if it is one we can verify (§8.1). */
export const hashNamed = (name: string): HashName | undefined => hashes.get(name);

/** The capabilities in a presence; undefined when there are none, or longer than any real ones. */
export const readCapabilities = (presence: Element): Capabilities | undefined => {
  const c = presence.child('c', namespaces.caps);
  const node = c?.attr('node');
  const ver = c?.attr('ver');
  const hash = c?.attr('hash') ?? '';
  if (node === undefined || ver === undefined || node.length > 1_024 || ver.length > 256 || hash.length > 32)
    return undefined;
  return { hash, node, ver };
};

export const capabilitiesElement = ({ hash, node, ver }: Capabilities): Element =>
  el('c', namespaces.caps, { hash: hash === '' ? undefined : hash, node, ver });

/** A UTF-16 unit such that units compare as the code points they are part of. */
const weight = (unit: number): number => {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
};

/** Order by the octets of UTF-8 (§5.1, "i;octet"), which is the order of code points. */
const byOctets = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length);
  for (let at = 0; at < length; at++) {
    const difference = weight(a.charCodeAt(at)) - weight(b.charCodeAt(at));
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

const byParts = (a: readonly string[], b: readonly string[]): number => {
  for (const [at, part] of a.entries()) {
    const difference = byOctets(part, b[at] ?? '');
    if (difference !== 0) return difference;
  }
  return 0;
};

const textsOf = (element: Element, name: string): readonly string[] =>
  element
    .elements()
    .filter((child) => child.name === name && child.ns === element.ns)
    .map((child) => child.text());

const identitiesOf = (query: Element): readonly (readonly string[])[] =>
  query
    .elements()
    .filter(({ name, ns }) => name === 'identity' && ns === query.ns)
    .map((i) => [i.attr('category') ?? '', i.attr('type') ?? '', i.attr('xml:lang') ?? '', i.attr('name') ?? ''])
    .toSorted(byParts);

const featuresOf = (query: Element): readonly string[] =>
  query
    .elements()
    .filter(({ name, ns }) => name === 'feature' && ns === query.ns)
    .map((feature) => feature.attr('var') ?? '');

/** One extended form as the factors of the text, FORM_TYPE first; undefined for a form to be passed over (§5.4, 3.6). */
const factorsOf = (form: Element): readonly string[] | undefined => {
  const fields = form.elements().filter(({ name, ns }) => name === 'field' && ns === namespaces.data);
  const kind = fields.find((field) => field.attr('var') === 'FORM_TYPE');
  if (kind?.attr('type') !== 'hidden') return undefined;
  const rest = fields
    .filter((field) => field !== kind)
    .map((field) => ({ name: field.attr('var') ?? '', values: textsOf(field, 'value').toSorted(byOctets) }))
    .toSorted((a, b) => byOctets(a.name, b.name));
  return [...new Set(textsOf(kind, 'value')), ...rest.flatMap(({ name, values }) => [name, ...values])];
};

const distinct = (texts: readonly string[]): boolean => new Set(texts).size === texts.length;

/** FORM_TYPEs differ, and none has two values (§5.4, 3.5). */
const formsAreWellFormed = (query: Element): boolean => {
  const kinds: string[] = [];
  for (const form of query.elements().filter(({ name, ns }) => name === 'x' && ns === namespaces.data)) {
    const kind = form.elements().find((field) => field.attr('var') === 'FORM_TYPE');
    const values = kind === undefined ? [] : [...new Set(textsOf(kind, 'value'))];
    if (values.length > 1) return false;
    if (kind?.attr('type') === 'hidden') kinds.push(values[0] ?? '');
  }
  return distinct(kinds);
};

/**
 * The text that is hashed for a disco#info result (§5.1). Undefined when the result is ill-formed (§5.4, 3.3–3.5) or a
 * factor contains `<`, with which two different results could be given one text (§9.2).
 */
export const verificationText = (query: Element): string | undefined => {
  const identities = identitiesOf(query).map((parts) => parts.join('/'));
  const features = featuresOf(query).toSorted(byOctets);
  if (!distinct(identities) || !distinct(features) || !formsAreWellFormed(query)) return undefined;
  const forms = query
    .elements()
    .filter(({ name, ns }) => name === 'x' && ns === namespaces.data)
    .flatMap((form) => {
      const factors = factorsOf(form);
      return factors === undefined ? [] : [factors];
    })
    .toSorted((a, b) => byOctets(a[0] ?? '', b[0] ?? ''));
  const factors = [...identities, ...features, ...forms.flat()];
  if (factors.some((factor) => factor.includes('<'))) return undefined;
  return factors.map((factor) => `${factor}<`).join('');
};

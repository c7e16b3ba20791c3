// Namespaces in force at one place of a document (Namespaces in XML 1.0).
import { isNameStart } from './characters.ts';
import { notWellFormed, tooMuch, XmlError } from './error.ts';
import type { Limits } from './limits.ts';

const xml = 'http://www.w3.org/XML/1998/namespace';
const xmlns = 'http://www.w3.org/2000/xmlns/';

/** Prefixes by name; shared by every element that declares none of its own. */
export type Prefixes = ReadonlyMap<string, string>;

export const noPrefixes: Prefixes = new Map();

/** Adds declarations. `xml` and `xmlns` are nobody's to change, and a prefix is never undeclared (§3, §5). */
export const declare = (outer: Prefixes, declared: readonly string[], limits: Limits): Prefixes => {
  const prefixes = new Map(outer);
  for (let at = 0; at < declared.length; at += 2) {
    const prefix = declared[at] ?? '';
    const ns = declared[at + 1] ?? '';
    if (prefix === 'xml' && ns === xml) continue;
    if (prefix === '' || prefix.includes(':') || prefix === 'xml' || prefix === 'xmlns')
      throw notWellFormed('a prefix that may not be declared');
    if (ns === '' || ns === xml || ns === xmlns) throw notWellFormed('a namespace that no prefix may have');
    prefixes.set(prefix, ns);
  }
  if (prefixes.size > limits.namespaces) throw tooMuch('too many prefixes');
  return prefixes;
};

/** Splits at the only colon that a qualified name may have, which is neither first nor last (§4). */
const colonOf = (name: string): number => {
  const at = name.indexOf(':');
  if (at !== -1 && (at === 0 || name.includes(':', at + 1) || !isNameStart(name.charCodeAt(at + 1))))
    throw notWellFormed('a misplaced colon');
  return at;
};

/** An element's namespace and local name. */
export const resolveName = (
  name: string,
  defaultNs: string,
  prefixes: Prefixes,
): readonly [ns: string, local: string] => {
  const colon = colonOf(name);
  if (colon === -1) return [defaultNs, name];
  return [namespaceOf(name.slice(0, colon), prefixes), name.slice(colon + 1)];
};

const namespaceOf = (prefix: string, prefixes: Prefixes): string => {
  const ns = prefix === 'xml' ? xml : prefixes.get(prefix);
  if (ns === undefined) throw new XmlError('bad-namespace-prefix', 'a prefix that is not declared');
  return ns;
};

/** Attribute names as the element keeps them: `xml:…` as it is, other prefixes as `{namespace}local`. Changes `attrs`. */
export const resolveAttributes = (attrs: string[], prefixes: Prefixes): void => {
  for (let at = 0; at < attrs.length; at += 2) {
    const name = attrs[at] ?? '';
    const colon = colonOf(name);
    if (colon === -1 || name.startsWith('xml:')) continue;
    const resolved = `{${namespaceOf(name.slice(0, colon), prefixes)}}${name.slice(colon + 1)}`;
    for (let other = 0; other < attrs.length; other += 2)
      if (attrs[other] === resolved) throw notWellFormed('an attribute twice');
    attrs[at] = resolved;
  }
};

// XML bodies: bounded reading, and writing with the usual prefixes (RFC 3863 §4.1; RFC 3470). Readers throw `SipError` 400 only.
import { parseDocument } from '@parlance/xml/document';
import { type Element, el } from '@parlance/xml/element';
import { XmlError } from '@parlance/xml/error';
import type { Limits } from '@parlance/xml/limits';
import { escapeAttr, escapeText } from '@parlance/xml/serialise';
import { malformed } from './error.ts';
import { namespaces } from './namespaces.ts';
import { decodeText, encodeText } from './text.ts';

/** What one document may cost: enough for a list of a few thousand watchers. */
const limits: Limits = { bytes: 524_288, depth: 32, children: 8_192, attributes: 64, name: 256, namespaces: 64 };

/**
 * Reads a document whose root is this element. Comments are passed over; document types, entities and processing instructions are
 * refused. Throws `SipError` 400 for whatever is no such document within the limits; `what` names it there.
 */
export const readXml = (body: Uint8Array, what: string, name: string, ns: string): Element => {
  if (body.length > limits.bytes) throw malformed(what);
  const root = parse(decodeText(body, what), what);
  if (root.name !== name || root.ns !== ns) throw malformed(what);
  return root;
};

const parse = (text: string, what: string): Element => {
  try {
    return parseDocument(withoutComments(text, what).trim(), limits);
  } catch (error) {
    if (error instanceof XmlError) throw malformed(what);
    throw error;
  }
};

/** Comments say nothing (XML 1.0 §2.5); the scanner, made for XMPP, knows none. CDATA sections stay whole. */
const withoutComments = (text: string, what: string): string => {
  if (!text.includes('<!--')) return text;
  let kept = '';
  let at = 0;
  for (let next = text.indexOf('<!'); next !== -1; next = text.indexOf('<!', at)) {
    const comment = text.startsWith('<!--', next);
    const end = comment ? text.indexOf('-->', next + 4) : text.indexOf(']]>', next);
    if (end === -1 || !(comment || text.startsWith('<![CDATA[', next))) throw malformed(what);
    kept += text.slice(at, comment ? next : end + 3);
    at = end + 3;
  }
  return kept + text.slice(at);
};

/** Prefixes that software is used to; some reads them as text. */
const usual = new Map<string, string>([
  [namespaces.dataModel, 'dm'],
  [namespaces.rpid, 'rpid'],
  [namespaces.locationType, 'lt'],
  [namespaces.commonPolicy, 'cp'],
  [namespaces.presenceRules, 'pr'],
  [namespaces.resourceLists, 'rl'],
]);

/** A document with its declaration (RFC 3863 §4.1). The root's namespace is the default, the others' prefixes are declared there. */
export const writeXml = (root: Element): Uint8Array => {
  const used = new Set<string>();
  collect(root, used);
  const declared = new Map([...usual].filter(([ns]) => used.has(ns) && ns !== root.ns));
  let declarations = ` xmlns="${escapeAttr(root.ns)}"`;
  for (const [ns, prefix] of declared) declarations += ` xmlns:${prefix}="${ns}"`;
  return encodeText(`<?xml version="1.0" encoding="UTF-8"?>\r\n${write(root, root.ns, declared, declarations)}\r\n`);
};

const collect = (element: Element, used: Set<string>): void => {
  used.add(element.ns);
  for (const child of element.elements()) collect(child, used);
};

const write = (element: Element, context: string, declared: ReadonlyMap<string, string>, declarations = ''): string => {
  const { ns, children } = element;
  const prefix = ns === context ? undefined : declared.get(ns);
  const name = prefix === undefined ? element.name : `${prefix}:${element.name}`;
  const inner = prefix === undefined ? ns : context;
  const own = inner === context ? declarations : ` xmlns="${escapeAttr(inner)}"`;
  const opening = `<${name}${own}${attributes(element)}`;
  if (children.length === 0) return `${opening}/>`;
  let text = `${opening}>`;
  for (const child of children) text += typeof child === 'string' ? escapeText(child) : write(child, inner, declared);
  return `${text}</${name}>`;
};

const attributes = ({ attrs }: Element): string => {
  let text = '';
  for (let at = 0; at < attrs.length; at += 2) {
    const name = attrs[at] ?? '';
    const value = escapeAttr(attrs[at + 1] ?? '');
    const end = name.startsWith('{') ? name.indexOf('}') : -1;
    if (end === -1) text += ` ${name}="${value}"`;
    else text += ` xmlns:a${at}="${escapeAttr(name.slice(1, end))}" a${at}:${name.slice(end + 1)}="${value}"`;
  }
  return text;
};

/** An attribute that must be there; throws `SipError` 400 naming the element's kind only. */
export const needed = (element: Element, name: string, what: string): string => {
  const value = element.attr(name)?.trim();
  if (value === undefined || value === '') throw malformed(what);
  return value;
};

/** A whole number without sign, of at most 53 bits; undefined for anything else. */
export const unsigned = (text: string | undefined): number | undefined => {
  const trimmed = text?.trim() ?? '';
  if (!/^\d{1,16}$/.test(trimmed)) return undefined;
  const value = Number(trimmed);
  return Number.isSafeInteger(value) ? value : undefined;
};

/** The word, if it is one of those that are known. */
export const known = <T extends string>(words: readonly T[], text: string | undefined): T | undefined => {
  const trimmed = text?.trim();
  return words.find((word) => word === trimmed);
};

/** The children of this name in the element's own namespace. */
export const children = (element: Element, name: string, ns: string = element.ns): readonly Element[] =>
  element.elements().filter((child) => child.name === name && child.ns === ns);

/** A child's text without white space at its ends; undefined when it is not there or empty. */
export const textOf = (element: Element, name: string): string | undefined =>
  element.childText(name)?.trim() || undefined;

/** A child with text, or none when there is nothing to say. */
export const textChild = (name: string, ns: string, text: string | number | undefined): readonly Element[] =>
  text === undefined ? [] : [el(name, ns, {}, String(text))];

/** A number as an attribute's value. */
export const numeral = (value: number | undefined): string | undefined =>
  value === undefined ? undefined : String(value);

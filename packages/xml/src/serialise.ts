// The serialiser: elements to text, default namespaces only, so that the text may be spliced wherever its context namespace holds.
import type { Element } from './element.ts';

const special = /[&<>'"\t\n\r]/;

const references: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  "'": '&apos;',
  '"': '&quot;',
  '\t': '&#x9;',
  '\n': '&#xA;',
  '\r': '&#xD;',
};

/** Character data with `&`, `<`, `>` and carriage returns as references (XML 1.0 §2.4, §2.11). */
export const escapeText = (text: string): string =>
  special.test(text) ? text.replace(/[&<>\r]/g, (character) => references[character] ?? '') : text;

/** An attribute value for either kind of quote; white space survives normalisation (XML 1.0 §3.3.3). */
export const escapeAttr = (value: string): string =>
  special.test(value) ? value.replace(/[&<>'"\t\n\r]/g, (character) => references[character] ?? '') : value;

/** Attributes as text; names in other namespaces get a prefix declared in place (Namespaces in XML 1.0 §5.2). */
const attributes = ({ attrs }: Element): string => {
  let text = '';
  for (let at = 0; at < attrs.length; at += 2) {
    const name = attrs[at] ?? '';
    const value = escapeAttr(attrs[at + 1] ?? '');
    if (name.charCodeAt(0) !== 0x7b) text += ` ${name}='${value}'`;
    else {
      const end = name.indexOf('}');
      text += ` xmlns:a${at}='${escapeAttr(name.slice(1, end))}' a${at}:${name.slice(end + 1)}='${value}'`;
    }
  }
  return text;
};

/** The element as text. `xmlns` is written only where it differs from `contextNs`, the namespace in force around it. */
export const serialise = (element: Element, contextNs = ''): string => {
  const { name, ns, children } = element;
  let text = ns === contextNs ? `<${name}` : `<${name} xmlns='${escapeAttr(ns)}'`;
  text += attributes(element);
  if (children.length === 0) return `${text}/>`;
  text += '>';
  for (const child of children) text += typeof child === 'string' ? escapeText(child) : serialise(child, ns);
  return `${text}</${name}>`;
};

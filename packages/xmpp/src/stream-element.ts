// Elements of the streams namespace as text, under the prefix that headers declare for it (RFC 6120 §4.8.1, §4.8.5).
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from './namespaces.ts';

const text = ({ name, children }: Element, contextNs: string, declaration: string): string => {
  const inner = children.map((child) => (typeof child === 'string' ? '' : serialise(child, contextNs))).join('');
  return `<stream:${name}${declaration}>${inner}</stream:${name}>`;
};

/** A first-level element of a stream whose header declares prefix and default namespace. */
export const inStream = (element: Element): string =>
  element.ns === namespaces.stream ? text(element, namespaces.client, '') : serialise(element, namespaces.client);

/** A first-level element that stands alone, and declares its own namespaces (RFC 7395 §3.3.3, XEP-0206 §3). */
export const standingAlone = (element: Element): string =>
  element.ns === namespaces.stream ? text(element, '', ` xmlns:stream='${namespaces.stream}'`) : serialise(element);

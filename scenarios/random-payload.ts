// Random XML for messages and requests: namespaces, attributes, every legal character, nesting (row 24; XML 1.0 §2.2).
import { Element, type XmlNode } from '@parlance/xml/element';
import fc from 'fast-check';

/** Any character that XML 1.0 allows; those that trip people up come often. */
const character = fc.oneof(
  fc.constantFrom('<', '>', '&', '"', "'", ' ', '\t', '\n', '\r', ']]>', '\u0085', '\u2028', '\ufeff', '{', '}', '😀'),
  fc.integer({ min: 0x20, max: 0xd7ff }).map((code) => String.fromCodePoint(code)),
  fc.integer({ min: 0xe000, max: 0xfffd }).map((code) => String.fromCodePoint(code)),
  fc.integer({ min: 0x1_0000, max: 0x10_ffff }).map((code) => String.fromCodePoint(code)),
);

const text = fc.array(character, { minLength: 1, maxLength: 12 }).map((all) => all.join(''));

const name = fc
  .tuple(
    fc.constantFrom('a', 'Z', '_', 'é', '汉'),
    fc.string({ unit: fc.constantFrom('x', '-', '.', '9', 'ß', '·'), maxLength: 5 }),
  )
  .map((parts) => parts.join(''));

const namespace = fc.constantFrom('urn:example:one', 'urn:example:two', "http://example.org/?a='b'&c=<d>", 'urn:例');

/** Below the first level, whatever protocol elements are called must pass as well. */
const innerNamespace = fc.oneof(namespace, fc.constantFrom('jabber:client', 'urn:xmpp:sid:0', 'urn:xmpp:delay', ''));

const attributes = fc
  .uniqueArray(
    fc.tuple(
      fc.oneof(
        name,
        fc.constantFrom('xml:lang', 'id', 'from', '__proto__'),
        fc.tuple(namespace, name).map(([uri, local]) => `{${uri}}${local}`),
      ),
      text,
    ),
    { selector: ([key]) => key, maxLength: 4 },
  )
  .map((pairs) => pairs.flat());

/** Neighbouring pieces of text are one. */
const joined = (nodes: readonly XmlNode[]): XmlNode[] => {
  const all: XmlNode[] = [];
  for (const node of nodes) {
    const last = all.at(-1);
    if (typeof node === 'string' && typeof last === 'string') all[all.length - 1] = last + node;
    else all.push(node);
  }
  return all;
};

const { inner } = fc.letrec<{ inner: Element }>((tie) => ({
  inner: fc
    .tuple(
      name,
      innerNamespace,
      attributes,
      fc.oneof(
        { depthSize: 'small' },
        fc.constant<XmlNode[]>([]),
        fc.array(fc.oneof(text, tie('inner')), { maxLength: 4 }),
      ),
    )
    .map(([local, uri, flat, nodes]) => new Element(local, uri, flat, joined(nodes))),
}));

/** An element that may stand in a stanza. */
export const payload: fc.Arbitrary<Element> = fc
  .tuple(name, namespace, attributes, fc.array(fc.oneof(text, inner), { maxLength: 4 }))
  .map(([local, uri, flat, nodes]) => new Element(local, uri, flat, joined(nodes)));

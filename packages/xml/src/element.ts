// The element: an immutable, namespace-resolved XML tree node (Namespaces in XML 1.0 §6). Prefixes are not kept.

export type XmlNode = Element | string;

/** Attribute changes for `withAttrs`: undefined removes. */
export type AttributeChanges = Readonly<Record<string, string | undefined>>;

const noNodes: readonly XmlNode[] = [];

/**
 * One element. Attributes are a flat list [name, value, …]: few, ordered, and safe from names like `__proto__`.
 * A prefixed attribute's name is `{uri}local`, except `xml:lang` and its kin, which keep their spelling.
 */
export class Element {
  readonly name: string;
  readonly ns: string;
  readonly attrs: readonly string[];
  readonly children: readonly XmlNode[];

  constructor(name: string, ns: string, attrs: readonly string[], children: readonly XmlNode[] = noNodes) {
    this.name = name;
    this.ns = ns;
    this.attrs = attrs;
    this.children = children;
  }

  attr(name: string): string | undefined {
    const { attrs } = this;
    for (let at = 0; at < attrs.length; at += 2) if (attrs[at] === name) return attrs[at + 1];
    return undefined;
  }

  /** The first child element with this name; `ns` defaults to this element's own. */
  child(name: string, ns: string = this.ns): Element | undefined {
    for (const node of this.children) if (typeof node !== 'string' && node.name === name && node.ns === ns) return node;
    return undefined;
  }

  /** The first child element in a namespace, whatever its name. */
  childIn(ns: string): Element | undefined {
    for (const node of this.children) if (typeof node !== 'string' && node.ns === ns) return node;
    return undefined;
  }

  elements(): readonly Element[] {
    return this.children.filter((node): node is Element => typeof node !== 'string');
  }

  /** The direct text, concatenated. */
  text(): string {
    let text = '';
    for (const node of this.children) if (typeof node === 'string') text += node;
    return text;
  }

  childText(name: string, ns?: string): string | undefined {
    return this.child(name, ns)?.text();
  }

  /** A copy with attributes set or removed; the order of those that stay is kept. */
  withAttrs(changes: AttributeChanges): Element {
    const attrs: string[] = [];
    for (let at = 0; at < this.attrs.length; at += 2) {
      const name = this.attrs[at] ?? '';
      if (!Object.hasOwn(changes, name)) attrs.push(name, this.attrs[at + 1] ?? '');
    }
    for (const [name, value] of Object.entries(changes)) if (value !== undefined) attrs.push(name, value);
    return new Element(this.name, this.ns, attrs, this.children);
  }

  withChildren(children: readonly XmlNode[]): Element {
    return new Element(this.name, this.ns, this.attrs, children);
  }

  /** The element without the children that `keep` refuses; the same object when nothing is dropped. */
  filter(keep: (child: XmlNode) => boolean): Element {
    return this.children.every(keep) ? this : this.withChildren(this.children.filter(keep));
  }
}

/** Builds an element; attributes that are undefined are left out. */
export const el = (
  name: string,
  ns: string,
  attrs: AttributeChanges = {},
  ...children: readonly XmlNode[]
): Element => {
  const flat: string[] = [];
  for (const [key, value] of Object.entries(attrs)) if (value !== undefined) flat.push(key, value);
  return new Element(name, ns, flat, children.length === 0 ? noNodes : children);
};

/** Whether two nodes say the same: namespaces resolved, order of attributes ignored, text exact. */
export const equal = (a: XmlNode, b: XmlNode): boolean => {
  if (typeof a === 'string' || typeof b === 'string') return a === b;
  if (
    a.name !== b.name ||
    a.ns !== b.ns ||
    a.attrs.length !== b.attrs.length ||
    a.children.length !== b.children.length
  )
    return false;
  for (let at = 0; at < a.attrs.length; at += 2) if (b.attr(a.attrs[at] ?? '') !== a.attrs[at + 1]) return false;
  return a.children.every((child, index) => equal(child, b.children[index] ?? ''));
};

// What one unit of XML (a stanza, a stream header, a document) may cost. Everything is counted while reading, before it is kept.

export interface Limits {
  /** UTF-8 bytes of one first-level element with its markup, or of everything in front of the root. */
  readonly bytes: number;
  /** Elements inside one another, the first-level element included. */
  readonly depth: number;
  /** Child nodes of one element. */
  readonly children: number;
  /** Attributes of one element, namespace declarations included. */
  readonly attributes: number;
  /** UTF-16 units of one qualified name. */
  readonly name: number;
  /** Prefixes declared and in force at one place. */
  readonly namespaces: number;
}

/** Generous enough for anything that was accepted once: for documents that come from our own storage. */
export const storedLimits: Limits = {
  bytes: 16_777_216,
  depth: 256,
  children: 65_536,
  attributes: 256,
  name: 1024,
  namespaces: 256,
};

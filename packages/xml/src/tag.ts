// One opening tag, read from text that may end too early (XML 1.0 §3.1).
import { attributeOf, isNamePart, isNameStart, isSpace } from './characters.ts';
import { notWellFormed, tooMuch } from './error.ts';
import type { Limits } from './limits.ts';

/** The text ended before the tag did. */
export const incomplete = -1;

const quote = 0x22;
const apostrophe = 0x27;
const slash = 0x2f;
const equals = 0x3d;
const greater = 0x3e;

/** What was read last. One object is used for every tag, so that a tag costs its attributes and nothing else. */
export class Tag {
  name = '';
  /** Attributes that are no declarations, flat, by qualified name. */
  attrs: string[] = [];
  /** The default namespace declared here. */
  defaultNs: string | undefined;
  /** Prefixes declared here, flat: prefix, namespace. */
  declared: readonly string[] = none;
  /** Some attribute has a prefix. */
  prefixed = false;
  empty = false;

  /**
   * Reads from behind the `<` at `at - 1`. Returns the place behind the `>`, or `incomplete`.
   * `care`: the text may hold references or characters that need a second look. Throws XmlError for what can never become a tag.
   */
  read(text: string, at: number, limits: Limits, care: boolean): number {
    this.attrs = [];
    this.defaultNs = undefined;
    this.declared = none;
    this.prefixed = false;
    this.empty = false;
    let place = nameEnd(text, at, limits);
    this.name = text.slice(at, place);
    for (let count = 0; ; count++) {
      const start = skipSpace(text, place);
      if (start >= text.length) return incomplete;
      const code = text.charCodeAt(start);
      if (code === greater) return start + 1;
      if (code === slash) return this.#end(text, start + 1);
      if (start === place) throw notWellFormed('no space in front of an attribute');
      if (count >= limits.attributes) throw tooMuch('too many attributes');
      place = this.#attribute(text, start, limits, care);
      if (place === incomplete) return incomplete;
    }
  }

  #end(text: string, at: number): number {
    if (at >= text.length) return incomplete;
    if (text.charCodeAt(at) !== greater) throw notWellFormed('/ inside a tag');
    this.empty = true;
    return at + 1;
  }

  #attribute(text: string, at: number, limits: Limits, care: boolean): number {
    const end = nameEnd(text, at, limits);
    const sign = skipSpace(text, end);
    const start = skipSpace(text, sign + 1);
    if (start >= text.length) return incomplete;
    const mark = text.charCodeAt(start);
    if (text.charCodeAt(sign) !== equals || (mark !== quote && mark !== apostrophe))
      throw notWellFormed('an attribute without a quoted value');
    const stop = text.indexOf(mark === quote ? '"' : "'", start + 1);
    if (stop === -1) return incomplete;
    const raw = text.slice(start + 1, stop);
    this.#keep(text.slice(at, end), care || raw.includes('<') ? attributeOf(raw) : raw);
    return stop + 1;
  }

  #keep(name: string, value: string): void {
    if (name === 'xmlns') {
      if (this.defaultNs !== undefined) throw notWellFormed('an attribute twice');
      this.defaultNs = value;
    } else if (name.startsWith('xmlns:')) this.#declare(name.slice(6), value);
    else {
      for (let at = 0; at < this.attrs.length; at += 2)
        if (this.attrs[at] === name) throw notWellFormed('an attribute twice');
      this.attrs.push(name, value);
      if (name.includes(':')) this.prefixed = true;
    }
  }

  #declare(prefix: string, ns: string): void {
    if (this.declared.some((known, at) => at % 2 === 0 && known === prefix)) throw notWellFormed('an attribute twice');
    this.declared = [...this.declared, prefix, ns];
  }
}

const none: readonly string[] = [];

const skipSpace = (text: string, from: number): number => {
  let at = from;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
};

/** The place behind a name that begins at `from`; the text's end when the name may go on. */
const nameEnd = (text: string, from: number, limits: Limits): number => {
  if (from < text.length && !isNameStart(text.charCodeAt(from))) throw notWellFormed('no name where one must be');
  let at = from + 1;
  while (at < text.length && isNamePart(text.charCodeAt(at))) at++;
  if (at - from > limits.name) throw tooMuch('name too long');
  return Math.min(at, text.length);
};

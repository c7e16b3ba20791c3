// A place in a header's value, and the steps that the grammar takes from there (RFC 3261 §25.1). No regular expressions.
import { type CharacterClass, isDigit, isSpace, isToken } from './characters.ts';
import { malformed } from './error.ts';

const [tab, quote, backslash, opening, closing] = [0x09, 0x22, 0x5c, 0x28, 0x29];

const isControl = (code: number): boolean => (code < 0x20 && code !== tab) || code === 0x7f;

/** Reads one unfolded value from left to right. `what` names it in errors. */
export class Cursor {
  readonly text: string;
  at = 0;
  readonly #what: string;

  constructor(text: string, what: string) {
    this.text = text;
    this.#what = what;
  }

  get ended(): boolean {
    return this.at >= this.text.length;
  }

  /** The code of the next character; NaN at the end. */
  get next(): number {
    return this.text.charCodeAt(this.at);
  }

  fail(): never {
    throw malformed(this.#what);
  }

  /** Linear white space, of which unfolding left spaces and tabs. */
  space(): void {
    while (isSpace(this.next)) this.at++;
  }

  /** White space that must be there (LWS). */
  gap(): void {
    if (!isSpace(this.next)) this.fail();
    this.space();
  }

  /** Steps over a character and the white space about it, if it comes next: COMMA, SEMI, SLASH, EQUAL and their like. */
  sign(character: string): boolean {
    const begin = this.at;
    this.space();
    if (this.text[this.at] !== character) {
      this.at = begin;
      return false;
    }
    this.at++;
    this.space();
    return true;
  }

  /** The longest run of a class; '' when there is none. */
  run(is: CharacterClass): string {
    const { text, at: begin } = this;
    let at = begin;
    while (at < text.length && is(text.charCodeAt(at))) at++;
    this.at = at;
    return text.slice(begin, at);
  }

  token(): string {
    return this.run(isToken) || this.fail();
  }

  /** A whole number up to `most`; it may begin with zeros. */
  number(most = 2 ** 32 - 1): number {
    const text = this.run(isDigit) || this.fail();
    return Number(text) > most ? this.fail() : Number(text);
  }

  /** A quoted string as it stands, quotes and escapes kept. Controls must be escaped, but for tabs. */
  quoted(): string {
    const begin = this.at;
    if (this.next !== quote) this.fail();
    for (this.at++; this.next !== quote; this.at++) {
      if (this.next === backslash) this.at++;
      else if (isControl(this.next)) this.fail();
      if (this.ended) this.fail();
    }
    this.at++;
    return this.text.slice(begin, this.at);
  }

  /** Steps over a comment, comments inside it, and the white space behind, if one comes next. */
  comment(): void {
    if (this.next !== opening) return;
    let depth = 0;
    do {
      if (this.ended) this.fail();
      if (this.next === backslash) this.at++;
      else if (this.next === opening) depth++;
      else if (this.next === closing) depth--;
      this.at++;
    } while (depth > 0);
    this.space();
  }

  /** All that is left. */
  rest(): string {
    const { at } = this;
    this.at = this.text.length;
    return this.text.slice(at);
  }

  /** Nothing but white space may follow. */
  end(): void {
    this.space();
    if (!this.ended) this.fail();
  }
}

/** What a quoted string says; any other text as it is. */
export const unquote = (text: string): string => {
  if (!text.startsWith('"')) return text;
  const inner = text.slice(1, -1);
  return inner.includes('\\') ? inner.replaceAll(/\\([\s\S])/g, '$1') : inner;
};

/** A text as a quoted string. */
export const enquote = (text: string): string => {
  let quoted = '';
  for (const character of text) quoted += isEscaped(character.charCodeAt(0)) ? `\\${character}` : character;
  return `"${quoted}"`;
};

/** No line end is escaped: a field of ours has none (`field.ts`). */
const isEscaped = (code: number): boolean =>
  code === quote || code === backslash || (isControl(code) && code !== 0x0d && code !== 0x0a);

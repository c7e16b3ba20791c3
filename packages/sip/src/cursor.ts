// A place in a header's value, and the steps that the grammar takes from there (RFC 3261 §25.1). No regular expressions.
import { isDigit, isToken } from './characters.ts';
import { malformed } from './error.ts';

const [space, tab, quote, backslash] = [0x20, 0x09, 0x22, 0x5c];

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
    for (let code = this.next; code === space || code === tab; code = this.next) this.at++;
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
  run(is: (code: number) => boolean): string {
    const begin = this.at;
    while (is(this.next)) this.at++;
    return this.text.slice(begin, this.at);
  }

  token(): string {
    return this.run(isToken) || this.fail();
  }

  /** A number of at most `digits` digits. */
  number(digits = 10): number {
    const text = this.run(isDigit);
    return text === '' || text.length > digits ? this.fail() : Number(text);
  }

  /** A quoted string as it stands, quotes and escapes kept. */
  quoted(): string {
    const begin = this.at;
    if (this.next !== quote) this.fail();
    for (this.at++; this.next !== quote; this.at++) {
      if (this.next === backslash) this.at++;
      if (this.ended) this.fail();
    }
    this.at++;
    return this.text.slice(begin, this.at);
  }

  /** Nothing but white space may follow. */
  end(): void {
    this.space();
    if (!this.ended) this.fail();
  }
}

/** What a quoted string says; any other text as it is. */
export const unquote = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1).replaceAll(/\\([\s\S])/g, '$1') : text;

/** A text as a quoted string. */
export const enquote = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;

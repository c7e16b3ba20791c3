// One header field: its line stays byte for byte what it was, its value is unfolded when somebody asks (RFC 3261 §7.3.1).
import { isAll, isToken } from './characters.ts';
import { idOf, nameOf } from './names.ts';

export class Field {
  /** `names.ts`: lower case, never compact. */
  readonly id: string;
  /** Without the line's end; folded lines as they came. */
  readonly line: string;
  readonly #colon: number;

  private constructor(id: string, line: string, colon: number) {
    this.id = id;
    this.line = line;
    this.#colon = colon;
  }

  /** A line from the wire. White space may stand between name and colon, nothing else (HCOLON); a broken line gets the id ''. */
  static read(line: string): Field {
    const colon = line.indexOf(':');
    let end = colon;
    while (end > 0 && isSpace(line.charCodeAt(end - 1))) end--;
    const name = line.slice(0, Math.max(end, 0));
    return new Field(isAll(name, isToken) ? idOf(name) : '', line, colon);
  }

  /** A field of ours. `value` has no line breaks. */
  static make(id: string, value: string): Field {
    const name = nameOf(id);
    return new Field(id, `${name}: ${value}`, name.length);
  }

  /** Unfolded, without white space at its ends. */
  get value(): string {
    const text = this.line.slice(this.#colon + 1).trim();
    return text.includes('\r') ? text.replaceAll(/[ \t]*\r\n[ \t]+/g, ' ') : text;
  }
}

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;

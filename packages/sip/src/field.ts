// One header field: its line stays byte for byte what it was, its value is unfolded when somebody asks (RFC 3261 §7.3.1).
import { isAll, isSpace, isToken } from './characters.ts';
import { idOf, nameOf } from './names.ts';

export class Field {
  /** `names.ts`: lower case, never compact. '' for a line that is no header field. */
  readonly id: string;
  /** Without the line's end; folded lines as they came. */
  readonly line: string;
  readonly #colon: number;

  private constructor(id: string, line: string, colon: number) {
    this.id = id;
    this.line = line;
    this.#colon = colon;
  }

  /**
   * A line from the wire. White space may stand between name and colon (HCOLON), nothing else, and no CR or LF but in folds
   * (§7.1): whoever takes one for the end of a line would read other fields than we do.
   */
  static read(line: string): Field {
    const colon = line.indexOf(':');
    let end = colon;
    while (end > 0 && isSpace(line.charCodeAt(end - 1))) end--;
    const name = line.slice(0, Math.max(end, 0));
    return isAll(name, isToken) && isSound(line) ? new Field(idOf(name), line, colon) : Field.broken(line);
  }

  /** A line that nobody reads or sends on; its message is refused (`check.ts`). */
  static broken(line: string): Field {
    return new Field('', line, -1);
  }

  /** A field of ours. Line breaks in its value become spaces, so that no value makes a field of its own. */
  static make(id: string, value: string): Field {
    const name = nameOf(id);
    return new Field(id, `${name}: ${isWhole(value) ? value : value.replaceAll(/[\r\n]/g, ' ')}`, name.length);
  }

  /** Unfolded, without white space at its ends. */
  get value(): string {
    const text = trimmed(this.line, this.#colon + 1);
    return text.includes('\r')
      ? text
          .split('\r\n')
          .map((part) => trimmed(part))
          .join(' ')
      : text;
  }
}

const isWhole = (line: string): boolean => !line.includes('\n') && !line.includes('\r');

const isSound = (line: string): boolean => isWhole(line) || line.split('\r\n').every(isWhole);

const isBlank = (code: number): boolean => isSpace(code) || code === 0x0d || code === 0x0a;

/** Without white space at its ends, of which the byte order mark is none. */
const trimmed = (text: string, from = 0): string => {
  let [begin, end] = [from, text.length];
  while (begin < end && isBlank(text.charCodeAt(begin))) begin++;
  while (end > begin && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(begin, end);
};

// The stream scanner: bytes in any portions to complete first-level elements (RFC 6120 §4, §11; XML 1.0; ADR 0004).
import { Builder, type ScannerHandler } from './builder.ts';
import { literalOf, needsCare, textOf } from './characters.ts';
import { notWellFormed, tooMuch, XmlError } from './error.ts';
import type { Limits } from './limits.ts';
import { incomplete, Tag } from './tag.ts';
import { byteLength, Utf8 } from './utf8.ts';

/** Unfinished markup up to this length is simply read again with the next portion; longer markup is collected. */
const rereadLength = 256;

const cdata = '![CDATA[';

/**
 * Reads one stream. Each byte is decoded once and looked at once; unfinished markup is collected without being read again,
 * so that work is linear in what arrives, however it is cut.
 */
export class XmlScanner {
  /** In force for what begins next; may be changed between elements. */
  limits: Limits;
  readonly #handler: ScannerHandler;
  readonly #level: number;
  readonly #contextNs: string;
  readonly #utf8 = new Utf8();
  readonly #tag = new Tag();
  #builder: Builder;
  /** Inside markup: behind a `<` whose end has not come. */
  #inMarkup = false;
  /** Portions of text or long markup that wait for their end. */
  #pieces: string[] = [];
  /** Short markup to be read again. */
  #carry = '';
  /** The quote that is open in collected markup, '' outside quotes. */
  #quote = '';
  /** Bytes of the present first-level element in earlier portions. */
  #bytes = 0;
  #declared = false;
  /** The very first byte: in UTF-8, nothing begins with one above ASCII but a byte order mark. */
  #first: number | undefined;
  #begun = false;
  #paused = false;
  /** Bytes of an unfinished character at the end of the present portion. */
  #dangling = 0;

  /** `level` 1 reads a stream, 0 one document; `contextNs` is the default namespace around it. */
  constructor(handler: ScannerHandler, limits: Limits, level: 0 | 1 = 1, contextNs = '') {
    this.#handler = handler;
    this.limits = limits;
    this.#level = level;
    this.#contextNs = contextNs;
    this.#builder = new Builder(handler, level, contextNs);
  }

  /** Nothing is unfinished and the root is closed. */
  get ended(): boolean {
    return this.#builder.ended && !this.#inMarkup;
  }

  /** Elements since the stream began. */
  get opened(): number {
    return this.#builder.opened;
  }

  /** From inside a handler: nothing behind the present element is read by this call. */
  pause(): void {
    this.#paused = true;
  }

  /** Forgets everything: a new stream begins with the next byte (RFC 6120 §4.3.3). */
  reset(): void {
    this.#utf8.reset();
    this.#builder = new Builder(this.#handler, this.#level, this.#contextNs);
    this.#inMarkup = false;
    this.#pieces = [];
    this.#carry = '';
    this.#quote = '';
    this.#bytes = 0;
    this.#declared = false;
    this.#begun = false;
    this.#first = undefined;
  }

  /**
   * Reads a portion; handlers run meanwhile. Returns the bytes used: fewer than given only after `pause`.
   * Throws XmlError; the scanner is of no use afterwards.
   */
  write(bytes: Uint8Array): number {
    this.#paused = false;
    return bytes.length - this.#read(this.#carry, this.#decode(bytes));
  }

  /** Reads text that is complete as it is. */
  writeText(text: string): void {
    this.#paused = false;
    this.#read(this.#carry, text);
  }

  #decode(bytes: Uint8Array): string {
    this.#first ??= bytes[0];
    try {
      const text = this.#utf8.decode(bytes);
      this.#dangling = this.#utf8.held;
      this.#begun ||= text !== '';
      return text;
    } catch {
      const foreign = !this.#begun && (this.#first ?? 0) >= 0x80;
      throw new XmlError(foreign ? 'unsupported-encoding' : 'not-well-formed', 'bytes that are no UTF-8');
    }
  }

  /** Returns the bytes of `portion` that were not used. */
  #read(carried: string, portion: string): number {
    const text = carried === '' ? portion : carried + portion;
    const care = needsCare.test(text);
    this.#carry = '';
    let mark = carried.length;
    let at = 0;
    while (at < text.length) {
      if (this.#inMarkup) {
        at = this.#markup(text, at, care);
        if (!this.#inMarkup && this.#builder.between) {
          this.#count(text, mark, at);
          this.#bytes = 0;
          mark = at;
          this.#builder.handOver();
        }
        if (this.#paused) return this.#unused(text, at);
      } else {
        at = this.#text(text, at, care);
        if (this.#builder.between && this.#builder.depth > 0) {
          mark = at;
          this.#bytes = 0;
        }
      }
    }
    this.#count(text, mark, text.length);
    return 0;
  }

  #count(text: string, from: number, to: number): void {
    if (to <= from) return;
    this.#bytes += byteLength(text, from, to);
    if (this.#bytes > this.limits.bytes) throw tooMuch('stanza too large');
  }

  /** After a pause: what is left belongs to whoever reads on, here after a restart or elsewhere. */
  #unused(text: string, at: number): number {
    this.#utf8.reset();
    return byteLength(text, at) + this.#dangling;
  }

  #text(text: string, from: number, care: boolean): number {
    const end = text.indexOf('<', from);
    const to = end === -1 ? text.length : end;
    if (end !== -1) this.#inMarkup = true;
    if (end === -1 && !this.#builder.between) this.#pieces.push(text.slice(from));
    else if (this.#pieces.length > 0) {
      const whole = this.#collected(text.slice(from, to));
      this.#builder.text(textOf(whole), this.limits);
    } else if (to > from) {
      const raw = text.slice(from, to);
      this.#builder.text(care && !this.#builder.between ? textOf(raw) : raw, this.limits);
    }
    return end === -1 ? to : end + 1;
  }

  #collected(last: string): string {
    const whole = this.#pieces.join('') + last;
    this.#pieces = [];
    return whole;
  }

  /** Reads markup from behind its `<`; returns the place behind it, or the text's end when it goes on. */
  #markup(text: string, from: number, care: boolean): number {
    if (this.#pieces.length > 0) return this.#more(text, from);
    const next = this.#whole(text, from, care);
    if (next !== incomplete) return next;
    if (text.length - from <= rereadLength) this.#carry = text.slice(from);
    else this.#more(text, from);
    return text.length;
  }

  /** Goes on collecting long markup; reads it once its end is there. */
  #more(text: string, from: number): number {
    const end = this.#endOf(text, from);
    if (end === incomplete) {
      this.#pieces.push(text.slice(from));
      return text.length;
    }
    this.#quote = '';
    const whole = this.#collected(text.slice(from, end));
    if (this.#whole(whole, 0, true) !== whole.length) throw notWellFormed('markup that does not end');
    return end;
  }

  #endOf(text: string, from: number): number {
    const head = this.#pieces[0] ?? text.slice(from, from + cdata.length);
    if (head.startsWith(cdata)) {
      const tail = this.#pieces.slice(-2).join('').slice(-2);
      const end = (tail + text.slice(from)).indexOf(']]>');
      return end === -1 ? incomplete : from + end + 3 - tail.length;
    }
    for (let at = from; at < text.length; at++) {
      const character = text[at] ?? '';
      if (this.#quote !== '') {
        if (character === this.#quote) this.#quote = '';
      } else if (character === '"' || character === "'") this.#quote = character;
      else if (character === '>') return at + 1;
    }
    return incomplete;
  }

  #whole(text: string, at: number, care: boolean): number {
    const code = text.charCodeAt(at);
    if (code === 0x2f) return this.#closing(text, at + 1);
    if (code === 0x21) return this.#literal(text, at);
    if (code === 0x3f) return this.#declaration(text, at);
    const end = this.#tag.read(text, at, this.limits, care);
    if (end === incomplete) return incomplete;
    this.#inMarkup = false;
    this.#builder.open(this.#tag, this.limits);
    return end;
  }

  #closing(text: string, at: number): number {
    const end = text.indexOf('>', at);
    if (end === -1) return incomplete;
    this.#inMarkup = false;
    this.#builder.close(text.slice(at, end).trimEnd(), this.limits);
    return end + 1;
  }

  /** Only CDATA sections; comments and DTDs are refused (RFC 6120 §11.1). */
  #literal(text: string, at: number): number {
    const head = text.slice(at, at + cdata.length);
    if (!cdata.startsWith(head)) throw new XmlError('restricted-xml', 'a comment or a document type');
    if (head.length < cdata.length) return incomplete;
    const end = text.indexOf(']]>', at + cdata.length);
    if (end === -1) return incomplete;
    if (this.#builder.between) throw notWellFormed('text between elements');
    this.#inMarkup = false;
    this.#builder.text(literalOf(text.slice(at + cdata.length, end)), this.limits);
    return end + 3;
  }

  /** The XML declaration in front of the root (RFC 6120 §11.5, §11.6); any other processing instruction is refused. */
  #declaration(text: string, at: number): number {
    const end = text.indexOf('?>', at);
    const head = text.slice(at, at + 5);
    if (this.#declared || this.#builder.depth > 0 || this.#builder.ended || !'?xml '.startsWith(head)) {
      throw new XmlError('restricted-xml', 'a processing instruction');
    }
    if (end === -1) {
      if (text.length - at > rereadLength) throw tooMuch('declaration too long');
      return incomplete;
    }
    this.#declared = true;
    this.#inMarkup = false;
    checkDeclaration(text.slice(at, end));
    return end + 2;
  }
}

const declaration =
  /^\?xml\s+version\s*=\s*(["'])1\.\d+\1(?:\s+encoding\s*=\s*(["'])([A-Za-z][\w.-]*)\2)?(?:\s+standalone\s*=\s*(["'])(?:yes|no)\4)?\s*$/;

const checkDeclaration = (text: string): void => {
  const found = declaration.exec(text);
  if (found === null) throw notWellFormed('a malformed declaration');
  if (found[3] !== undefined && found[3].toLowerCase() !== 'utf-8')
    throw new XmlError('unsupported-encoding', 'only UTF-8');
};

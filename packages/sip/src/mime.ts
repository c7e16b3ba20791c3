// One body part: MIME headers, an empty line, bytes (RFC 2045 §3; RFC 2046 §5.1; RFC 3862 §2.4).
import { isAll, isToken } from './characters.ts';
import { Cursor } from './cursor.ts';
import { malformed } from './error.ts';
import { contentType, type Parameterised } from './headers/plain.ts';
import { decodeText, encodeText, oneLine } from './text.ts';

export interface MimeHeader {
  readonly name: string;
  /** Unfolded. */
  readonly value: string;
}

export interface Part {
  readonly headers: readonly MimeHeader[];
  /** As it stands: transfer and content encodings are the reader's. */
  readonly body: Uint8Array;
}

/** Headers of one part, and bytes of them. */
const mostHeaders = 64;
const mostBytes = 16_384;

const [cr, lf] = [13, 10];

/** A head of lines, and what stands behind its empty line. */
export interface Split {
  readonly lines: readonly string[];
  readonly rest: Uint8Array;
}

/**
 * Splits bytes at the first empty line; lines may end with a line feed only. All is head when there is none. Throws `SipError`
 * 400 for a head of more than 64 lines or 16 KiB, or no UTF-8.
 */
export const splitHead = (bytes: Uint8Array, what: string): Split => {
  const lines: string[] = [];
  let at = 0;
  while (at < bytes.length) {
    const found = bytes.indexOf(lf, at);
    const end = found === -1 ? bytes.length : found;
    const stop = end > at && bytes[end - 1] === cr ? end - 1 : end;
    const begin = at;
    at = Math.min(end + 1, bytes.length);
    if (stop === begin) break;
    if (at > mostBytes) throw malformed(what);
    const line = decodeText(bytes.subarray(begin, stop), what);
    const folded = (line.startsWith(' ') || line.startsWith('\t')) && lines.length > 0;
    if (folded) lines[lines.length - 1] += ` ${line.trim()}`;
    else if (lines.push(line) > mostHeaders) throw malformed(what);
  }
  return { lines, rest: bytes.subarray(at) };
};

/** Reads a part. Throws `SipError` 400 when a line of its head is no header. */
export const readPart = (bytes: Uint8Array, what = 'body part'): Part => {
  const { lines, rest } = splitHead(bytes, what);
  return { headers: lines.map((line) => readHeader(line, what)), body: rest };
};

const readHeader = (line: string, what: string): MimeHeader => {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(colon, 0)).trimEnd();
  if (!isAll(name, isToken)) throw malformed(what);
  return { name, value: line.slice(colon + 1).trim() };
};

export const writePart = ({ headers, body }: Part): Uint8Array => {
  let head = '';
  for (const { name, value } of headers) head += `${name}: ${oneLine(value)}\r\n`;
  return concatenate([encodeText(`${head}\r\n`), body]);
};

/** The first header of this name, compared without case. */
export const partHeader = ({ headers }: Part, name: string): string | undefined =>
  headers.find((header) => header.name.toLowerCase() === name)?.value;

/** The media type of a part; `text/plain` when it has none (RFC 2045 §5.2). Throws `SipError` 400 when it is malformed. */
export const partType = (part: Part): Parameterised =>
  contentType.read(new Cursor(partHeader(part, contentType.id) ?? 'text/plain', contentType.id));

export const concatenate = (parts: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

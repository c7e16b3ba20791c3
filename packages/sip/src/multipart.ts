// Bodies of several parts: multipart/mixed and its kin (RFC 2046 §5.1; RFC 5621 §3; RFC 2387 for related).
import { malformed } from './error.ts';
import type { Parameterised } from './headers/plain.ts';
import { concatenate, type Part, partHeader, readPart, writePart } from './mime.ts';
import { parameterOf } from './parameters.ts';
import { encodeText } from './text.ts';

/** Parts of one body. */
const mostParts = 128;

/** RFC 2046 §5.1.1, `boundary`. */
const boundaries = /^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/;

const what = 'multipart body';

/** One character for each byte, so that places in the text are places in the bytes. */
const bytewise = new TextDecoder('latin1');

/**
 * The parts of a body of this type, without copying them. What stands in front of the first delimiter and behind the last is
 * passed over; without a closing one the last part goes to the end. Throws `SipError` 400 when the type has no usable boundary,
 * when there is no part, or more than 128. Parts that are multipart themselves are left to the caller, who counts the levels.
 */
export const readMultipart = (type: Parameterised, body: Uint8Array): readonly Part[] => {
  const boundary = parameterOf(type.parameters, 'boundary') ?? '';
  if (!boundaries.test(boundary)) throw malformed(what);
  const text = bytewise.decode(body);
  const parts: Part[] = [];
  let delimiter = nextDelimiter(text, `--${boundary}`, 0);
  while (delimiter !== undefined && !delimiter.closing) {
    const next = nextDelimiter(text, `--${boundary}`, delimiter.end);
    const bytes = body.subarray(delimiter.end, Math.max(delimiter.end, next?.begin ?? body.length));
    // A delimiter at the very end with nothing behind it closes, although it forgot to say so.
    if (next !== undefined || bytes.length > 0) parts.push(readPart(bytes));
    if (parts.length > mostParts) throw malformed(what);
    delimiter = next;
  }
  if (parts.length === 0) throw malformed(what);
  return parts;
};

interface Delimiter {
  /** In front of the line end that belongs to it. */
  readonly begin: number;
  /** Behind its own line end. */
  readonly end: number;
  readonly closing: boolean;
}

/** A delimiter stands on a line of its own, white space behind it apart (RFC 2046 §5.1.1). */
const nextDelimiter = (text: string, dashes: string, from: number): Delimiter | undefined => {
  for (let at = text.indexOf(dashes, from); at !== -1; at = text.indexOf(dashes, at + dashes.length)) {
    if (at > 0 && text[at - 1] !== '\n') continue;
    let end = at + dashes.length;
    const closing = text.startsWith('--', end);
    if (closing) end += 2;
    while (text[end] === ' ' || text[end] === '\t') end++;
    if (text[end] === '\r') end++;
    if (end < text.length && text[end] !== '\n') continue;
    const begin = text[at - 2] === '\r' ? at - 2 : Math.max(at - 1, 0);
    return { begin, end: Math.min(end + 1, text.length), closing };
  }
  return undefined;
};

/** A body of these parts. The boundary must be one that no part contains: the caller takes it from chance. */
export const writeMultipart = (parts: readonly Part[], boundary: string): Uint8Array =>
  concatenate([
    ...parts.flatMap((part) => [encodeText(`--${boundary}\r\n`), writePart(part), encodeText('\r\n')]),
    encodeText(`--${boundary}--\r\n`),
  ]);

/** The part that a `cid` names (RFC 2392 §2); the root of multipart/related by its `start`, else the first (RFC 2387 §3.2). */
export const partOf = (parts: readonly Part[], cid: string | undefined): Part | undefined =>
  cid === undefined
    ? parts[0]
    : parts.find((part) => partHeader(part, 'content-id')?.replaceAll(/[<>]/g, '') === cid.replaceAll(/[<>]/g, ''));

// Bytes to a message: the head is decoded once, its lines are split, nothing is interpreted that nobody asks for (RFC 3261 §7, §18.3).
import { isAll, isDigit, isSpace, isToken } from './characters.ts';
import { Field } from './field.ts';
import { contentLength } from './headers/plain.ts';
import { type SipMessage, SipRequest, SipResponse } from './message.ts';

/** Lines of one head at most. */
const mostFields = 256;

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const loose = new TextDecoder('utf-8', { ignoreBOM: true });

const noBody = new Uint8Array(0);
const [cr, lf] = [13, 10];

/** Where the head ends: behind its empty line; −1 when that is not there. */
export const headEnd = (bytes: Uint8Array, from = 0): number => {
  for (let at = bytes.indexOf(lf, from); at !== -1; at = bytes.indexOf(lf, at + 1))
    if (at >= 3 && bytes[at - 1] === cr && bytes[at - 2] === lf && bytes[at - 3] === cr) return at + 1;
  return -1;
};

/**
 * Reads one datagram: the body is what Content-Length says of the rest, all of the rest without it (RFC 3261 §18.3). Undefined
 * when it is no SIP message at all and nobody can be answered. Faults inside are left to `check.ts`.
 */
export const readDatagram = (bytes: Uint8Array): SipMessage | undefined => {
  let begin = 0;
  while (bytes[begin] === cr && bytes[begin + 1] === lf) begin += 2;
  const end = headEnd(bytes, begin);
  if (end === -1) return readEndless(bytes.subarray(begin));
  const message = readHead(bytes.subarray(begin, end), bytes.subarray(end));
  const length = message && declared(message);
  return message === undefined || length === undefined || length >= message.body.length
    ? message
    : message.with({ body: message.body.subarray(0, length) });
};

/** A head without its empty line is broken, but often enough of it is there for an answer. */
const readEndless = (bytes: Uint8Array): SipMessage | undefined => {
  const head = new Uint8Array(bytes.length + 4);
  head.set(bytes);
  head.set([cr, lf, cr, lf], bytes.length);
  const message = readHead(head.subarray(0, headEnd(head)), noBody);
  return message?.with({ fields: [...message.fields, Field.broken('')] });
};

/** What Content-Length says, be it larger than any body; undefined when it says nothing that can be read. */
export const declared = (message: SipMessage): number | undefined => {
  const text = message.text(contentLength.id) ?? '';
  return isAll(text, isDigit) ? Number(text) : undefined;
};

/** Reads a head, its empty line included, to a message with this body. Undefined as above. */
export const readHead = (head: Uint8Array, body: Uint8Array): SipMessage | undefined => {
  const { text, whole } = decode(head);
  const end = text.indexOf('\r\n');
  return readStart(text.slice(0, end), readFields(text, end + 2, whole), body);
};

/** Bytes that are no UTF-8 cannot be kept as they are: the lines that had some are broken (RFC 3261 §7). */
const decode = (bytes: Uint8Array): { readonly text: string; readonly whole: boolean } => {
  try {
    return { text: strict.decode(bytes), whole: true };
  } catch {
    return { text: loose.decode(bytes), whole: false };
  }
};

const replacement = '\ufffd';

/** The lines up to the empty one; a line that begins with white space goes on the one before. What is too much is one broken line. */
const readFields = (text: string, from: number, whole: boolean): readonly Field[] => {
  const fields: Field[] = [];
  for (let at = from; !text.startsWith('\r\n', at); ) {
    if (fields.length === mostFields) return [...fields, Field.broken(text.slice(at))];
    const end = fieldEnd(text, at);
    const line = text.slice(at, end);
    fields.push(whole || !line.includes(replacement) ? Field.read(line) : Field.broken(line));
    at = end + 2;
  }
  return fields;
};

const fieldEnd = (text: string, from: number): number => {
  let end = text.indexOf('\r\n', from);
  while (isSpace(text.charCodeAt(end + 2))) end = text.indexOf('\r\n', end + 2);
  return end;
};

const readStart = (line: string, fields: readonly Field[], body: Uint8Array): SipMessage | undefined =>
  line.slice(0, 4).toUpperCase() === 'SIP/' ? readStatusLine(line, fields, body) : readRequestLine(line, fields, body);

/** `SIP/2.0 SP 3DIGIT SP Reason-Phrase`. A response that is broken is dropped: nobody answers a response. */
const readStatusLine = (line: string, fields: readonly Field[], body: Uint8Array): SipResponse | undefined => {
  const code = line.slice(8, 11);
  const status = Number(code);
  const well = line.slice(0, 8).toUpperCase() === 'SIP/2.0 ' && isAll(code, isDigit) && status >= 100 && status < 700;
  if (!well || (line.length > 11 && line[11] !== ' ') || hasBreak(line)) return undefined;
  return new SipResponse({ status, reason: line.slice(12), fields, body });
};

/** A method, then anything, then a version behind the last space: what is wrong inside can be answered. */
const readRequestLine = (line: string, fields: readonly Field[], body: Uint8Array): SipRequest | undefined => {
  const first = line.indexOf(' ');
  let end = line.length;
  while (isSpace(line.charCodeAt(end - 1))) end--;
  const last = line.lastIndexOf(' ', end - 1);
  const method = line.slice(0, Math.max(first, 0));
  if (!isAll(method, isToken) || last <= first || hasBreak(line)) return undefined;
  // White space that does not belong stays in the URI, where it is found to be wrong (RFC 4475 §3.1.2.8 to 10).
  const uri = line.slice(first + 1, last) + line.slice(end);
  return new SipRequest({ method, uri, version: line.slice(last + 1, end), fields, body });
};

const hasBreak = (line: string): boolean => line.includes('\r') || line.includes('\n');

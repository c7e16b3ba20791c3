// Bytes to a message: the head is decoded once, its lines are split, nothing is interpreted that nobody asks for (RFC 3261 §7, §18.3).
import { isAll, isDigit, isToken } from './characters.ts';
import { Field } from './field.ts';
import { contentLength } from './headers/plain.ts';
import { type SipMessage, SipRequest, SipResponse } from './message.ts';

/** Lines of one head at most. */
const mostFields = 256;

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

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
  if (end === -1) return undefined;
  const message = readHead(bytes.subarray(begin, end), bytes.subarray(end));
  const length = message && declared(message);
  return message === undefined || length === undefined || length >= message.body.length
    ? message
    : message.with({ body: message.body.subarray(0, length) });
};

/** What Content-Length says; undefined when it says nothing that can be read. */
export const declared = (message: SipMessage): number | undefined => {
  const text = message.text(contentLength.id);
  return text !== undefined && text.length < 11 && isAll(text, isDigit) ? Number(text) : undefined;
};

/** Reads a head, its empty line included, to a message with this body. Undefined as above. */
export const readHead = (head: Uint8Array, body: Uint8Array): SipMessage | undefined => {
  const text = decode(head);
  const end = text?.indexOf('\r\n') ?? -1;
  if (text === undefined || end === -1) return undefined;
  const fields = readFields(text, end + 2);
  return fields && readStart(text.slice(0, end), fields, body);
};

const decode = (bytes: Uint8Array): string | undefined => {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
};

/** The lines up to the empty one; a line that begins with white space goes on the one before. */
const readFields = (text: string, from: number): readonly Field[] | undefined => {
  const fields: Field[] = [];
  for (let at = from; ; ) {
    let end = text.indexOf('\r\n', at);
    if (end === at || end === -1) return fields;
    while (isSpace(text.charCodeAt(end + 2))) end = text.indexOf('\r\n', end + 2);
    if (fields.length === mostFields) return undefined;
    fields.push(Field.read(text.slice(at, end)));
    at = end + 2;
  }
};

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09;

const readStart = (line: string, fields: readonly Field[], body: Uint8Array): SipMessage | undefined =>
  line.slice(0, 4).toUpperCase() === 'SIP/' ? readStatusLine(line, fields, body) : readRequestLine(line, fields, body);

/** `SIP/2.0 SP 3DIGIT SP Reason-Phrase`. A response that is broken is dropped: nobody answers a response. */
const readStatusLine = (line: string, fields: readonly Field[], body: Uint8Array): SipResponse | undefined => {
  const code = line.slice(8, 11);
  const status = Number(code);
  const well = line.slice(0, 8).toUpperCase() === 'SIP/2.0 ' && isAll(code, isDigit) && status >= 100 && status < 700;
  if (!well || (line.length > 11 && line[11] !== ' ')) return undefined;
  return new SipResponse({ status, reason: line.slice(12), fields, body });
};

/** A method, then anything, then a version behind the last space: what is wrong inside can be answered. */
const readRequestLine = (line: string, fields: readonly Field[], body: Uint8Array): SipRequest | undefined => {
  const first = line.indexOf(' ');
  const trimmed = line.trimEnd();
  const last = trimmed.lastIndexOf(' ');
  const method = line.slice(0, Math.max(first, 0));
  if (!isAll(method, isToken) || last <= first) return undefined;
  // White space that does not belong stays in the URI, where it is found to be wrong.
  const uri = line.slice(first + 1, last) + line.slice(trimmed.length);
  return new SipRequest({ method, uri, version: trimmed.slice(last + 1), fields, body });
};

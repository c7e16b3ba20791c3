// Session descriptions as lines that stay byte for byte what they were (RFC 8866 §5, §9; RFC 4566).
import { malformed } from '../error.ts';
import { decodeText, encodeText } from '../text.ts';

/** One line: `type=value`, and how it ended. */
export interface Line {
  /** A letter; '' for an empty line at the very end, where some phones have one. */
  readonly type: string;
  readonly value: string;
  readonly end: '\r\n' | '\n' | '';
}

/** The lines of the session, or of one medium from its `m=` on. */
export type Section = readonly Line[];

export interface SessionDescription {
  readonly session: Section;
  readonly media: readonly Section[];
}

/** Bounds of one description: bytes, lines, media. */
const mostBytes = 65_536;
const mostLines = 2_048;
const mostMedia = 64;

const what = 'session description';

/**
 * Reads an `application/sdp` body. Throws `SipError` 400 when it does not begin with version 0, has no origin, has a line that is
 * none, or is beyond the bounds (64 KiB, 2048 lines, 64 media). Values are looked at when somebody asks (`values.ts`).
 */
export const readDescription = (body: Uint8Array): SessionDescription => {
  if (body.length > mostBytes) throw malformed(what);
  const lines = readLines(decodeText(body, what));
  const [first] = lines;
  if (first?.type !== 'v' || first.value !== '0') throw malformed(what);
  const starts = lines.flatMap(({ type }, at) => (type === 'm' ? at : []));
  if (starts.length > mostMedia) throw malformed(what);
  const session = lines.slice(0, starts[0]);
  if (session.filter(({ type }) => type === 'o').length !== 1) throw malformed(what);
  return { session, media: starts.map((start, n) => lines.slice(start, starts[n + 1])) };
};

const readLines = (text: string): readonly Line[] => {
  const lines: Line[] = [];
  for (let at = 0; at < text.length; ) {
    const found = text.indexOf('\n', at);
    const stop = found === -1 ? text.length : found;
    const end = found === -1 ? '' : text[stop - 1] === '\r' && stop > at ? '\r\n' : '\n';
    if (lines.length === mostLines || lines.at(-1)?.type === '') throw malformed(what);
    lines.push(readLine(text.slice(at, end === '\r\n' ? stop - 1 : stop), end));
    at = stop + 1;
  }
  return lines;
};

const form = /^[a-z]=/;

/** `<type>=<value>`, no white space about the sign, no control characters of lines in the value (RFC 8866 §5, byte-string in §9). */
const readLine = (text: string, end: Line['end']): Line => {
  if (text === '' && end !== '') return { type: '', value: '', end };
  if (!form.test(text) || text.includes('\r') || text.includes('\0')) throw malformed(what);
  return { type: text.charAt(0), value: text.slice(2), end };
};

/** A line of ours; the value has no line breaks. */
export const line = (type: string, value: string): Line => ({ type, value, end: '\r\n' });

/** The same bytes as were read, where nothing was changed. A line that had no end gets one when others follow. */
export const writeDescription = ({ session, media }: SessionDescription): Uint8Array => {
  const lines = [...session, ...media.flat()];
  let text = '';
  lines.forEach(({ type, value, end }, n) => {
    text += type === '' ? end : `${type}=${value}${end === '' && n < lines.length - 1 ? '\r\n' : end}`;
  });
  return encodeText(text);
};

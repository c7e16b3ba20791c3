// Bodies as text: UTF-8, or refused (RFC 3261 §7.4.1; RFC 8866 §5).
import { malformed } from './error.ts';

const decoder = new TextDecoder('utf-8', { fatal: true });
const encoder = new TextEncoder();

/** Throws `SipError` 400 for bytes that are no UTF-8; a byte order mark in front is dropped. `what` names the body. */
export const decodeText = (bytes: Uint8Array, what: string): string => {
  try {
    return decoder.decode(bytes);
  } catch {
    throw malformed(what);
  }
};

export const encodeText = (text: string): Uint8Array => encoder.encode(text);

/** A value for one line of a head: line breaks become spaces, so that no value makes a header of its own. */
export const oneLine = (text: string): string => text.replaceAll(/[\r\n]+/g, ' ').trim();

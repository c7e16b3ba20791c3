// SASLprep: passwords and names before they are hashed or compared (RFC 4013, RFC 5802 §2.2).
import { saslprep } from './saslprep.ts';

/** UTF-16 units; far above the 255 octets that RFC 4616 §2 asks for. */
const longest = 1024;

/**
 * The prepared text; undefined when it is prohibited, empty or longer than 1024 UTF-16 units. Code points that Unicode 3.2
 * did not know are let through everywhere, so that an emoji in a password is the same for every mechanism.
 */
export const saslPrepare = (text: string): string | undefined => {
  if (text === '' || text.length > longest) return undefined;
  if (/^[ -~]+$/.test(text)) return text;
  return saslprep(text);
};

/** A password as the bytes that are hashed; undefined when it cannot be one. */
export const preparePassword = (password: string): Uint8Array | undefined => {
  const prepared = saslPrepare(password);
  return prepared === undefined ? undefined : new TextEncoder().encode(prepared);
};

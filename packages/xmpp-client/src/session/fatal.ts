// Which errors end a client for good: trying again would change nothing, or would harm (RFC 6120 §4.9.3, §6.5).
import { AuthenticationError, StanzaError, StreamError } from '../errors.ts';

/** 'conflict': somebody took our place on purpose, and taking it back would never end (RFC 6120 §4.9.3.3). */
const fatalConditions: ReadonlySet<string> = new Set([
  'conflict',
  'host-gone',
  'host-unknown',
  'not-authorized',
  'unsupported-encoding',
  'unsupported-feature',
  'unsupported-version',
]);

export const isFatal = (error: Error | undefined): boolean => {
  if (error instanceof AuthenticationError) return error.condition !== 'temporary-auth-failure';
  if (error instanceof StreamError) return fatalConditions.has(error.condition);
  // The answer to binding.
  return error instanceof StanzaError && error.type !== 'wait';
};

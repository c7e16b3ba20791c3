// Why a session could not begin or has ended, as the name of a sentence for people.
import { AuthenticationError, ConnectionLost, StreamError, TimeoutError } from '@parlance/xmpp-client/errors';

export type Failure =
  | 'wrong-name'
  | 'wrong-password'
  | 'password-needed'
  | 'account-disabled'
  | 'unreachable'
  | 'insecure'
  | 'replaced'
  | 'ended'
  | 'other-server';

const ofAuthentication = ({ condition }: AuthenticationError): Failure => {
  if (condition === 'account-disabled' || condition === 'password-needed') return condition;
  // No mechanism is offered where the path is not secure (RFC 6120 §6.3.4).
  if (condition === 'no-mechanism' || condition === 'encryption-required') return 'insecure';
  return condition === 'not-authorized' || condition === 'credentials-expired' ? 'wrong-password' : 'other-server';
};

/** The sentence for an error of the client. */
export const failureOf = (error: unknown): Failure => {
  if (error instanceof RangeError) return 'wrong-name';
  if (error instanceof AuthenticationError) return ofAuthentication(error);
  if (error instanceof ConnectionLost || error instanceof TimeoutError) return 'unreachable';
  if (error instanceof StreamError) return error.condition === 'conflict' ? 'replaced' : 'ended';
  return 'other-server';
};

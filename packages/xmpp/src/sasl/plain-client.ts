// PLAIN (RFC 4616) and ANONYMOUS (RFC 4505), the client's half.
import type { ClientMechanism } from './client.ts';
import { SaslError } from './failure.ts';
import { saslPrepare } from './prepare.ts';

const unasked = (): Promise<never> => Promise.reject(new SaslError('malformed'));

const nothingToProve = (): void => undefined;

/** Gives the password away: only for a secure path (RFC 4616 §6). */
export const plainClient = (user: string, password: string): ClientMechanism => ({
  name: 'PLAIN',
  proven: undefined,
  initial: () => {
    const [name, secret] = [saslPrepare(user), saslPrepare(password)];
    if (name === undefined) throw new SaslError('unusable-name');
    if (secret === undefined) throw new SaslError('unusable-password');
    return new TextEncoder().encode(`\0${name}\0${secret}`);
  },
  respond: unasked,
  succeed: nothingToProve,
});

/** Without a trace, as XEP-0175 §3 recommends. */
export const anonymousClient: ClientMechanism = {
  name: 'ANONYMOUS',
  proven: undefined,
  initial: () => new Uint8Array(0),
  respond: unasked,
  succeed: nothingToProve,
};

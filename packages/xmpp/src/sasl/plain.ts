// PLAIN (RFC 4616) and ANONYMOUS (RFC 4505): one message each.
import type { Crypto } from '@parlance/base/crypto';
import { scramKeys } from '@parlance/base/scram-keys';
import { preparePassword } from './prepare.ts';
import { failure, type ServerMechanism, type ServerStep, textOf, type Verifier } from './server.ts';

/** Whether the password is the one that the verifier was made of: one PBKDF2, for known and unknown users alike. */
export const passwordFits = async (crypto: Crypto, verifier: Verifier, password: Uint8Array): Promise<boolean> => {
  const { hash, salt, rounds, known } = verifier;
  const { storedKey } = await scramKeys(crypto, hash, password, salt, rounds);
  return crypto.equal(storedKey, verifier.storedKey) && known;
};

/** `check` looks the user up and compares; undefined when there is no room for it now. `typed` is the password as it came. */
export const plainServer = (
  check: (user: string, password: Uint8Array, typed: string) => Promise<boolean | undefined>,
): ServerMechanism => ({
  respond: async (message): Promise<ServerStep> => {
    const [authzid = '', user = '', password = '', ...more] = textOf(message)?.split('\0') ?? [];
    if (user === '' || password === '' || more.length > 0) return failure('malformed-request');
    const prepared = preparePassword(password);
    const fits = prepared === undefined ? false : await check(user, prepared, password);
    if (fits === undefined) return failure('temporary-auth-failure');
    return fits ? { step: 'success', data: undefined, identity: { user, authzid } } : failure('not-authorized');
  },
});

/** The trace is read by nobody (XEP-0175 §3); more than 255 characters of it are malformed (RFC 4505 §2). */
export const anonymousServer: ServerMechanism = {
  respond: (message) => {
    const trace = textOf(message);
    if (trace === undefined || Array.from(trace).length > 255) return failure('malformed-request');
    return { step: 'success', data: undefined, identity: { user: '', authzid: '' } };
  },
};

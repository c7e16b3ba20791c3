// Verifiers of passwords: those of accounts, and decoys that look the same for names that nobody has (checklist 16).
import type { Crypto, HashName } from '@parlance/base/crypto';
import {
  decodeVerifier,
  encodeVerifier,
  type ScramVerifier,
  saltLength,
  scramRounds,
  storedVerifier,
} from '@parlance/core/credentials';
import { type Address, addressOf } from '@parlance/core/ids';
import { makeJid } from '@parlance/xmpp/jid';
import type { Verifier } from '@parlance/xmpp/sasl/server';
import type { Context } from '../context.ts';

/** What a name leads to. */
export interface Found {
  /** Whose the verifiers are, if they are anybody's. */
  readonly address: Address;
  /** The verifier for a hash; a decoy where there is none. */
  readonly verifier: (hash: HashName) => Verifier;
  /** The verifier to check a password against. */
  readonly strongest: () => Verifier;
}

const encoder = new TextEncoder();

/** The same answer for the same name, for ever, made with a secret of this installation. */
const decoy = (crypto: Crypto, secret: Uint8Array, name: string, hash: HashName): ScramVerifier => {
  const derived = (purpose: string): Uint8Array =>
    crypto.hmac(hash, secret, encoder.encode(`${purpose}\0${hash}\0${name}`));
  return {
    salt: derived('salt').subarray(0, saltLength),
    rounds: scramRounds,
    storedKey: derived('stored key'),
    serverKey: derived('server key'),
  };
};

export interface VerifierParts {
  readonly context: Pick<Context, 'stores'>;
  readonly crypto: Crypto;
  /** At least 32 bytes that never change; decoys are made with them. */
  readonly secret: Uint8Array;
}

/**
 * Looks a user name of a domain up; the name is prepared here (RFC 5802 §5.1, RFC 7622 §3.3). The same work for every
 * name: one query past the accounts in memory, where only some are, and a decoy, whether it is needed or not.
 */
export const lookUp = async (
  { context, crypto, secret }: VerifierParts,
  user: string,
  domain: string,
): Promise<Found> => {
  const local = makeJid(user, domain, '')?.local ?? '';
  const address = addressOf(local === '' ? user : local, domain);
  const credentials = await context.stores.credentials.at(address);
  const verifier = (hash: HashName): Verifier => {
    const disguise = decoy(crypto, secret, address, hash);
    const [row, encoded] = [storedVerifier(credentials, hash), encodeVerifier(disguise)];
    const real = decodeVerifier(row ?? encoded);
    return { ...(real ?? disguise), known: row !== undefined && real !== undefined, hash };
  };
  return {
    address,
    verifier,
    strongest: () => {
      const [best, other] = [verifier('SHA-256'), verifier('SHA-1')];
      return other.known && !best.known ? other : best;
    },
  };
};

// Verifiers of passwords: those of accounts, and decoys that look the same for names that nobody has (checklist 16).
import type { Crypto, HashName } from '@parlance/base/crypto';
import { decodeVerifier, encodeVerifier, type ScramVerifier, storedVerifier } from '@parlance/core/credentials';
import { type Address, addressOf } from '@parlance/core/ids';
import { makeJid } from '@parlance/xmpp/jid';
import type { Verifier } from '@parlance/xmpp/sasl/server';
import type { Context } from '../context.ts';
import { houseShape, type Likeness, type Likenesses, type Shape } from './likenesses.ts';

/** What a name leads to. */
export interface Found {
  /** Whose the verifiers are, if they are anybody's. */
  readonly address: Address;
  /** The verifier for a hash; a decoy where there is none. */
  readonly verifier: (hash: HashName) => Verifier;
  /** Whether there is a row of this kind for the account's own password. */
  readonly has: (kind: string) => boolean;
  /** The verifier to check a password against. */
  readonly strongest: () => Verifier;
}

const encoder = new TextEncoder();

/** Makes what depends on a name, and is the same for ever, with a secret of this installation. */
type Derive = (purpose: string) => Uint8Array;

/** So many bytes: as many blocks as that takes. */
const stretched = (derive: Derive, purpose: string, length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  for (let at = 0, block = 0; at < length; block++) {
    const part = derive(`${purpose} ${block}`).subarray(0, length - at);
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
};

const decoy = (derive: Derive, { rounds, salt }: Shape): ScramVerifier => ({
  salt: stretched(derive, 'salt', salt),
  rounds,
  storedKey: derive('stored key'),
  serverKey: derive('server key'),
});

export interface VerifierParts {
  readonly context: Pick<Context, 'stores'>;
  readonly crypto: Crypto;
  /** At least 32 bytes that never change; decoys are made with them. */
  readonly secret: Uint8Array;
  readonly likenesses: Likenesses;
}

/** Whom of the domain's people the decoys of a name are like. */
const likenessOf = ({ likenesses }: VerifierParts, domain: string, [chance = 0]: Uint8Array): Likeness => {
  const all = likenesses.of(domain);
  return all[chance % all.length] ?? all[0];
};

/**
 * Looks a user name of a domain up; the name is prepared here (RFC 5802 §5.1, RFC 7622 §3.3). The same work for every
 * name: one query past the accounts in memory, where only some are, and a decoy, whether it is needed or not.
 */
export const lookUp = async (parts: VerifierParts, user: string, domain: string): Promise<Found> => {
  const { context, crypto, secret } = parts;
  const local = makeJid(user, domain, '')?.local ?? '';
  const address = addressOf(local === '' ? user : local, domain);
  const credentials = await context.stores.credentials.at(address);
  const deriving =
    (hash: HashName): Derive =>
    (purpose) =>
      crypto.hmac(hash, secret, encoder.encode(`${purpose}\0${hash}\0${address}`));
  const likeness = likenessOf(parts, domain, deriving('SHA-256')('likeness'));
  const verifier = (hash: HashName): Verifier => {
    const disguise = decoy(deriving(hash), likeness.get(hash) ?? houseShape);
    const [row, encoded] = [storedVerifier(credentials, hash), encodeVerifier(disguise)];
    const real = decodeVerifier(row ?? encoded);
    return { ...(real ?? disguise), known: row !== undefined && real !== undefined, hash };
  };
  const hasHash = (hash: HashName): boolean =>
    credentials.length === 0 ? likeness.has(hash) : storedVerifier(credentials, hash) !== undefined;
  return {
    address,
    verifier,
    has: (kind) => credentials.some((row) => row.kind === kind && row.device === ''),
    strongest: () => verifier(hasHash('SHA-256') || !hasHash('SHA-1') ? 'SHA-256' : 'SHA-1'),
  };
};

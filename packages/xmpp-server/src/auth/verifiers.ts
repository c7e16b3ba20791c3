// Verifiers of passwords: those of accounts, and decoys that look the same for names that nobody has (checklist 16).
import type { Crypto, HashName } from '@parlance/base/crypto';
import type { Account } from '@parlance/core/account';
import {
  type Credential,
  saltLength,
  scramHashes,
  scramKinds,
  scramRounds,
  verifierOf,
} from '@parlance/core/credentials';
import { type AccountId, addressOf } from '@parlance/core/ids';
import { makeJid } from '@parlance/xmpp/jid';
import type { Verifier } from '@parlance/xmpp/sasl/server';
import type { Context } from '../context.ts';

/** What a name leads to. */
export interface Found {
  readonly account: Account | null;
  /** The verifier for a hash; a decoy where there is none. */
  readonly verifier: (hash: HashName) => Verifier;
  /** The verifier to check a password against. */
  readonly strongest: () => Verifier;
}

/** No account has this number: it is asked for so that unknown names take as many queries as known ones. */
const nobody = 0 as AccountId;

const encoder = new TextEncoder();

/** The same answer for the same name, for ever, made with a secret of this installation. */
const decoy = (crypto: Crypto, secret: Uint8Array, name: string, hash: HashName): Verifier => {
  const derived = (purpose: string): Uint8Array =>
    crypto.hmac(hash, secret, encoder.encode(`${purpose}\0${hash}\0${name}`));
  return {
    known: false,
    hash,
    salt: derived('salt').subarray(0, saltLength),
    rounds: scramRounds,
    storedKey: derived('stored key'),
    serverKey: derived('server key'),
  };
};

const real = (credentials: readonly Credential[], hash: HashName): Verifier | undefined => {
  const kind = scramKinds.find((each) => scramHashes[each] === hash);
  const stored = kind === undefined ? undefined : verifierOf(credentials, kind);
  return stored === undefined ? undefined : { ...stored, known: true, hash };
};

export interface VerifierParts {
  readonly context: Pick<Context, 'accounts' | 'stores'>;
  readonly crypto: Crypto;
  /** At least 32 bytes that never change; decoys are made with them. */
  readonly secret: Uint8Array;
}

/** Looks a user name of a domain up; the name is prepared here (RFC 5802 §5.1, RFC 7622 §3.3). */
export const lookUp = async (
  { context, crypto, secret }: VerifierParts,
  user: string,
  domain: string,
): Promise<Found> => {
  const { accounts, stores } = context;
  const jid = makeJid(user, domain, '');
  const known = jid !== undefined && jid.local !== '';
  const address = addressOf(known ? jid.local : user, domain);
  const account = known ? await accounts.load(address) : null;
  const credentials = await stores.credentials.of(account?.id ?? nobody);
  const verifier = (hash: HashName): Verifier => real(credentials, hash) ?? decoy(crypto, secret, address, hash);
  return {
    account,
    verifier,
    strongest: () => real(credentials, 'SHA-256') ?? real(credentials, 'SHA-1') ?? verifier('SHA-256'),
  };
};

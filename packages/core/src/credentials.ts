// Credentials of an account: rows, and the neutral shape of a SCRAM verifier in them (ADR 0001, RFC 5802 §3).
import { fromBase64, toBase64 } from '@parlance/base/base64';
import type { Crypto, HashName } from '@parlance/base/crypto';
import type { Random } from '@parlance/base/random';
import { scramKeys } from '@parlance/base/scram-keys';
import type { AccountId, Address } from './ids.ts';
import type { Write } from './store.ts';

/** One row. A change replaces it and raises its version, which ends tokens made from the old one. */
export interface Credential {
  readonly kind: string;
  /** The device that it belongs to; '' for the account's own password. */
  readonly device: string;
  /** JSON; its shape depends on the kind. */
  readonly parameters: string;
  readonly version: number;
}

/** What some people of a domain have stored of their passwords: all of them the like of this, byte for byte as long. */
export interface Likeness {
  readonly domain: string;
  readonly stored: Partial<Readonly<Record<HashName, string>>>;
}

export interface CredentialStore {
  /** All credentials of an account; none for one that does not exist. */
  of(account: AccountId): Promise<readonly Credential[]>;
  /** All credentials of the account that lives at an address; none when nobody does, in the same time (one query). */
  at(address: Address): Promise<readonly Credential[]>;
  /** One for each kind of people in each domain, in a fixed order; one pass over all accounts. */
  likenesses(): Promise<readonly Likeness[]>;
  put(account: AccountId, credential: Credential): Write;
  remove(account: AccountId, kind: string, device: string): Write;
  /** The addresses of all accounts that have a credential of this kind; one pass over all rows. */
  holders(kind: string): Promise<readonly Address[]>;
}

export type ScramKind = 'scram-sha-1' | 'scram-sha-256';

export const scramHashes: Readonly<Record<ScramKind, HashName>> = {
  'scram-sha-1': 'SHA-1',
  'scram-sha-256': 'SHA-256',
};

export const scramKinds: readonly ScramKind[] = ['scram-sha-256', 'scram-sha-1'];

/** What the server keeps of a password: enough to check a proof of it, not enough to make one. */
export interface ScramVerifier {
  readonly salt: Uint8Array;
  readonly rounds: number;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

/** Rounds of PBKDF2 for new verifiers (DESIGN §2). */
export const scramRounds = 10_000;

/** Bytes of salt in new verifiers. */
export const saltLength = 16;

/** The verifier as it is stored: JSON of base 64. */
export const encodeVerifier = ({ salt, rounds, storedKey, serverKey }: ScramVerifier): string =>
  JSON.stringify({
    salt: toBase64(salt),
    rounds,
    storedKey: toBase64(storedKey),
    serverKey: toBase64(serverKey),
  });

const bytesOf = (value: unknown): Uint8Array | undefined => (typeof value === 'string' ? fromBase64(value) : undefined);

/** The verifier in a row; undefined when the row does not hold one. */
export const decodeVerifier = (parameters: string): ScramVerifier | undefined => {
  const stored = JSON.parse(parameters) as Readonly<Record<string, unknown>>;
  const { rounds } = stored;
  const [salt, storedKey, serverKey] = ['salt', 'storedKey', 'serverKey'].map((name) => bytesOf(stored[name]));
  if (salt === undefined || storedKey === undefined || serverKey === undefined) return undefined;
  return typeof rounds === 'number' ? { salt, rounds, storedKey, serverKey } : undefined;
};

/** What is stored of an account's own password for a hash, among all its rows. */
export const storedVerifier = (credentials: readonly Credential[], hash: HashName): string | undefined =>
  credentials.find(({ kind, device }) => device === '' && scramHashes[kind as ScramKind] === hash)?.parameters;

/**
 * The rows of a new password: one PBKDF2 for each hash, one after the other. `password` is UTF-8 and prepared (RFC 4013),
 * `version` one more than that of the rows which these replace.
 */
export const passwordCredentials = async (
  crypto: Crypto,
  random: Random,
  password: Uint8Array,
  version: number,
): Promise<readonly Credential[]> => {
  const rows: Credential[] = [];
  for (const kind of scramKinds) {
    const salt = random.bytes(saltLength);
    const keys = await scramKeys(crypto, scramHashes[kind], password, salt, scramRounds);
    rows.push({ kind, device: '', version, parameters: encodeVerifier({ ...keys, salt, rounds: scramRounds }) });
  }
  return rows;
};

// The keys of SCRAM, from a password and from what is stored of it (RFC 5802 §3).
import type { Crypto, HashName } from './crypto.ts';

export interface ScramKeys {
  /** What a client proves that it has; whoever knows it can sign in. */
  readonly clientKey: Uint8Array;
  readonly storedKey: Uint8Array;
  readonly serverKey: Uint8Array;
}

const encoder = new TextEncoder();

/** One PBKDF2; the password is UTF-8 and prepared already (RFC 4013). */
export const scramKeys = async (
  crypto: Crypto,
  hash: HashName,
  password: Uint8Array,
  salt: Uint8Array,
  rounds: number,
): Promise<ScramKeys> => {
  const salted = await crypto.pbkdf2(hash, password, salt, rounds);
  const clientKey = crypto.hmac(hash, salted, encoder.encode('Client Key'));
  return {
    clientKey,
    storedKey: crypto.digest(hash, clientKey),
    serverKey: crypto.hmac(hash, salted, encoder.encode('Server Key')),
  };
};

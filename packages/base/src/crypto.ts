// The port of cryptographic primitives: what SASL, capabilities and ids are computed with. Node and browsers implement it.

/** Hash functions by the names that SASL mechanisms use (RFC 5802 §4, RFC 7677). */
export type HashName = 'SHA-1' | 'SHA-256' | 'SHA-512';

export interface Crypto {
  digest(hash: HashName, bytes: Uint8Array): Uint8Array;
  hmac(hash: HashName, key: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** PBKDF2 with the hash's own output length; off the main thread where the platform can. */
  pbkdf2(hash: HashName, password: Uint8Array, salt: Uint8Array, rounds: number): Promise<Uint8Array>;
  /** Compares in time that depends on the lengths only. */
  equal(one: Uint8Array, other: Uint8Array): boolean;
}

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

/** Hash functions by the names of digest authentication (RFC 7616 §3.7). */
export type DigestAlgorithm = 'MD5' | 'SHA-256' | 'SHA-512-256';

/** A digest in lower-case hexadecimal; a text stands for its UTF-8. */
export type DigestHash = (algorithm: DigestAlgorithm, data: string | Uint8Array) => string;

/** Seals small secrets under a key that lies elsewhere: nobody without it reads them, or changes them unseen. */
export interface Vault {
  /** `context` is bound to the secret but not kept: whoever opens it has to name it again. */
  seal(secret: string, context: string): string;
  /** Undefined for anything that was not sealed here in this context. */
  open(sealed: string, context: string): string | undefined;
}

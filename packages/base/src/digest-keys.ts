// H(A1) of digest authentication: what a name and a password come to in a realm (RFC 7616 §3.4.2). As good as the password there.
import type { DigestAlgorithm, DigestHash } from './crypto.ts';

/** `password` is in normalisation form C (RFC 7616 §4). */
export const ha1Of = (
  hash: DigestHash,
  algorithm: DigestAlgorithm,
  user: string,
  realm: string,
  password: string,
): string => hash(algorithm, `${user}:${realm}:${password}`);

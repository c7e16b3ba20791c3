// What proves that somebody knows H(A1): the digest over nonce, count, method, URI and body (RFC 7616 §3.4.1–§3.4.3; RFC 8760 §2.6).
import type { DigestAlgorithm, DigestHash } from '@parlance/base/crypto';
import type { SipRequest } from '../message.ts';
import type { Credentials, Protection } from './credentials.ts';

export interface Algorithm {
  readonly hash: DigestAlgorithm;
  /** The `-sess` variant: H(A1) takes the first nonces in, too (RFC 7616 §3.4.2). */
  readonly session: boolean;
}

const hashes: readonly DigestAlgorithm[] = ['SHA-256', 'SHA-512-256', 'MD5'];

/** An algorithm by its name in any case; undefined for one that is not known. */
export const algorithmOf = (name: string): Algorithm | undefined => {
  const upper = name.toUpperCase();
  const session = upper.endsWith('-SESS');
  const hash = hashes.find((each) => each === (session ? upper.slice(0, -5) : upper));
  return hash && { hash, session };
};

/** H(A1) of a session, from that of the password and the nonces with which the session began. */
export const sessionHa1 = (
  hash: DigestHash,
  algorithm: DigestAlgorithm,
  ha1: string,
  { nonce, cnonce }: { readonly nonce: string; readonly cnonce: string },
): string => hash(algorithm, `${ha1}:${nonce}:${cnonce}`);

/** H(A2). The body counts with auth-int only; one that is not there is one of no bytes (RFC 8760 §2.6, 7). */
export const ha2Of = (
  hash: DigestHash,
  algorithm: DigestAlgorithm,
  { method, body }: Pick<SipRequest, 'method' | 'body'>,
  { uri, qop }: { readonly uri: string; readonly qop: Protection['qop'] },
): string => hash(algorithm, `${method}:${uri}${qop === 'auth-int' ? `:${hash(algorithm, body)}` : ''}`);

/** KD(H(A1), …): the `response` of credentials. */
export const responseOf = (
  hash: DigestHash,
  algorithm: DigestAlgorithm,
  [ha1, ha2]: readonly [ha1: string, ha2: string],
  { nonce, protection }: { readonly nonce: Credentials['nonce']; readonly protection: Protection },
): string => hash(algorithm, `${ha1}:${nonce}:${protection.nc}:${protection.cnonce}:${protection.qop}:${ha2}`);

// One request's proof, held against keys: which algorithm, which form of the name, and whether the digest fits (RFC 7616 §3.4.1).
import type { Crypto, DigestHash } from '@parlance/base/crypto';
import type { Ha1Algorithm } from '@parlance/core/ha1';
import type { Credentials, Protection } from '@parlance/sip/digest/credentials';
import { ha2Of, responseOf } from '@parlance/sip/digest/response';
import type { SipRequest } from '@parlance/sip/message';
import type { Key } from './keyrings.ts';

const encoder = new TextEncoder();

export interface ProofParts {
  readonly hash: DigestHash;
  readonly crypto: Crypto;
}

export interface Proven {
  readonly request: SipRequest;
  readonly credentials: Credentials;
  readonly protection: Protection;
  readonly algorithm: Ha1Algorithm;
  /** The user name was the whole address. */
  readonly whole: boolean;
}

/** A test for keys; the second half of the digest is computed once. */
export const proofOf = (
  { hash, crypto }: ProofParts,
  { request, credentials, protection, algorithm, whole }: Proven,
): ((key: Key) => boolean) => {
  const { nonce, uri } = credentials;
  const ha2 = ha2Of(hash, algorithm, request, { uri, qop: protection.qop });
  const given = encoder.encode(credentials.response);
  return ({ ha1 }) => {
    const key = whole ? ha1[algorithm].address : ha1[algorithm].local;
    return crypto.equal(encoder.encode(responseOf(hash, algorithm, [key, ha2], { nonce, protection })), given);
  };
};

/** The key that fits, after all were tried: how long that takes says nothing of which it was. */
export const fitting = (keys: readonly Key[], fits: (key: Key) => boolean): Key | undefined => {
  let found: Key | undefined;
  for (const key of keys) if (fits(key) && key.real) found ??= key;
  return found;
};

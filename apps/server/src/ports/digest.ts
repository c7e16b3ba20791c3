// The hash functions of digest authentication in a running server: Node's, in one call (RFC 7616 §3.7; FIPS 180-4 §6.7 for SHA-512/256).
import { hash } from 'node:crypto';
import type { DigestAlgorithm, DigestHash } from '@parlance/base/crypto';

const names: Readonly<Record<DigestAlgorithm, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
};

export const systemDigest: DigestHash = (algorithm, data) => hash(names[algorithm], data, 'hex');

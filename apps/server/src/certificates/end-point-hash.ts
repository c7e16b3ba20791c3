// The hash of a certificate for tls-server-end-point channel binding (RFC 5929 §4.1).
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { X509Certificate } from '@peculiar/x509';

/** MD5 and SHA-1 count as SHA-256; a signature algorithm without a hash of its own (Ed25519) has no binding. */
const hashes: Readonly<Record<string, string>> = {
  MD5: 'sha256',
  'SHA-1': 'sha256',
  'SHA-256': 'sha256',
  'SHA-384': 'sha384',
  'SHA-512': 'sha512',
};

/** `der` is the certificate the server presents, without its chain. */
export const endPointHash = (der: Uint8Array): Uint8Array | undefined => {
  const { hash } = new X509Certificate(new Uint8Array(der)).signatureAlgorithm;
  const name = hashes[hash?.name ?? ''];
  return name === undefined ? undefined : createHash(name).update(der).digest();
};

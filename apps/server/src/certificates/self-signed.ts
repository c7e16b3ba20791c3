// The certificate a domain starts with: self-signed, ECDSA P-256, made once (RFC 6120 §13.7.1.2.1).
import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import { domainToASCII } from 'node:url';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  type JsonGeneralName,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** PEM texts. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

/**
 * Years. Nobody renews a certificate that people have accepted by hand; who needs short lives brings a certificate of an
 * authority.
 */
const validity = 10;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** The domain itself; for this machine also its addresses, so that browsers ask only once. */
const namesOf = (host: string): JsonGeneralName[] => [
  { type: 'dns', value: host },
  ...(host === 'localhost' ? (['127.0.0.1', '::1'] as const).map((value) => ({ type: 'ip' as const, value })) : []),
];

/** Makes a key and a certificate for a domain, valid from a day before `now` (milliseconds since 1970) for ten years. */
export const makeSelfSigned = async (domain: string, now: number): Promise<Pair> => {
  const host = domainToASCII(domain) || domain;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const until = new Date(now);
  until.setUTCFullYear(until.getUTCFullYear() + validity);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: [{ CN: [host] }],
      notBefore: new Date(now - 86_400_000),
      notAfter: until,
      signingAlgorithm: algorithm,
      keys,
      extensions: [
        new BasicConstraintsExtension(false, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth, ExtendedKeyUsage.clientAuth]),
        new SubjectAlternativeNameExtension(namesOf(host)),
      ],
    },
    webcrypto,
  );
  const pkcs8 = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return { cert: `${certificate.toString('pem')}\n`, key: `${PemConverter.encode(pkcs8, 'PRIVATE KEY')}\n` };
};

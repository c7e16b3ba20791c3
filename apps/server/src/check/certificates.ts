// Are the certificates there, readable, for the domain, still valid, and do their keys belong to them?
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CertificateFiles, Configuration } from '../config/configuration.ts';
import type { Texts } from '../texts/en.ts';
import { bad, type Finding, note, ok } from './finding.ts';

const look = (domain: string, { cert, key }: CertificateFiles, now: number, { check }: Texts): Finding => {
  const certificate = new X509Certificate(readFileSync(cert));
  if (!certificate.checkPrivateKey(createPrivateKey(readFileSync(key)))) return bad(check.certificateKey(domain, key));
  if (Date.parse(certificate.validTo) < now) return bad(check.certificateOver(domain, certificate.validTo));
  if (certificate.checkHost(domain) === undefined) return bad(check.certificateName(domain, cert));
  return ok(check.certificate(domain, certificate.validTo));
};

/** One finding a domain. `now`: milliseconds since 1970. */
export const checkCertificates = ({ domains, data }: Configuration, now: number, texts: Texts): readonly Finding[] =>
  domains.map(({ name, tls }) => {
    const made = { cert: join(data, 'certs', `${name}.crt`), key: join(data, 'certs', `${name}.key`) };
    if (tls === undefined && !existsSync(made.cert)) return note(texts.check.certificateMade(name));
    try {
      return look(name, tls ?? made, now, texts);
    } catch (error) {
      return bad(texts.check.certificateUnreadable(name, error instanceof Error ? error.message : ''));
    }
  });

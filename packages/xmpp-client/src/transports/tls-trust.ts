// Whom a TLS client believes: the certificate must be the domain's, whatever host was connected to (RFC 6120 §13.7.2).
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { domainToASCII } from 'node:url';

export interface TlsTrust {
  /** PEM certificates to believe instead of the system's. */
  readonly ca?: string | readonly string[];
  /** False: believe anyone. For tests, and for self-signed certificates on this machine only. */
  readonly verify?: boolean;
  /** False: do not bind authentication to the channel (RFC 5929). For servers that offer it and cannot do it. */
  readonly bind?: boolean;
}

/** Options of tls.connect for a stream to `domain`. */
export const tlsOptions = (domain: string, trust: TlsTrust): ConnectionOptions => {
  const name = isIP(domain) === 0 ? domainToASCII(domain) || domain : domain;
  return {
    minVersion: 'TLSv1.2',
    rejectUnauthorized: trust.verify !== false,
    // SNI carries host names only (RFC 6066 §3).
    ...(isIP(domain) === 0 ? { servername: name } : {}),
    ...(trust.ca === undefined ? {} : { ca: typeof trust.ca === 'string' ? trust.ca : [...trust.ca] }),
    checkServerIdentity: (_host, certificate) => checkServerIdentity(name, certificate),
  };
};

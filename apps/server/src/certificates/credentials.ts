// One domain's certificate and key, read from their files and checked before anything uses them.
import { constants, createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext } from 'node:tls';
import { endPointHash } from './end-point-hash.ts';

export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

export interface Credentials {
  /** The files' contents, for servers that make their own context. */
  readonly pem: { readonly cert: Buffer; readonly key: Buffer };
  readonly context: SecureContext;
  readonly endPointHash: Uint8Array | undefined;
  /** Milliseconds since 1970. */
  readonly expires: number;
}

/** Reads and checks a pair. Rejects with a reason for people: a file missing, unreadable, or not belonging to the other. */
export const readCredentials = async (files: CertificateFiles): Promise<Credentials> => {
  const [cert, key] = await Promise.all([readFile(files.cert), readFile(files.key)]);
  const certificate = parsed(files.cert, () => new X509Certificate(cert));
  const privateKey = parsed(files.key, () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) throw new Error(`${files.key} is not the key of ${files.cert}`);
  return {
    pem: { cert, key },
    // No TLS before 1.2 (RFC 8996), nobody renegotiates (SECURITY-CHECKLIST 9).
    context: createSecureContext({
      cert,
      key,
      minVersion: 'TLSv1.2',
      secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    }),
    endPointHash: endPointHash(certificate.raw),
    expires: Date.parse(certificate.validTo),
  };
};

const parsed = <T>(file: string, parse: () => T): T => {
  try {
    return parse();
  } catch (error) {
    throw new Error(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
};

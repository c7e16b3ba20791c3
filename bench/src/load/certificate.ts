// One self-signed certificate for all subjects of a run: ECDSA P-256, as this server makes its own.
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { join } from 'node:path';

/** Makes `bench.crt` and `bench.key` in the directory, readable by the peers' own users. */
export const makeCertificate = (directory: string, domain: string): { readonly cert: string; readonly key: string } => {
  const cert = join(directory, 'bench.crt');
  const key = join(directory, 'bench.key');
  const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  const name = ['-subj', `/CN=${domain}`, '-addext', `subjectAltName=DNS:${domain}`];
  execFileSync('openssl', ['req', '-x509', ...kind, ...name, '-days', '2', '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  });
  chmodSync(key, 0o644);
  return { cert, key };
};

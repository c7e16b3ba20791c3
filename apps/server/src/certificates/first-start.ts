// Files of certificates that nobody configured: made at the first start, kept afterwards (CONTRACT, `tls`).
import { access, mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateFiles } from './credentials.ts';
import { makeSelfSigned } from './self-signed.ts';

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** Whole or not at all: a crash between the two files makes both again. */
const write = async (file: string, text: string, mode: number): Promise<void> => {
  await writeFile(`${file}.new`, text, { mode });
  await rename(`${file}.new`, file);
};

/** `DOMAIN.crt` and `DOMAIN.key` in the directory; the key readable by its owner only. */
export const ownFiles = async (directory: string, domain: string, now: number): Promise<CertificateFiles> => {
  const files = { cert: join(directory, `${domain}.crt`), key: join(directory, `${domain}.key`) };
  if ((await exists(files.cert)) && (await exists(files.key))) return files;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const { cert, key } = await makeSelfSigned(domain, now);
  await write(files.key, key, 0o600);
  await write(files.cert, cert, 0o644);
  return files;
};

// Secret keys of an installation: made once, kept in files beside the database, readable by the owner only (DESIGN §2).
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The key of that name, made at first use. Throws when the file is there and is no key of that length. */
export const dataKey = (data: string, name: string, bytes: number): Uint8Array => {
  const folder = join(data, 'keys');
  const file = join(folder, name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (!existsSync(file)) writeFileSync(file, randomBytes(bytes), { mode: 0o600, flag: 'wx' });
  const key = readFileSync(file);
  if (key.length !== bytes) throw new Error(`${file} is damaged: restore it from a backup`);
  return new Uint8Array(key);
};

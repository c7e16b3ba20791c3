// One owner for a data directory: a lock that the system frees whichever way its owner ends, with his name beside it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FileLock, lockFile } from '@parlance/storage/sqlite/database';

/** Who owns a data directory. */
export interface Owner {
  readonly pid: number;
  /** The command: `parlance start`. */
  readonly name: string;
}

const ownerFile = (data: string): string => join(data, 'owner.json');

const readOwner = (data: string): Owner | undefined => {
  try {
    return JSON.parse(readFileSync(ownerFile(data), 'utf8')) as Owner;
  } catch {
    return undefined;
  }
};

/** Takes the data directory, made when absent, or says who has it; undefined: he has not written his name yet. */
export const takeData = (data: string, name: string): FileLock | { readonly owner: Owner | undefined } => {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  const lock = lockFile(join(data, 'lock'));
  if (lock === undefined) return { owner: readOwner(data) };
  writeFileSync(ownerFile(data), JSON.stringify({ pid: process.pid, name } satisfies Owner), { mode: 0o600 });
  return {
    release: () => {
      rmSync(ownerFile(data), { force: true });
      lock.release();
    },
  };
};

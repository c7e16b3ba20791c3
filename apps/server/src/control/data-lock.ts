// One owner for a data directory: a lock that the system frees whichever way its owner ends, with his name beside it.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
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

/** Somebody has the data directory and does not let go. */
export class DataTaken extends Error {
  override readonly name = 'DataTaken';
  readonly data: string;
  readonly owner: Owner | undefined;

  constructor(data: string, owner: Owner | undefined) {
    super(`${data} is in use`);
    this.data = data;
    this.owner = owner;
  }
}

const pause = 50;

/**
 * Takes the data directory within `patience` milliseconds, or throws DataTaken. `meanwhile` is tried before each attempt;
 * what it answers is the answer.
 */
export const waitForData = async <T = never>(
  data: string,
  name: string,
  patience: number,
  meanwhile: () => Promise<T | undefined> = () => Promise.resolve(undefined),
): Promise<FileLock | T> => {
  for (let waited = 0; ; waited += pause) {
    const other = await meanwhile();
    if (other !== undefined) return other;
    const taken = takeData(data, name);
    if ('release' in taken) return taken;
    if (waited >= patience) throw new DataTaken(data, taken.owner);
    await wait(pause);
  }
};

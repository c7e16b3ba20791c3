// Which processes have a file open: so that "the database is locked" can say by whom. Linux only, without other programs.
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { StorageLocked } from '@parlance/storage/driver';
import { databaseFile } from '../compose/storage.ts';
import type { Owner } from './data-lock.ts';

/** What may be read of the process table: processes end, and those of other people are closed to us. */
const attempt = <T>(read: () => T): T | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

const hasOpen = (pid: string, files: ReadonlySet<string>): boolean => {
  const folder = join('/proc', pid, 'fd');
  const descriptors = attempt(() => readdirSync(folder)) ?? [];
  return descriptors.some((name) => files.has(attempt(() => readlinkSync(join(folder, name))) ?? ''));
};

/** The other processes that have a SQLite database open, as far as this one may see. `database`: its real path. */
export const holdersOf = (database: string): readonly Owner[] => {
  const files = new Set(['', '-wal', '-shm'].map((suffix) => database + suffix));
  return (attempt(() => readdirSync('/proc')) ?? [])
    .filter((pid) => /^\d+$/.test(pid) && Number(pid) !== process.pid && hasOpen(pid, files))
    .map((pid) => ({
      pid: Number(pid),
      name: attempt(() => readFileSync(join('/proc', pid, 'comm'), 'utf8').trim()) ?? '',
    }));
};

/** A foreign process has locked the database. */
export class DatabaseLocked extends Error {
  override readonly name = 'DatabaseLocked';
  readonly database: string;
  readonly holders: readonly Owner[];

  constructor(database: string, holders: readonly Owner[], cause: unknown) {
    super(`${database} is locked`, { cause });
    this.database = database;
    this.holders = holders;
  }
}

/** Opens something on the database of a data directory; when that is locked, says by whom. */
export const namingHolders = async <T>(data: string, open: () => Promise<T>): Promise<T> => {
  try {
    return await open();
  } catch (error) {
    if (!(error instanceof StorageLocked)) throw error;
    const database = databaseFile(realpathSync(data));
    throw new DatabaseLocked(database, holdersOf(database), error);
  }
};

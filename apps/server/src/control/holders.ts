// Which processes have a file open: so that "the database is locked" can say by whom. Linux only, without other programs.
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
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

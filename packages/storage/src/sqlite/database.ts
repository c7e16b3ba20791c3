// The node:sqlite API: built in from Node 22.13 on, the same API from @photostructure/sqlite before that.
import { createRequire } from 'node:module';
import type { SqlValue } from '../driver.ts';
import type { Open } from './protocol.ts';
import { failureOf } from './protocol.ts';

export interface PreparedStatement {
  run(...parameters: readonly SqlValue[]): unknown;
  all(...parameters: readonly SqlValue[]): unknown[];
}

export interface Database {
  exec(sql: string): void;
  prepare(sql: string): PreparedStatement;
  close(): void;
}

interface SqliteModule {
  readonly DatabaseSync: new (file: string, options?: { readOnly?: boolean }) => Database;
}

let loaded: SqliteModule | undefined;

/** Loaded with the first database. */
const load = (): SqliteModule => {
  loaded ??= loadAnew();
  return loaded;
};

const loadAnew = (): SqliteModule => {
  const require = createRequire(import.meta.url);
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const builtIn = major > 22 || (major === 22 && minor >= 13);
  return builtIn
    ? withoutWarning(() => require('node:sqlite') as SqliteModule)
    : (require('@photostructure/sqlite') as SqliteModule);
};

/** Node 22 to 24 say on standard error that node:sqlite is experimental; we know, and people need not be told at each start. */
const withoutWarning = <T>(run: () => T): T => {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = ((warning: string | Error, ...more: readonly string[]) => {
    if (!String(warning).startsWith('SQLite is an experimental feature'))
      Reflect.apply(emitWarning, process, [warning, ...more]);
  }) as typeof emitWarning;
  try {
    return run();
  } finally {
    process.emitWarning = emitWarning;
  }
};

/** Opens a database file in WAL mode. `synchronous=FULL`: a commit has been fdatasync'ed when it returns. */
export const openDatabase = (file: string, role: Open['role']): Database => {
  const { DatabaseSync } = load();
  const db = new DatabaseSync(file);
  db.exec('PRAGMA busy_timeout = 5000');
  db.exec('PRAGMA journal_mode = WAL');
  db.exec('PRAGMA synchronous = FULL');
  db.exec('PRAGMA foreign_keys = ON');
  db.exec(`PRAGMA cache_size = ${role === 'writer' ? -64_000 : -16_000}`);
  if (role === 'writer') db.exec('PRAGMA wal_autocheckpoint = 0');
  if (role === 'reader') db.exec('PRAGMA query_only = ON');
  return db;
};

/** A lock that the operating system frees when the process ends, whichever way it ends. */
export interface FileLock {
  release(): void;
}

/** Takes a file, made when absent, for this process; undefined when somebody else, in this process or another, has it. */
export const lockFile = (file: string): FileLock | undefined => {
  const { DatabaseSync } = load();
  const db = new DatabaseSync(file);
  try {
    db.exec('PRAGMA busy_timeout = 0');
    db.exec('BEGIN EXCLUSIVE');
    return { release: () => db.close() };
  } catch (error) {
    db.close();
    if (error instanceof Error && failureOf(error.message) === 'locked') return undefined;
    throw error;
  }
};

// The port between repositories and a database: compiled statements in, rows out. SQLite and PostgreSQL implement it.

/** What a statement parameter or a column may be, in every database. */
export type SqlValue = string | number | Uint8Array | null;

/** One compiled statement. The text is one of a small, fixed set, so that drivers may keep it prepared. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly SqlValue[];
}

export type Row = Readonly<Record<string, SqlValue>>;

export interface Driver {
  /** All statements in one transaction. Resolves when it is on disk; rejects with nothing applied. In order of calls. */
  commit(statements: readonly Statement[]): Promise<void>;
  /** One query on the newest committed state. */
  read(statement: Statement): Promise<readonly Row[]>;
  close(): Promise<void>;
}

/** The database refused for want of space; reading goes on, writing may be tried again. */
export class StorageFull extends Error {}

/** Another process owns the database file. */
export class StorageLocked extends Error {}

// Brings a database to the newest schema: forward only, each step in one transaction with its own record.
import type { Driver, Statement } from './driver.ts';
import { type Dialect, house } from './migrations/0001-house.ts';

type Migration = (dialect: Dialect) => readonly string[];

const migrations: readonly Migration[] = [house];

const plain = (sql: string): Statement => ({ sql, parameters: [] });

/** Applies what is missing. A database newer than this program is refused: going back is not supported. */
export const migrate = async (driver: Driver, dialect: Dialect): Promise<void> => {
  await driver.commit([plain('CREATE TABLE IF NOT EXISTS migration (number INTEGER PRIMARY KEY)')]);
  const [row] = await driver.read(plain('SELECT COUNT(*) AS done FROM migration'));
  const done = Number(row?.['done'] ?? 0);
  if (done > migrations.length)
    throw new Error('the database was made by a newer Parlance; install that version, or restore a backup');
  for (const [index, migration] of migrations.entries()) {
    if (index < done) continue;
    const record: Statement = { sql: 'INSERT INTO migration (number) VALUES (?)', parameters: [index + 1] };
    await driver.commit([...migration(dialect).map(plain), record]);
  }
};

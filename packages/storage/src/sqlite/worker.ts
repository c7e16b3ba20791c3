// The thread that owns a SQLite connection: runs what the driver posts, in order, and answers with the request's id.
import { parentPort, workerData } from 'node:worker_threads';
import type { Row, SqlValue } from '../driver.ts';
import { openDatabase, type PreparedStatement } from './database.ts';
import { failureOf, type Open, type Request, type Response } from './protocol.ts';

const port = parentPort;
if (port === null) throw new Error('the SQLite worker runs as a worker thread');
const { file, role } = workerData as Open;
const db = openDatabase(file, role);
const texts: string[] = [];
const byText = new Map<string, PreparedStatement>();

const statementFor = (sql: string): PreparedStatement => {
  const known = byText.get(sql);
  if (known !== undefined) return known;
  const made = db.prepare(sql);
  byText.set(sql, made);
  return made;
};

const runAll = (work: readonly SqlValue[]): void => {
  for (let at = 0; at < work.length; ) {
    const text = texts[work[at] as number] ?? '';
    const count = work[at + 1] as number;
    statementFor(text).run(...work.slice(at + 2, at + 2 + count));
    at += 2 + count;
  }
};

/** SQLite itself has undone a transaction that met a full disk or an I/O error (lang_transaction.html). */
const undo = (): void => {
  try {
    db.exec('ROLLBACK');
  } catch {
    // Nothing is open any more.
  }
};

const commit = (work: readonly SqlValue[]): void => {
  db.exec('BEGIN IMMEDIATE');
  try {
    runAll(work);
    db.exec('COMMIT');
  } catch (error) {
    undo();
    throw error;
  }
};

const answer = (request: Request): Response => {
  try {
    if (request.kind === 'commit') {
      texts.push(...request.texts);
      commit(request.work);
    }
    if (request.kind === 'checkpoint') db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    if (request.kind === 'close') db.close();
    const rows = request.kind === 'read' ? (statementFor(request.sql).all(...request.parameters) as Row[]) : [];
    return { id: request.id, ok: true, rows };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { id: request.id, ok: false, failure: failureOf(message), message };
  }
};

port.on('message', (request: Request) => {
  port.postMessage(answer(request));
  if (request.kind === 'close') port.close();
});

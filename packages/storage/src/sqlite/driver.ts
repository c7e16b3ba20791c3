// SQLite behind the Driver port: a thread for writing, one for reading, one for moving the log, so that neither delays a commit (ADR 0003).
import { Worker } from 'node:worker_threads';
import { type Driver, type Row, type SqlValue, type Statement, StorageFull, StorageLocked } from '../driver.ts';
import { Checkpoints } from './checkpoints.ts';
import { type Failure, failureOf, type Open, type Request, type Response } from './protocol.ts';

const errors: Readonly<Record<Failure, new (message: string) => Error>> = {
  full: StorageFull,
  locked: StorageLocked,
  other: Error,
};

interface Waiting {
  resolve(rows: readonly Row[]): void;
  reject(error: Error): void;
}

/** The compiled worker, also when this file is run from its source. */
const workerUrl = new URL(
  import.meta.url.endsWith('.ts') ? '../../dist/sqlite/worker.js' : './worker.js',
  import.meta.url,
);

/** Requests to one worker thread, answered in order. */
class Thread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #next = 0;
  /** Why the thread is gone. */
  #ended: Error | undefined;

  constructor(open: Open) {
    this.#worker = new Worker(workerUrl, { workerData: open, name: `sqlite-${open.role}` });
    this.#worker.on('message', (response: Response) => this.#settle(response));
    this.#worker.on('error', (error) => this.#failAll(error));
  }

  ask(make: (id: number) => Request): Promise<readonly Row[]> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage(make(id));
    });
  }

  #settle(response: Response): void {
    const waiting = this.#waiting.get(response.id);
    this.#waiting.delete(response.id);
    if (response.ok) waiting?.resolve(response.rows);
    else waiting?.reject(new errors[response.failure](response.message));
  }

  #failAll({ message }: Error): void {
    const ended = new errors[failureOf(message)](message);
    this.#ended = ended;
    for (const waiting of this.#waiting.values()) waiting.reject(ended);
    this.#waiting.clear();
  }
}

class SqliteDriver implements Driver {
  readonly #writer: Thread;
  /** Opened with the first query, when the writer has made the file. */
  #reader: Thread | undefined;
  /** Opened when the log has to be moved under load for the first time. */
  #checkpointer: Thread | undefined;
  readonly #checkpoints: Checkpoints;
  readonly #file: string;
  readonly #numbers = new Map<string, number>();

  constructor(file: string) {
    this.#writer = new Thread({ file, role: 'writer' });
    this.#file = file;
    this.#checkpoints = new Checkpoints({
      aside: () => {
        this.#checkpointer ??= new Thread({ file, role: 'checkpointer' });
        return this.#checkpointer.ask((id) => ({ id, kind: 'checkpoint' }));
      },
      between: () => this.#writer.ask((id) => ({ id, kind: 'checkpoint' })),
    });
  }

  async commit(statements: readonly Statement[]): Promise<void> {
    const texts: string[] = [];
    const work: SqlValue[] = [];
    for (const { sql, parameters } of statements) {
      let number = this.#numbers.get(sql);
      if (number === undefined) {
        number = this.#numbers.size;
        this.#numbers.set(sql, number);
        texts.push(sql);
      }
      work.push(number, parameters.length, ...parameters);
    }
    await this.#writer.ask((id) => ({ id, kind: 'commit', texts, work }));
    this.#checkpoints.committed(statements.length);
  }

  read({ sql, parameters }: Statement): Promise<readonly Row[]> {
    this.#reader ??= new Thread({ file: this.#file, role: 'reader' });
    return this.#reader.ask((id) => ({ id, kind: 'read', sql, parameters }));
  }

  async close(): Promise<void> {
    await this.#checkpoints.end();
    await this.#checkpointer?.ask((id) => ({ id, kind: 'close' }));
    await this.#reader?.ask((id) => ({ id, kind: 'close' }));
    await this.#writer.ask((id) => ({ id, kind: 'close' }));
  }
}

/** Opens (and makes, if absent) the database file. The data directory's lock is held by the caller. */
export const openSqlite = (file: string): Driver => new SqliteDriver(file);

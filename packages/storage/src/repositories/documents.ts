// Private documents in the database: one row for each account, kind and name (XEP-0049, XEP-0054, XEP-0012).
import type { AccountId } from '@parlance/core/ids';
import type { DocumentStore, Write } from '@parlance/core/store';
import type { Driver } from '../driver.ts';
import { asWrite } from './mailbox.ts';

const upsert = `INSERT INTO document (account, kind, name, value) VALUES (?, ?, ?, ?)
  ON CONFLICT (account, kind, name) DO UPDATE SET value = excluded.value`;

export class Documents implements DocumentStore {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  async get(account: AccountId, kind: string, name: string): Promise<string | undefined> {
    const sql = 'SELECT value FROM document WHERE account = ? AND kind = ? AND name = ?';
    const [row] = await this.#driver.read({ sql, parameters: [account, kind, name] });
    return row === undefined ? undefined : String(row['value']);
  }

  async names(account: AccountId, kind: string): Promise<readonly string[]> {
    const sql = 'SELECT name FROM document WHERE account = ? AND kind = ?';
    return (await this.#driver.read({ sql, parameters: [account, kind] })).map((row) => String(row['name']));
  }

  put(account: AccountId, kind: string, name: string, value: string): Write {
    return asWrite({ sql: upsert, parameters: [account, kind, name, value] });
  }

  remove(account: AccountId, kind: string, name: string): Write {
    const sql = 'DELETE FROM document WHERE account = ? AND kind = ? AND name = ?';
    return asWrite({ sql, parameters: [account, kind, name] });
  }
}

// Keys of accepted requests, so that one that comes again after a crash is not done again (ADR 0002, idempotency).
import type { RequestStore, Write } from '@parlance/core/store';
import type { Driver } from '../driver.ts';
import { asWrite } from './mailbox.ts';

export class Requests implements RequestStore {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  put(key: string, expires: number): Write {
    return asWrite({
      sql: 'INSERT INTO request (id, expires) VALUES (?, ?) ON CONFLICT DO NOTHING',
      parameters: [key, expires],
    });
  }

  async all(): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#driver.read({ sql: 'SELECT id, expires FROM request', parameters: [] });
    return new Map(rows.map((row) => [String(row['id']), Number(row['expires'])]));
  }

  expire(now: number): Write {
    return asWrite({ sql: 'DELETE FROM request WHERE expires < ?', parameters: [now] });
  }
}

// SIP bindings and the cursors of devices in the database (RFC 3261 §10.3, ADR 0007).
import { type AccountId, addressOf, type DeviceId, type Sequence, type SessionId } from '@parlance/core/ids';
import type { BindingStore, DeviceCursor, StoredBinding, Write } from '@parlance/core/store';
import type { Driver, Row } from '../driver.ts';
import { asWrite } from './mailbox.ts';

const upsert = `INSERT INTO binding (id, account, expires, state) VALUES (?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET expires = excluded.expires, state = excluded.state`;

const selectAll = `SELECT binding.*, address.local, address.domain FROM binding
  JOIN address ON address.account = binding.account AND address.until IS NULL`;

/** Never back: phones that do not say which they are share one. */
const upsertCursor = `INSERT INTO device_cursor (account, device, sequence, seen) VALUES (?, ?, ?, ?)
  ON CONFLICT (account, device) DO UPDATE SET seen = excluded.seen,
    sequence = CASE WHEN excluded.sequence > device_cursor.sequence THEN excluded.sequence ELSE device_cursor.sequence END`;

export class Bindings implements BindingStore {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  put({ id, account, expires, state }: Omit<StoredBinding, 'address'>): Write {
    return asWrite({ sql: upsert, parameters: [id, account, expires, state] });
  }

  remove(id: SessionId): Write {
    return asWrite({ sql: 'DELETE FROM binding WHERE id = ?', parameters: [id] });
  }

  async all(): Promise<readonly StoredBinding[]> {
    return (await this.#driver.read({ sql: selectAll, parameters: [] })).map(toBinding);
  }

  async cursors(account: AccountId): Promise<readonly DeviceCursor[]> {
    const sql = 'SELECT device, sequence FROM device_cursor WHERE account = ?';
    const rows = await this.#driver.read({ sql, parameters: [account] });
    return rows.map((row) => ({ account, device: row['device'] as DeviceId, cursor: row['sequence'] as Sequence }));
  }

  moveCursor({ account, device, cursor }: DeviceCursor, time: number): Write {
    return asWrite({ sql: upsertCursor, parameters: [account, device, cursor, time] });
  }
}

const toBinding = (row: Row): StoredBinding => ({
  id: row['id'] as SessionId,
  account: row['account'] as AccountId,
  address: addressOf(String(row['local']), String(row['domain'])),
  expires: Number(row['expires']),
  state: String(row['state']),
});

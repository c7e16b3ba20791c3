// Resumable streams in the database: one row each, replaced whole with each commit that touches it (XEP-0198 §5, ADR 0003).
import { type AccountId, addressOf, type SessionId } from '@parlance/core/ids';
import type { StreamState, StreamStore, Write } from '@parlance/core/store';
import type { Driver, Row } from '../driver.ts';
import { asWrite } from './mailbox.ts';

const upsert = `INSERT INTO stream (id, account, label, expires, received, acknowledged, queue, state) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT (id) DO UPDATE SET expires = excluded.expires, received = excluded.received, acknowledged = excluded.acknowledged,
    queue = excluded.queue, state = excluded.state`;

const selectAll = `SELECT stream.*, address.local, address.domain FROM stream
  JOIN address ON address.account = stream.account AND address.until IS NULL`;

export class Streams implements StreamStore {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  put(s: StreamState): Write {
    return asWrite({
      sql: upsert,
      parameters: [s.id, s.account, s.label, s.expires ?? null, s.received, s.acknowledged, s.queue, s.state],
    });
  }

  remove(id: SessionId): Write {
    return asWrite({ sql: 'DELETE FROM stream WHERE id = ?', parameters: [id] });
  }

  async all(): Promise<readonly StreamState[]> {
    const rows = await this.#driver.read({ sql: selectAll, parameters: [] });
    return rows.map(toState);
  }
}

const toState = (row: Row): StreamState => ({
  id: row['id'] as SessionId,
  account: row['account'] as AccountId,
  address: addressOf(String(row['local']), String(row['domain'])),
  label: String(row['label']),
  expires: typeof row['expires'] === 'number' ? row['expires'] : undefined,
  received: Number(row['received']),
  acknowledged: Number(row['acknowledged']),
  queue: String(row['queue']),
  state: String(row['state']),
});

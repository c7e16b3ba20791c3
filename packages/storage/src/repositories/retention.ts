// Counting archives and letting their oldest entries go, in the order of the mailbox, a few at a time (ADR 0002).
import { type AccountId, addressOf, type Sequence } from '@parlance/core/ids';
import { entryBytes } from '@parlance/core/retention';
import type { AgedEntry, ArchiveSize, Keeper, RetentionStore, Write } from '@parlance/core/store';
import type { Driver, Row } from '../driver.ts';
import { asWrite, blockSize, leave } from './mailbox.ts';

const selectKeepers = `SELECT account.id, address.domain, address.local, archive_size.counted, archive_size.bytes
  FROM account JOIN address ON address.account = account.id AND address.until IS NULL
  LEFT JOIN archive_size ON archive_size.account = account.id WHERE account.id`;

const bytes = `OCTET_LENGTH(message.payload) + ${entryBytes}`;

/** Archived entries of an account; `CROSS JOIN` keeps the order in which they are read. */
const archived =
  'entry CROSS JOIN message WHERE message.id = entry.message AND entry.account = ? AND entry.archived = 1';

const measureArchive = `SELECT MAX(sequence) AS counted, SUM(bytes) AS bytes FROM (SELECT entry.sequence, ${bytes} AS bytes
  FROM ${archived} AND entry.sequence > ? ORDER BY entry.sequence LIMIT ?) AS part`;

/** Nothing is kept of an account that is gone. */
const growSize = `INSERT INTO archive_size (account, counted, bytes)
  SELECT account, ?, ? FROM address WHERE account = ? AND until IS NULL
  ON CONFLICT (account) DO UPDATE SET counted = excluded.counted, bytes = archive_size.bytes + excluded.bytes`;

const selectOldest = `SELECT entry.sequence, entry.pending, message.time, ${bytes} AS bytes
  FROM ${archived} AND entry.sequence > ? ORDER BY entry.sequence LIMIT ?`;

const part = 'account = ? AND sequence >= ? AND sequence <= ? AND archived = 1';

/** By what is on disk when the write takes place; places that were not counted yet do not count. */
const shrink = (
  condition: string,
): string => `UPDATE archive_size SET bytes = bytes - (SELECT COALESCE(SUM(${bytes}), 0)
  FROM entry CROSS JOIN message WHERE message.id = entry.message AND entry.account = archive_size.account
  AND entry.sequence >= ? AND entry.sequence <= ? AND entry.sequence <= archive_size.counted
  AND entry.archived = 1${condition}) WHERE account = ?`;

const shrinkAll = shrink('');
const shrinkDelivered = shrink(' AND entry.pending = 0');

export class Retention implements RetentionStore {
  readonly #driver: Driver;

  constructor(driver: Driver) {
    this.#driver = driver;
  }

  async keepers(after: AccountId, limit: number): Promise<readonly Keeper[]> {
    const sql = `${selectKeepers} > ? ORDER BY account.id LIMIT ?`;
    return (await this.#driver.read({ sql, parameters: [after, limit] })).map(toKeeper);
  }

  async keeper(account: AccountId): Promise<Keeper | undefined> {
    const [row] = await this.#driver.read({ sql: `${selectKeepers} = ?`, parameters: [account] });
    return row === undefined ? undefined : toKeeper(row);
  }

  async measure(account: AccountId, above: Sequence, limit: number): Promise<ArchiveSize | undefined> {
    const [row] = await this.#driver.read({ sql: measureArchive, parameters: [account, above, limit] });
    return typeof row?.['counted'] === 'number' ? toSize(row) : undefined;
  }

  grow(account: AccountId, measured: ArchiveSize): Write {
    return asWrite({ sql: growSize, parameters: [measured.counted, measured.bytes, account] });
  }

  async oldest(account: AccountId, above: Sequence, limit: number): Promise<readonly AgedEntry[]> {
    const rows = await this.#driver.read({ sql: selectOldest, parameters: [account, above, limit] });
    return rows.map((row) => ({
      sequence: row['sequence'] as Sequence,
      time: Number(row['time']),
      bytes: Number(row['bytes']),
      pending: row['pending'] === 1,
    }));
  }

  release(account: AccountId, first: Sequence, last: Sequence, waiting: boolean): Write[] {
    const parameters = [account, first, last];
    return [
      asWrite({ sql: waiting ? shrinkAll : shrinkDelivered, parameters: [first, last, account] }),
      ...leave(`${part} AND pending = 0`, parameters),
      ...(waiting ? [asWrite({ sql: `UPDATE entry SET archived = 0 WHERE ${part}`, parameters })] : []),
    ];
  }

  forgetConversations(account: AccountId, below: Sequence): Write {
    const sql = 'DELETE FROM conversation WHERE account = ? AND block < ?';
    return asWrite({ sql, parameters: [account, Math.floor(below / blockSize)] });
  }
}

const toSize = (row: Row): ArchiveSize => ({
  counted: Number(row['counted'] ?? -1) as Sequence,
  bytes: Number(row['bytes'] ?? 0),
});

const toKeeper = (row: Row): Keeper => ({
  id: row['id'] as AccountId,
  address: addressOf(String(row['local']), String(row['domain'])),
  size: toSize(row),
});

// The mailbox in the database: one shared message, one entry per account (ADR 0002).
import type { Envelope, MessageKind } from '@parlance/core/envelope';
import type { AccountId, Protocol, Sequence } from '@parlance/core/ids';
import type { Entry, MailboxStore, StoredEntry, Write } from '@parlance/core/store';
import type { Driver, Row, SqlValue, Statement } from '../driver.ts';

const insertMessage = `INSERT INTO message (id, time, protocol, sender, recipient, kind, origin, thread, text, refers_to, payload, holders)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const insertEntry =
  'INSERT INTO entry (account, sequence, message, peer, direction, archived, pending) VALUES (?, ?, ?, ?, ?, ?, ?)';
const insertConversation = 'INSERT INTO conversation (account, peer, block) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';

/** Entries per block of the conversation index (ADR 0002): one index row serves up to this many entries. */
export const blockSize = 256;

const indexedCapacity = 20_000;

/** Hands a compiled statement to the core as an opaque write. */
export const asWrite = (statement: Statement): Write => statement as Statement & Write;

const labelled = (address: string, label: string): string => (label === '' ? address : `${address}/${label}`);

export class Mailbox implements MailboxStore {
  readonly #driver: Driver;
  #nextMessage: number;
  /** Blocks already indexed: account, peer → block. Bounded: emptied when full, which costs one ignored insert each. */
  readonly #indexed = new Map<string, number>();

  /** `nextMessage` is one above the highest message id in the database. */
  constructor(driver: Driver, nextMessage: number) {
    this.#driver = driver;
    this.#nextMessage = nextMessage;
  }

  reserve(account: AccountId, mark: Sequence): Write {
    return asWrite({ sql: 'UPDATE account SET reserved = ? WHERE id = ?', parameters: [mark, account] });
  }

  append(message: Envelope, entries: readonly Entry[]): Write[] {
    const id = this.#nextMessage++;
    const { columns, native } = message;
    const first = asWrite({
      sql: insertMessage,
      parameters: [
        id,
        message.time,
        native.protocol,
        labelled(message.from, message.fromLabel),
        labelled(message.to, message.toLabel),
        message.kind,
        columns.originId ?? null,
        columns.thread ?? null,
        columns.text ?? null,
        columns.refersTo ?? null,
        native.payload(),
        entries.length,
      ],
    });
    const writes = [first];
    for (const entry of entries) {
      writes.push(asWrite({ sql: insertEntry, parameters: entryRow(id, entry) }));
      this.#index(entry, writes);
    }
    return writes;
  }

  pend(account: AccountId, sequences: readonly Sequence[]): Write {
    return asWrite({
      sql: `UPDATE entry SET pending = 1 WHERE account = ? AND sequence IN ${list(sequences)}`,
      parameters: [account, ...sequences],
    });
  }

  delivered(account: AccountId, sequences: readonly Sequence[]): Write[] {
    const parameters = [account, ...sequences];
    const given = `account = ? AND sequence IN ${list(sequences)}`;
    return [
      asWrite({ sql: `UPDATE entry SET pending = 0 WHERE ${given}`, parameters }),
      ...leave(`${given} AND archived = 0`, parameters),
    ];
  }

  async load(account: AccountId, sequences: readonly Sequence[]): Promise<readonly StoredEntry[]> {
    if (sequences.length === 0) return [];
    const sql = `${selectEntry} WHERE entry.account = ? AND entry.sequence IN ${list(sequences)} ORDER BY entry.sequence`;
    return (await this.#driver.read({ sql, parameters: [account, ...sequences] })).map(toStored);
  }

  async pending(account: AccountId, after: Sequence, limit: number): Promise<readonly StoredEntry[]> {
    const sql = `${selectEntry} WHERE entry.account = ? AND entry.pending = 1 AND entry.sequence > ? ORDER BY entry.sequence LIMIT ?`;
    return (await this.#driver.read({ sql, parameters: [account, after, limit] })).map(toStored);
  }

  #index({ account, peer, sequence }: Entry, writes: Write[]): void {
    const block = Math.floor(sequence / blockSize);
    const key = `${account} ${peer}`;
    if (this.#indexed.get(key) === block) return;
    if (this.#indexed.size >= indexedCapacity) this.#indexed.clear();
    this.#indexed.set(key, block);
    writes.push(asWrite({ sql: insertConversation, parameters: [account, peer, block] }));
  }
}

/** What `toStored` reads, from `entry` and `message`. */
export const entryColumns =
  'entry.sequence, entry.archived, entry.pending, message.protocol, message.kind, message.time, message.payload';

const selectEntry = `SELECT ${entryColumns} FROM entry JOIN message ON message.id = entry.message`;

/** Place-holders for a list. */
const list = (values: readonly unknown[]): string => `(${values.map(() => '?').join(', ')})`;

/** Entries leave by a condition, and with them the messages that no other mailbox holds. */
export const leave = (condition: string, parameters: readonly SqlValue[]): Write[] => {
  const messages = `SELECT message FROM entry WHERE ${condition}`;
  return [
    `UPDATE message SET holders = holders - 1 WHERE id IN (${messages})`,
    `DELETE FROM message WHERE holders < 1 AND id IN (${messages})`,
    `DELETE FROM entry WHERE ${condition}`,
  ].map((sql) => asWrite({ sql, parameters }));
};

/** A row of `entryColumns` as the core knows it. */
export const toStored = (row: Row): StoredEntry => ({
  sequence: row['sequence'] as Sequence,
  protocol: row['protocol'] as Protocol,
  kind: row['kind'] as MessageKind,
  time: Number(row['time']),
  payload: row['payload'] as string | Uint8Array,
  archived: row['archived'] === 1,
  pending: row['pending'] === 1,
});

/** The mailbox of an open database. */
export const openMailbox = async (driver: Driver): Promise<Mailbox> => {
  const [row] = await driver.read({ sql: 'SELECT MAX(id) AS top FROM message', parameters: [] });
  return new Mailbox(driver, Number(row?.['top'] ?? 0) + 1);
};

const entryRow = (message: number, e: Entry): Statement['parameters'] => [
  e.account,
  e.sequence,
  message,
  e.peer,
  e.direction === 'in' ? 0 : 1,
  e.archived ? 1 : 0,
  e.pending ? 1 : 0,
];

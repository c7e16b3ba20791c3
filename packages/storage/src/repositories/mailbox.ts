// The mailbox in the database: one shared message, one entry per account (ADR 0002).
import type { Envelope } from '@parlance/core/envelope';
import type { Entry, MailboxStore, Write } from '@parlance/core/store';
import type { Statement } from '../driver.ts';

const insertMessage = `INSERT INTO message (id, time, protocol, sender, recipient, kind, origin, thread, text, refers_to, payload)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const insertEntry = 'INSERT INTO entry (account, sequence, message, peer, direction, archived, pending) VALUES (?, ?, ?, ?, ?, ?, ?)';
const insertConversation = 'INSERT INTO conversation (account, peer, block) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';

/** Entries per block of the conversation index (ADR 0002): one index row serves up to this many entries. */
export const blockSize = 256;

const indexedCapacity = 20_000;

/** Hands a compiled statement to the core as an opaque write. */
export const asWrite = (statement: Statement): Write => statement as Statement & Write;

const labelled = (address: string, label: string): string => (label === '' ? address : `${address}/${label}`);

export class Mailbox implements MailboxStore {
  #nextMessage: number;
  /** Blocks already indexed: account, peer → block. Bounded: emptied when full, which costs one ignored insert each. */
  readonly #indexed = new Map<string, number>();

  /** `nextMessage` is one above the highest message id in the database. */
  constructor(nextMessage: number) {
    this.#nextMessage = nextMessage;
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
      ],
    });
    const writes = [first];
    for (const entry of entries) {
      writes.push(asWrite({ sql: insertEntry, parameters: entryRow(id, entry) }));
      this.#index(entry, writes);
    }
    return writes;
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

const entryRow = (message: number, e: Entry): Statement['parameters'] => [
  e.account,
  e.sequence,
  message,
  e.peer,
  e.direction === 'in' ? 0 : 1,
  e.archived ? 1 : 0,
  e.pending ? 1 : 0,
];

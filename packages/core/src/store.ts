// The storage ports: what the core asks of a database. Writes are values that commit together; reads are asynchronous.
import type { Brand } from '@parlance/base/brand';
import type { Account } from './account.ts';
import type { Contact } from './contact.ts';
import type { Envelope, MessageKind } from './envelope.ts';
import type { AccountId, Address, Protocol, Sequence, SessionId } from './ids.ts';

/** One write, ready to be committed with others. Made by a store, opaque to everybody else. */
export type Write = Brand<object, 'Write'>;

/** One account's copy of a message: a row of its mailbox. */
export interface Entry {
  readonly account: AccountId;
  readonly sequence: Sequence;
  /** The other side: `local@domain` or a domain, as the archive filters by it. */
  readonly peer: string;
  readonly direction: 'in' | 'out';
  readonly archived: boolean;
  readonly pending: boolean;
}

/** An entry as it comes back from the database. */
export interface StoredEntry {
  readonly sequence: Sequence;
  readonly protocol: Protocol;
  readonly kind: MessageKind;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly payload: string | Uint8Array;
  readonly archived: boolean;
  readonly pending: boolean;
}

/** The durable half of a resumable stream: enough to resume it on another process (XEP-0198 §5). */
export interface StreamState {
  readonly id: SessionId;
  readonly account: AccountId;
  readonly label: string;
  /** Milliseconds since 1970 after which the stream cannot be resumed; undefined while connected. */
  readonly expires: number | undefined;
  /** Inbound stanzas handled and committed. */
  readonly received: number;
  /** Outbound stanzas acknowledged by the peer. */
  readonly acknowledged: number;
  /** Outbound items from `acknowledged` on, in the adapter's own encoding. */
  readonly queue: string;
  /** The adapter's own state of the session (presence, carbons, …), in its own encoding. */
  readonly state: string;
}

export interface MailboxStore {
  /** The shared payload and its rows, one per account. */
  append(message: Envelope, entries: readonly Entry[]): Write[];
  /** Entries that must wait for a device again. */
  pend(account: AccountId, sequences: readonly Sequence[]): Write;
  /** Entries that a device has: they wait no longer, and leave when the archive does not hold them. */
  delivered(account: AccountId, sequences: readonly Sequence[]): Write[];
  /** Entries by place, oldest first; missing ones are absent. */
  load(account: AccountId, sequences: readonly Sequence[]): Promise<readonly StoredEntry[]>;
  /** Up to `limit` entries that wait for a device, oldest first, from above `after`. */
  pending(account: AccountId, after: Sequence, limit: number): Promise<readonly StoredEntry[]>;
}

export interface StreamStore {
  put(state: StreamState): Write;
  remove(id: SessionId): Write;
  /** All streams of a data directory, at start. */
  all(): Promise<readonly StreamState[]>;
}

export interface AccountStore {
  /** Loads accounts by address; missing ones are absent from the answer. */
  load(addresses: readonly Address[]): Promise<readonly Account[]>;
}

export interface ContactStore {
  /** The row and, with it, the account's roster version. */
  put(account: AccountId, contact: Contact): Write[];
  remove(account: AccountId, address: Address, version: number): Write[];
}

/** Durable storage. `commit` resolves when all writes are on disk, and rejects with none of them applied. */
export interface Committer {
  commit(writes: readonly Write[]): Promise<void>;
}

/** All stores of the house. Each subject has its own port; one composition root makes them all. */
export interface Stores {
  readonly accounts: AccountStore;
  readonly contacts: ContactStore;
  readonly mailbox: MailboxStore;
  readonly streams: StreamStore;
}

// The storage ports: what the core asks of a database. Writes are values that commit together; reads are asynchronous.
import type { Brand } from '@parlance/base/brand';
import type { Account } from './account.ts';
import type { Envelope } from './envelope.ts';
import type { AccountId, Address, Sequence, SessionId } from './ids.ts';

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
  readonly queue: Uint8Array;
  /** The adapter's own state of the session (presence, carbons, …), in its own encoding. */
  readonly state: string;
}

export interface MailboxStore {
  /** The shared payload and its rows, one per account. */
  append(message: Envelope, entries: readonly Entry[]): Write[];
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

/** Durable storage. `commit` resolves when all writes are on disk, and rejects with none of them applied. */
export interface Committer {
  commit(writes: readonly Write[]): Promise<void>;
}

// The storage ports: what the core asks of a database. Writes are values that commit together; reads are asynchronous.
import type { Brand } from '@parlance/base/brand';
import type { Account, AccountView, ArchivePolicy } from './account.ts';
import type { Contact } from './contact.ts';
import type { CredentialStore } from './credentials.ts';
import type { Envelope, MessageKind } from './envelope.ts';
import type { AccountId, Address, DeviceId, Protocol, Sequence, SessionId } from './ids.ts';

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
  /** The account's address when the row is read; not stored with it. */
  readonly address: Address;
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
  /** No place below `mark` will be given again by a later process. */
  reserve(account: AccountId, mark: Sequence): Write;
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

/** Which archived entries are asked for; all conditions hold together, an absent one holds always. */
export interface ArchiveFilter {
  /** The other side, as entries name it. */
  readonly peer?: string;
  /** Together with `peer`: only what came from or went to this label. */
  readonly label?: string;
  /** Milliseconds since 1970, inclusive. */
  readonly start?: number;
  readonly end?: number;
  /** Exclusive. */
  readonly after?: Sequence;
  readonly before?: Sequence;
  /** Only these places; at most 128. */
  readonly sequences?: readonly Sequence[];
}

/** A part of an archive, oldest first. */
export interface ArchivePage {
  readonly entries: readonly StoredEntry[];
  /** Nothing more matches on the side to which the page was read. */
  readonly complete: boolean;
}

/** Reading of archives. Places never move, so that pages join without gap or overlap. */
export interface ArchiveStore {
  /** The first `limit` matching entries, the last when `backwards`. An empty page is always complete. */
  page(account: AccountId, filter: ArchiveFilter, limit: number, backwards: boolean): Promise<ArchivePage>;
  /** How many entries match, or undefined when counting them would cost too much. */
  count(account: AccountId, filter: ArchiveFilter): Promise<number | undefined>;
  /** Those of at most 128 places that are in the archive. */
  present(account: AccountId, sequences: readonly Sequence[]): Promise<ReadonlySet<Sequence>>;
}

/** An account as retention goes through them. */
export interface Keeper {
  readonly id: AccountId;
  readonly address: Address;
  /** What its archive holds up to a place, as far as it was counted. */
  readonly size: ArchiveSize;
}

export interface ArchiveSize {
  /** The last place that was counted. */
  readonly counted: Sequence;
  /** Of the payloads of archived entries up to there, and `entryBytes` for each (`retention.ts`). */
  readonly bytes: number;
}

/** One archived entry, as far as retention must know it. */
export interface AgedEntry {
  readonly sequence: Sequence;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly bytes: number;
  readonly pending: boolean;
}

/** Counting archives and letting their oldest entries go. One caller at a time. */
export interface RetentionStore {
  /** Up to `limit` accounts from above one, in the order of their numbers. */
  keepers(after: AccountId, limit: number): Promise<readonly Keeper[]>;
  keeper(account: AccountId): Promise<Keeper | undefined>;
  /** The place and the bytes of up to `limit` archived entries behind a place; undefined when there are none. */
  measure(account: AccountId, above: Sequence, limit: number): Promise<ArchiveSize | undefined>;
  /** Adds what was measured. */
  grow(account: AccountId, measured: ArchiveSize): Write;
  /** Up to `limit` archived entries, oldest first, from behind a place. */
  oldest(account: AccountId, above: Sequence, limit: number): Promise<readonly AgedEntry[]>;
  /**
   * The archived entries between two places, both inclusive, leave the archive, and what was counted shrinks. Those that
   * wait for a device stay in the mailbox until one has them; with `waiting` false they stay in the archive too.
   */
  release(account: AccountId, first: Sequence, last: Sequence, waiting: boolean): Write[];
  /** Forgets where conversations were in the part of an archive that is gone: below a place. One pass over their index. */
  forgetConversations(account: AccountId, below: Sequence): Write;
}

/** The block list (XEP-0191); patterns as in `AccountView.blocked`. */
export interface BlockStore {
  add(account: AccountId, patterns: readonly string[]): Write[];
  remove(account: AccountId, patterns: readonly string[]): Write[];
}

export interface StreamStore {
  put(state: StreamState): Write;
  remove(id: SessionId): Write;
  /** All streams of a data directory, at start. */
  all(): Promise<readonly StreamState[]>;
}

/** A SIP contact as it must survive a restart (RFC 3261 §10.3); what only SIP knows stays in the adapter's own encoding. */
export interface StoredBinding {
  readonly id: SessionId;
  readonly account: AccountId;
  /** The account's address when the row is read; not stored with it. */
  readonly address: Address;
  /** Milliseconds since 1970 after which it holds no more. */
  readonly expires: number;
  readonly state: string;
}

/** How far a device that reads its messages in order has got. */
export interface DeviceCursor {
  readonly account: AccountId;
  readonly device: DeviceId;
  /** The place of the last message that the device has, or is done with. */
  readonly cursor: Sequence;
}

export interface BindingStore {
  put(binding: Omit<StoredBinding, 'address'>): Write;
  remove(id: SessionId): Write;
  /** All bindings of a data directory, at start. */
  all(): Promise<readonly StoredBinding[]>;
  /** The cursors of an account's devices. */
  cursors(account: AccountId): Promise<readonly DeviceCursor[]>;
  /** `time`, milliseconds since 1970: when the device was seen. */
  moveCursor(cursor: DeviceCursor, time: number): Write;
}

/** Requests that were accepted, by a key of theirs: one that comes again after a crash is answered again, not done again. */
export interface RequestStore {
  /** Known until `expires`, milliseconds since 1970. */
  put(key: string, expires: number): Write;
  /** All that are known, with their time. */
  all(): Promise<ReadonlyMap<string, number>>;
  /** Forgets those whose time is over. */
  expire(now: number): Write;
}

export interface NewAccount {
  readonly address: Address;
  readonly role: AccountView['role'];
  /** Milliseconds since 1970. */
  readonly created: number;
}

/** A line of the list of accounts. */
export interface AccountSummary extends NewAccount {
  readonly suspended: boolean;
  /** Some password opens it to phones (`ha1.ts`). */
  readonly phone: boolean;
}

export interface AccountStore {
  /** Loads accounts by address; missing ones are absent from the answer. */
  load(addresses: readonly Address[]): Promise<readonly Account[]>;
  setArchivePolicy(account: AccountId, policy: ArchivePolicy): Write;
  /** A number of its own and the rows of a new account, whose address must be free. */
  create(account: NewAccount): Promise<{ readonly id: AccountId; readonly writes: readonly Write[] }>;
  /** A living address of the same domain that looks like this one, and beside which it may not stand (`look-alikes.ts`). */
  resembling(address: Address): Promise<Address | undefined>;
  /** A number of its own and the row of an account that has no address yet: nobody can reach it. */
  createWithoutAddress(
    account: Omit<NewAccount, 'address'>,
  ): Promise<{ readonly id: AccountId; readonly write: Write }>;
  /** Accounts that were created without an address and never got one: their import was cut off. */
  withoutAddress(): Promise<readonly AccountId[]>;
  /** From `since` on, milliseconds since 1970, the account lives at an address, which must be free. */
  assignAddress(account: AccountId, address: Address, since: number): Write;
  /** Ends the address and deletes all that is the account's alone; the number stays taken. */
  remove(account: AccountId, time: number): Write[];
  /**
   * Takes an address out of all permissions and interests, for a removal while nobody runs: whoever has the address next
   * inherits nothing. A running server tells the contacts instead (RFC 6121 §3).
   */
  disown(address: Address): Write[];
  setRole(account: AccountId, role: AccountView['role']): Write;
  setSuspended(account: AccountId, suspended: boolean): Write;
  /** Up to `limit` accounts of a domain in the order of their local parts, from above `after`. */
  list(domain: string, after: string, limit: number): Promise<readonly AccountSummary[]>;
}

export interface ContactStore {
  /** The row and, with it, the account's roster version. */
  put(account: AccountId, contact: Contact): Write[];
  remove(account: AccountId, address: Address, version: number): Write[];
  /** A roster item is gone at this version, whether or not its row stays for a request that waits. */
  delisted(account: AccountId, version: number): Write;
}

/** Small private documents of an account by kind and name: private XML, vCard, last activity. Values are opaque text. */
export interface DocumentStore {
  get(account: AccountId, kind: string, name: string): Promise<string | undefined>;
  /** The names of an account's documents of one kind. */
  names(account: AccountId, kind: string): Promise<readonly string[]>;
  put(account: AccountId, kind: string, name: string, value: string): Write;
  remove(account: AccountId, kind: string, name: string): Write;
}

/** Who stands out at a node: has subscribed in so many words, is on its list of members, or is shut out (XEP-0060 §4.1). */
export interface NodeParty {
  readonly role: 'subscriber' | 'member' | 'outcast';
  /** As the adapter writes it: `local@domain`, a domain, or one of these with a label. */
  readonly jid: string;
  /** The same without a label. */
  readonly address: string;
}

/** One publish-subscribe node of an account (XEP-0060 §4.4, XEP-0163 §2.1). */
export interface StoredNode {
  readonly name: string;
  /** Its configuration, in the adapter's own encoding. */
  readonly config: string;
  /** In the order of their addresses. */
  readonly parties: readonly NodeParty[];
}

/** One published item. */
export interface NodeItem {
  readonly id: string;
  /** `local@domain` or a full address, as the adapter stamps it. */
  readonly publisher: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly payload: string;
}

/** Where an item stands in its node: a later publication has a higher place. */
export interface ItemPlace {
  readonly id: string;
  readonly place: number;
  /** Characters of the payload. */
  readonly size: number;
}

/** The nodes of accounts and their items. Items are ordered by their latest publication, oldest first. */
export interface NodeStore {
  nodes(account: AccountId): Promise<readonly StoredNode[]>;
  put(account: AccountId, node: Pick<StoredNode, 'name' | 'config'>): Write;
  join(account: AccountId, node: string, party: NodeParty): Write;
  leave(account: AccountId, node: string, party: NodeParty): Write;
  /** Takes an address out of all nodes: whoever has it next inherits nothing. */
  disown(address: string): Write;
  /** The node with its parties and all its items. */
  remove(account: AccountId, node: string): Write[];
  /** Adds the item, or replaces the one with its id, as the newest; all but the newest `keep` leave. */
  publish(account: AccountId, node: string, item: NodeItem, keep: number): Write[];
  /** All but the newest `keep` leave. */
  trim(account: AccountId, node: string, keep: number): Write;
  retract(account: AccountId, node: string, id: string): Write;
  purge(account: AccountId, node: string): Write;
  places(account: AccountId, node: string): Promise<readonly ItemPlace[]>;
  /** The items from one place to another, both inclusive. */
  between(account: AccountId, node: string, first: number, last: number): Promise<readonly NodeItem[]>;
  /** The items with these ids; missing ones are absent. */
  named(account: AccountId, node: string, ids: readonly string[]): Promise<readonly NodeItem[]>;
  /** The newest item of each of these nodes, by node; empty nodes are absent. */
  newest(account: AccountId, nodes: readonly string[]): Promise<ReadonlyMap<string, NodeItem>>;
}

/** Durable storage. `commit` resolves when all writes are on disk, and rejects with none of them applied. */
export interface Committer {
  commit(writes: readonly Write[]): Promise<void>;
}

/** All stores of the house. Each subject has its own port; one composition root makes them all. */
export interface Stores {
  readonly accounts: AccountStore;
  readonly contacts: ContactStore;
  readonly credentials: CredentialStore;
  readonly mailbox: MailboxStore;
  readonly archive: ArchiveStore;
  readonly retention: RetentionStore;
  readonly blocks: BlockStore;
  readonly documents: DocumentStore;
  readonly nodes: NodeStore;
  readonly streams: StreamStore;
  readonly bindings: BindingStore;
  readonly requests: RequestStore;
}

// An account while it is in memory: its immutable view, and the head of its mailbox that only its owner moves.
import type { Contact } from './contact.ts';
import type { AccountId, Address, Sequence } from './ids.ts';

/** Which messages the account wants archived (XEP-0313 §6 preferences). */
export interface ArchivePolicy {
  readonly byDefault: 'always' | 'never' | 'roster';
  readonly always: ReadonlySet<string>;
  readonly never: ReadonlySet<string>;
}

/** All that synchronous hooks may know of an account. Replaced, never changed. */
export interface AccountView {
  readonly contacts: ReadonlyMap<string, Contact>;
  /** Blocked addresses: `local@domain/label`, `local@domain`, `domain/label` or `domain` (XEP-0191 §4). */
  readonly blocked: ReadonlySet<string>;
  readonly archive: ArchivePolicy;
  /** Rises with each change of the contact list; the roster version. */
  readonly rosterVersion: number;
  /** The roster version of the latest removal: older copies of the roster may hold rows that are gone. */
  readonly rosterRemoval: number;
  readonly role: 'user' | 'admin';
}

/** Of an account that has nothing yet. */
export const emptyView: AccountView = {
  contacts: new Map(),
  blocked: new Set(),
  archive: { byDefault: 'always', always: new Set(), never: new Set() },
  rosterVersion: 0,
  rosterRemoval: 0,
  role: 'user',
};

/** One account. Owned by this process while loaded; `view` is swapped whole. */
export class Account {
  readonly id: AccountId;
  readonly address: Address;
  view: AccountView;
  /** May not sign in; its mailbox goes on. */
  suspended: boolean;
  /** The first place that this process may not give yet: it is moved on disk first, a block at a time (`places.ts`). */
  reserved: Sequence;
  /** The entries that wait for a device; `Waiting` alone changes it. Bounded by the limit of the mailbox. */
  readonly waiting: Set<Sequence>;
  #next: number;

  /** `next` is the first place that no process has reserved. */
  constructor(
    id: AccountId,
    address: Address,
    view: AccountView,
    next: Sequence,
    suspended = false,
    waiting: Iterable<Sequence> = [],
  ) {
    this.id = id;
    this.address = address;
    this.view = view;
    this.suspended = suspended;
    this.reserved = next;
    this.waiting = new Set(waiting);
    this.#next = next;
  }

  /** Takes the next place in the mailbox; `Places` calls it. A place whose commit fails stays empty. */
  takeSequence(): Sequence {
    return this.#next++ as Sequence;
  }

  /** The place that the next entry will get. */
  get nextSequence(): Sequence {
    return this.#next as Sequence;
  }
}

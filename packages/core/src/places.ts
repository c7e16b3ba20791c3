// Places in mailboxes, given so that none is ever given twice, also when the newest entries were deleted before a restart (ADR 0002).
import type { Account } from './account.ts';
import type { Batch, CommitLoop, Participant } from './commit-loop.ts';
import type { Sequence } from './ids.ts';
import type { MailboxStore, Write } from './store.ts';

/** Places reserved with one write. A restart leaves at most this many empty. */
const block = 256;

/** Moves one account's mark in the batch of the entries that need it, and in the next one when that batch fails. */
class Reservation implements Participant {
  readonly #account: Account;
  readonly #commits: CommitLoop;
  readonly #mailbox: MailboxStore;

  constructor(account: Account, commits: CommitLoop, mailbox: MailboxStore) {
    this.#account = account;
    this.#commits = commits;
    this.#mailbox = mailbox;
  }

  snapshot(): Write {
    return this.#mailbox.reserve(this.#account.id, this.#account.reserved);
  }

  settled(batch: Batch): void {
    if (batch.state === 'committed') return;
    const { batch: open } = this.#commits;
    if (open.writes.length > 0) this.#commits.join(this);
    else this.#account.reserved = this.#account.nextSequence;
  }
}

export class Places {
  readonly #commits: CommitLoop;
  readonly #mailbox: MailboxStore;
  readonly #grown: (account: Account) => void;

  /** `grown` is told of accounts whose mailboxes have grown by a block. */
  constructor(commits: CommitLoop, mailbox: MailboxStore, grown: (account: Account) => void) {
    this.#commits = commits;
    this.#mailbox = mailbox;
    this.#grown = grown;
  }

  /** The next place of a mailbox, for an entry that goes into the open batch. */
  take(account: Account): Sequence {
    const sequence = account.takeSequence();
    if (sequence >= account.reserved) {
      account.reserved = (sequence + block) as Sequence;
      this.#commits.join(new Reservation(account, this.#commits, this.#mailbox));
      this.#grown(account);
    }
    return sequence;
  }
}

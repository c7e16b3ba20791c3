// What waits in the mailboxes, and how much may (XEP-0160 §2, step 3: a queue may be full): no stranger fills a mailbox.
import { HookPoint } from '@parlance/base/hook';
import { Quota } from '@parlance/base/quota';
import type { Account } from './account.ts';
import type { Batch, CommitLoop, Participant } from './commit-loop.ts';
import type { Envelope } from './envelope.ts';
import type { Sequence } from './ids.ts';
import type { MailboxStore, Write } from './store.ts';

/** What others may leave in one mailbox. */
export interface MailboxLimits {
  /** Entries that wait; what was accepted before and waits again may exceed it. */
  readonly pending: number;
  /** Messages kept for one recipient from one address that is no contact, within a day that begins with the first. */
  readonly strangerDay: number;
}

/** Pairs of stranger and recipient that are remembered at least; at most twice as many, about 10 MB. */
const pairs = 20_000;

const day = 86_400_000;

/** Takes a change of what waits back when its rows do not come on disk; what is owed is awaited. */
class Change implements Participant {
  readonly #commits: CommitLoop;
  readonly #owed: Write | undefined;
  readonly #undo: () => void;

  constructor(commits: CommitLoop, owed: Write | undefined, undo: () => void) {
    this.#commits = commits;
    this.#owed = owed;
    this.#undo = undo;
  }

  snapshot(): undefined {
    return undefined;
  }

  settled(batch: Batch): void {
    if (batch.state === 'committed') return;
    if (this.#owed !== undefined && batch.owed.has(this.#owed)) this.#commits.joinLater(this);
    else this.#undo();
  }
}

/** Keeps `Account.waiting` equal to what the rows say once the open batch is on disk. All steps can be repeated. */
export class Waiting {
  /** More or less waits for an account. */
  readonly onChange = new HookPoint<Account>('waiting');
  readonly #commits: CommitLoop;
  readonly #mailbox: MailboxStore;

  constructor(commits: CommitLoop, mailbox: MailboxStore) {
    this.#commits = commits;
    this.#mailbox = mailbox;
  }

  /** A new entry of the open batch waits. */
  add(account: Account, sequence: Sequence): void {
    const { waiting } = account;
    waiting.add(sequence);
    this.onChange.run(account);
    this.#commits.join(new Change(this.#commits, undefined, () => waiting.delete(sequence)));
  }

  /** A device has these entries. */
  delivered(account: Account, sequences: readonly Sequence[]): void {
    const { id, waiting } = account;
    const changed = sequences.filter((sequence) => waiting.delete(sequence));
    if (changed.length > 0) this.onChange.run(account);
    this.#owe(this.#mailbox.delivered(id, sequences), () => {
      for (const sequence of changed) waiting.add(sequence);
    });
  }

  /** These entries wait again: who was given them may never come back. */
  pend(account: Account, sequences: readonly Sequence[]): void {
    const { id, waiting } = account;
    const changed = sequences.filter((sequence) => !waiting.has(sequence));
    for (const sequence of changed) waiting.add(sequence);
    if (changed.length > 0) this.onChange.run(account);
    this.#owe([this.#mailbox.pend(id, sequences)], () => {
      for (const sequence of changed) waiting.delete(sequence);
    });
  }

  #owe(writes: readonly Write[], undo: () => void): void {
    this.#commits.owe(...writes);
    this.#commits.join(new Change(this.#commits, writes[0], undo));
  }
}

/** Counts what strangers leave. Bounded: who was not heard of for long may begin anew. */
export class Strangers {
  readonly #quota: Quota;

  /** `allowed` for each pair of stranger and recipient, in a day. */
  constructor(allowed: number) {
    this.#quota = new Quota({ allowed, window: day, sources: pairs });
  }

  /** One more message is to be kept; false when that is too many. Contacts and oneself are never too many. */
  mayLeave({ from, time }: Envelope, { id, address, view }: Account): boolean {
    const contact = view.contacts.get(from);
    if (from === address || contact?.listed === true || contact?.permission === 'allow') return true;
    return this.#quota.take(`${id} ${from}`, time);
  }
}

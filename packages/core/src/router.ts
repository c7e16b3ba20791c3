// The router: looks source and destination up in the address table, keeps what must be kept, hands over to the adapters (row 10).
import { HookPoint } from '@parlance/base/hook';
import { Quota, type QuotaSetting } from '@parlance/base/quota';
import { isRefusal, type Refusal, refuse } from '@parlance/base/refusal';
import type { Account } from './account.ts';
import type { Accounts } from './accounts.ts';
import type { AddressTable } from './address-table.ts';
import type { CommitLoop } from './commit-loop.ts';
import { choose } from './delivery-rules.ts';
import type { Envelope } from './envelope.ts';
import { domainOf, type Protocol, type Sequence } from './ids.ts';
import { Places } from './places.ts';
import type { Session } from './session.ts';
import type { Entry, MailboxStore } from './store.ts';
import type { Trace, TraceStep } from './trace.ts';
import { type MailboxLimits, Strangers, Waiting } from './waiting.ts';

/** Whose mailbox entry a delivered copy points to. */
export interface Delivery {
  readonly envelope: Envelope;
  /** The account at whose sessions this copy goes. */
  readonly account: Account;
  /** The copy's place in that account's mailbox; undefined when it is not kept. */
  readonly sequence: Sequence | undefined;
  /** The entry is in the account's archive. */
  readonly archived: boolean;
  /** The entry waits in the mailbox until a device has it. */
  readonly pending: boolean;
  /** `sent`: a copy of one's own message for one's other sessions. */
  readonly role: 'received' | 'sent';
  readonly source: Session | undefined;
}

/** A protocol's side of delivery. Synchronous; items it queues wait for the open batch by themselves. */
export interface Adapter {
  readonly protocol: Protocol;
  /** Queues the message to the chosen sessions of its protocol, and copies to others as its own rules say. */
  deliver(delivery: Delivery, chosen: readonly Session[], others: readonly Session[]): readonly TraceStep[];
}

/** What hooks of the submit point may look at. A refusal ends the message there. */
export interface Submission {
  readonly envelope: Envelope;
  readonly sender: Account | undefined;
  readonly recipient: Account;
  readonly session: Session | undefined;
}

export interface RouterParts {
  readonly accounts: Accounts;
  readonly table: AddressTable;
  readonly commits: CommitLoop;
  readonly mailbox: MailboxStore;
  readonly trace: Trace;
  readonly isLocal: (domain: string) => boolean;
  readonly limits: MailboxLimits;
}

/** How often somebody is told that nobody has an address: who mistypes learns it, who tries names does not (checklist 16). */
const guessing: QuotaSetting = { allowed: 20, window: 3_600_000, sources: 10_000 };

export class Router {
  readonly onSubmit = new HookPoint<Submission, Refusal>('submit');
  /** An account's mailbox has grown by some hundred places. */
  readonly onGrowth = new HookPoint<Account>('mailbox grown');
  readonly #parts: RouterParts;
  readonly #places: Places;
  /** What waits, for whoever hands it over. */
  readonly waiting: Waiting;
  readonly #strangers: Strangers;
  readonly #guesses = new Quota(guessing);
  readonly #adapters: Adapter[] = [];

  constructor(parts: RouterParts) {
    this.#parts = parts;
    this.#places = new Places(parts.commits, parts.mailbox, (account) => void this.onGrowth.run(account));
    this.waiting = new Waiting(parts.commits, parts.mailbox);
    this.#strangers = new Strangers(parts.limits.strangerDay);
  }

  register(adapter: Adapter): void {
    this.#adapters.push(adapter);
  }

  /**
   * Accepts one message, or refuses it. Returns a promise only when the recipient has to be loaded.
   * Accepted means: its rows are in the open batch; whoever promised durability waits for that batch.
   */
  submit(
    envelope: Envelope,
    sender: Account | undefined,
    session: Session | undefined,
  ): Refusal | undefined | Promise<Refusal | undefined> {
    const { accounts, isLocal } = this.#parts;
    if (!isLocal(domainOf(envelope.to))) return this.#refuse(envelope, session, refuse('unreachable'));
    const recipient = accounts.peek(envelope.to);
    if (recipient === undefined)
      return accounts.load(envelope.to).then((found) => this.#accept(envelope, sender, found, session));
    return this.#accept(envelope, sender, recipient, session);
  }

  #accept(
    envelope: Envelope,
    sender: Account | undefined,
    recipient: Account | null,
    session: Session | undefined,
  ): Refusal | undefined {
    if (recipient === null) return this.#nobody(envelope, session);
    const refusal = this.onSubmit.run({ envelope, sender, recipient, session });
    if (refusal !== undefined) return this.#refuse(envelope, session, refusal);
    const entries: Entry[] = [];
    const inbound = this.#receive(envelope, recipient, session, entries);
    if (isRefusal(inbound)) return this.#refuse(envelope, session, inbound);
    const outbound = sender === undefined || sender === recipient ? [] : this.#copy(envelope, sender, session, entries);
    if (entries.length > 0) this.#parts.commits.write(...this.#parts.mailbox.append(envelope, entries));
    const steps = outbound.length === 0 ? inbound : [...inbound, ...outbound];
    this.#parts.trace.record(envelope, session, { entries, steps, outcome: 'accepted' });
    return undefined;
  }

  /**
   * Nobody has the address: what an account without sessions ignores is ignored, what it refuses is refused. What it would
   * keep is refused, too, so that who mistypes learns it; but not as often as one would have to ask who tries out which
   * addresses there are (RFC 6121 §8.5.1, §8.5.4).
   */
  #nobody(envelope: Envelope, session: Session | undefined): Refusal | undefined {
    const { otherwise } = choose(envelope, []);
    const told =
      otherwise === 'refuse' ||
      (otherwise === 'store' && !ignores(envelope, undefined) && this.#guesses.take(envelope.from, envelope.time));
    if (told) return this.#refuse(envelope, session, refuse('unavailable'));
    this.#parts.trace.record(envelope, session, { entries: [], steps: [], outcome: 'accepted' });
    return undefined;
  }

  #receive(
    envelope: Envelope,
    account: Account,
    source: Session | undefined,
    entries: Entry[],
  ): readonly TraceStep[] | Refusal {
    const sessions = this.#parts.table.sessions(account.address);
    const { chosen, otherwise } = choose(envelope, sessions);
    const archived = envelope.keep.archive && wantsArchive(account, envelope.from, envelope.fromLabel);
    const pending = envelope.keep.pending && otherwise === 'store' && !(archived && chosen.some(isReachable));
    if (chosen.length === 0 && !pending)
      return otherwise === 'ignore' || (otherwise === 'store' && ignores(envelope, account))
        ? []
        : refuse('unavailable');
    // XEP-0160 §2, step 3: the queue is full, which the sender is told as <service-unavailable/>.
    if (pending && account.waiting.size >= this.#parts.limits.pending && !chosen.some(isReachable))
      return refuse('unavailable');
    const kept = archived || pending;
    if (kept && !this.#strangers.mayLeave(envelope, account)) return refuse('policy-violation');
    const sequence = kept ? this.#places.take(account) : undefined;
    if (sequence !== undefined) {
      entries.push({ account: account.id, sequence, peer: envelope.from, direction: 'in', archived, pending });
      if (pending) this.waiting.add(account, sequence);
    }
    const steps = this.#hand(
      { envelope, account, sequence, archived, pending, role: 'received', source },
      chosen,
      sessions,
    );
    return pending ? [...steps, { row: account.address, remote: undefined, action: 'stored' }] : steps;
  }

  #copy(envelope: Envelope, account: Account, source: Session | undefined, entries: Entry[]): readonly TraceStep[] {
    const archived = envelope.keep.archive && wantsArchive(account, envelope.to, envelope.toLabel);
    const sequence = archived ? this.#places.take(account) : undefined;
    if (sequence !== undefined) {
      entries.push({
        account: account.id,
        sequence,
        peer: envelope.to,
        direction: 'out',
        archived: true,
        pending: false,
      });
    }
    return this.#hand(
      { envelope, account, sequence, archived, pending: false, role: 'sent', source },
      [],
      this.#parts.table.sessions(account.address),
    );
  }

  #hand(delivery: Delivery, chosen: readonly Session[], all: readonly Session[]): readonly TraceStep[] {
    if (all.length === 0) return [];
    const others = delivery.envelope.copies
      ? all.filter((session) => session !== delivery.source && !chosen.includes(session))
      : [];
    if (chosen.length === 0 && others.length === 0) return [];
    const [adapter, ...more] = this.#adapters;
    if (adapter !== undefined && more.length === 0) return adapter.deliver(delivery, chosen, others);
    return this.#adapters.flatMap((each) => each.deliver(delivery, ofProtocol(each, chosen), ofProtocol(each, others)));
  }

  #refuse(envelope: Envelope, session: Session | undefined, refusal: Refusal): Refusal {
    this.#parts.trace.record(envelope, session, { entries: [], steps: [], outcome: refusal.refused });
    return refusal;
  }
}

/** What was not to be kept is dropped without a word to strangers, and what says nothing without one to anybody. */
const ignores = ({ from, keep }: Envelope, account: Account | undefined): boolean => {
  const maySee = from === account?.address || account?.view.contacts.get(from)?.permission === 'allow';
  return keep.passing === true || (keep.silent === true && !maySee);
};

/** What such a session is given counts as delivered, as long as the archive has it too (ADR 0007). */
const isReachable = (session: Session): boolean => session.reachable;

const ofProtocol = (adapter: Adapter, sessions: readonly Session[]): readonly Session[] =>
  sessions.filter((session) => session.protocol === adapter.protocol);

/** Whether an account's archive takes a message exchanged with `peer`; lists may name its sessions too (XEP-0441 §2.3.1). */
const wantsArchive = (account: Account, peer: string, label: string): boolean => {
  const { archive, contacts } = account.view;
  const listed = (list: ReadonlySet<string>): boolean =>
    list.size > 0 && (list.has(peer) || list.has(`${peer}/${label}`));
  if (listed(archive.always)) return true;
  if (listed(archive.never)) return false;
  if (archive.byDefault === 'roster') return contacts.get(peer)?.listed === true;
  return archive.byDefault === 'always';
};

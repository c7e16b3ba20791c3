// A bound XMPP session: its row in the address table, its outbound list, its place in the commit loop (RFC 6120 §7, XEP-0198).
import type { Account } from '@parlance/core/account';
import type { Batch, CommitLoop, Participant } from '@parlance/core/commit-loop';
import type { DeviceId, Sequence, SessionId } from '@parlance/core/ids';
import type { Availability, Endpoint, Session } from '@parlance/core/session';
import type { StreamState, Write } from '@parlance/core/store';
import type { Credit } from '../pace.ts';
import { SessionValues } from './keys.ts';
import { type Item, Outbound, type Pointer } from './outbound.ts';
import type { Resumption } from './resumption.ts';

/** Where a session's text goes while it is connected. */
export interface Sink {
  write(text: string): void;
  /** Stops or goes on reading what the client sends. */
  pause(paused: boolean): void;
  readonly backlog: number;
  readonly remote: Endpoint;
}

/** Older messages that are being read for a session while newer ones are held. */
export interface Backlog {
  /** There may be room for more. */
  wanted(): void;
}

export interface SessionParts {
  readonly id: SessionId;
  readonly account: Account;
  readonly label: string;
  readonly device: DeviceId | undefined;
  readonly since: number;
  /** Shared by all sessions of the account. */
  readonly credit: Credit;
  readonly commits: CommitLoop;
  readonly putStream: (state: StreamState) => Write;
  /** UTF-16 units that may be queued. */
  readonly outboundLimit: number;
  /** The client takes or acknowledges too little; the session must end. May be called more than once. */
  readonly overflowed: (session: XmppSession) => void;
  /** A bug of ours: what the session is owed cannot be kept; it must end. */
  readonly broken: (session: XmppSession) => void;
  /** Waiting entries that were written to a stream without acknowledgements. */
  readonly delivered: (account: Account, sequences: readonly Sequence[]) => void;
}

/** Stanzas that may be queued to one session. */
const queueCapacity = 4_000;

/** Accepted stanzas that may wait for the disk before their sender is not read any more (DESIGN §2, back-pressure). */
const uncommittedBudget = 256;

/** Items that may wait before pointless ones are looked for. */
const shortQueue = 64;

/** States that wait for an idle client before they are written all the same. */
const idleCapacity = 256;

/** UTF-16 units that a client may owe before more of a backlog is read for it. */
const backlogRoom = 131_072;

export class XmppSession implements Session, Participant {
  readonly protocol = 'xmpp';
  readonly id: SessionId;
  readonly account: Account;
  readonly label: string;
  /** The full JID: `local@domain/resource`. */
  readonly jid: string;
  readonly device: DeviceId | undefined;
  readonly since: number;
  readonly credit: Credit;
  readonly values = new SessionValues();
  readonly outbound = new Outbound();
  availability: Availability | undefined;
  /** The last presence broadcast, as text without `to`; '' before the first (RFC 6121 §4.2). */
  presence = '';
  /** Present while the stream is resumable. */
  resumption: Resumption | undefined;
  /** Inbound stanzas handled, whether committed or not. */
  handled = 0;
  /** The language of what the client says where it does not say another (RFC 6120 §8.1.5). */
  language: string | undefined;
  /** Nobody looks at the client: states wait until there is more to write (XEP-0352 §3.2). */
  idle = false;
  /** Present while older messages are being read. */
  backlog: Backlog | undefined;
  #parts: SessionParts;
  #sink: Sink | undefined;
  #reachable = true;
  #remote: Endpoint;
  /** The state of the stream's row as text, and what it was made of: it seldom changes. */
  #encoded: { readonly of: readonly unknown[]; readonly text: string } = { of: [], text: '' };
  /** The stanza that waits for something. */
  #working: Promise<void> | undefined;
  /** Stanzas of the open and the running batch whose failure must be told to the sender. */
  #accepted: { readonly batch: Batch; readonly failed: () => void }[] = [];

  constructor(parts: SessionParts, sink: Sink | undefined, remote: Endpoint) {
    this.id = parts.id;
    this.account = parts.account;
    this.label = parts.label;
    this.jid = `${parts.account.address}/${parts.label}`;
    this.device = parts.device;
    this.since = parts.since;
    this.credit = parts.credit;
    this.#parts = parts;
    this.#sink = sink;
    this.#remote = remote;
  }

  get connected(): boolean {
    return this.#sink !== undefined;
  }

  get reachable(): boolean {
    return this.#reachable;
  }

  /** The time in which a quick resumption was expected is over. */
  unreachable(): void {
    this.#reachable = false;
  }

  get remote(): Endpoint {
    return this.#sink?.remote ?? this.#remote;
  }

  /** The connection is gone; what was written and not acknowledged will be written again on the next. */
  detach(): void {
    if (this.#sink !== undefined) this.#remote = this.#sink.remote;
    this.#sink = undefined;
    this.outbound.rewind();
  }

  attach(sink: Sink): void {
    this.#sink = sink;
    this.#reachable = true;
  }

  /**
   * Queues one serialised stanza. With `afterCommit` (or on a stream that is kept on disk) it is written once the open
   * batch is on disk; otherwise as soon as everything before it has been written.
   */
  send(text: string, pointer?: Pointer, afterCommit = false): void {
    this.#queue({ text, pointer, batch: this.#batch(afterCommit), ...(afterCommit && { tells: true }) });
  }

  /** Queues the present state of a subject; in a long queue it takes the place of the one that still waits there. */
  sendLatest(text: string, subject: string): void {
    if (this.outbound.renew(subject, text, this.idle ? 1 : shortQueue)) this.touch();
    else this.#queue({ text, pointer: undefined, batch: this.#batch(false), subject });
  }

  #batch(afterCommit: boolean): Batch | undefined {
    if (afterCommit) this.#keep();
    return afterCommit || this.resumption?.durable === true ? this.#parts.commits.join(this) : undefined;
  }

  #queue(item: Item): void {
    this.outbound.push(item);
    if (this.outbound.bytes > this.#parts.outboundLimit || this.outbound.length > queueCapacity)
      this.#parts.overflowed(this);
    if (item.batch === undefined) this.flush();
  }

  /** Queues a message that was on disk before, in front of what is held (`outbound.hold`). */
  sendOlder(text: string, pointer: Pointer): void {
    const batch = this.#batch(this.resumption !== undefined);
    this.outbound.pushOlder({ text, pointer, batch });
    if (batch === undefined) this.flush();
  }

  /** What is queued and written is little enough to read more of a backlog. */
  get hasRoom(): boolean {
    return this.#sink !== undefined && this.outbound.olderBytes + this.#sink.backlog < backlogRoom;
  }

  /**
   * Takes what the client has handled off the list; what waited in the mailbox then waits no longer. False when it counts
   * further than it was sent (XEP-0198 §4).
   */
  acknowledge(handled: number): boolean {
    const gone = this.outbound.acknowledge(handled);
    if (gone === undefined) return false;
    const sequences = gone.flatMap(({ pointer }) => (pointer?.fate.take() === true ? [pointer.sequence] : []));
    if (sequences.length > 0) this.#parts.delivered(this.account, sequences);
    this.backlog?.wanted();
    return true;
  }

  /** One more inbound stanza is done with: all that it causes is in the open batch (XEP-0198 §4). */
  count(): void {
    this.handled = (this.handled + 1) >>> 0;
  }

  /** Counts a stanza that had to wait for something, when that has happened. */
  countAfter(waiting: Promise<void>): Promise<void> {
    const done = waiting
      .then(() => this.count())
      .finally(() => {
        this.#working = undefined;
      });
    this.#working = done;
    return done;
  }

  /**
   * Waits until what the last connection brought is counted and on disk, or its commit has failed: only then is the count
   * that a resumption says exact (XEP-0198 §5). Undefined when there is nothing to wait for.
   */
  atRest(): Promise<void> | undefined {
    const { resumption } = this;
    if (this.#working === undefined && resumption?.committed === this.handled) return undefined;
    const counted = this.#working ?? Promise.resolve();
    // What went wrong with that stanza ended the stream on which it came; it is not counted.
    return counted.catch(() => undefined).then(() => new Promise((resolve) => this.afterCommit(resolve)));
  }

  /** A stanza of this session was accepted into the open batch; `failed` runs if that batch cannot be committed. */
  accepted(failed: () => void): void {
    this.#keep();
    this.#accepted.push({ batch: this.#parts.commits.join(this), failed });
    if (this.#accepted.length === uncommittedBudget) this.#sink?.pause(true);
  }

  /** Runs `then` once everything handled so far is on disk, or its commit has failed. */
  afterCommit(then: () => void): void {
    const after: Participant = { snapshot: () => undefined, settled: then };
    this.#parts.commits.join(this);
    this.#parts.commits.join(after);
  }

  /** Joins the open batch, so that the present state of a stream that is kept on disk goes with it. */
  touch(): void {
    if (this.resumption?.durable === true) this.#parts.commits.join(this);
  }

  /** From now on the stream is kept on disk, as it is (XEP-0198 §5). */
  keep(): void {
    this.#keep();
    this.touch();
  }

  #keep(): void {
    if (this.resumption?.resumable === true) this.resumption.durable = true;
  }

  flush(): void {
    if (this.#sink === undefined || (this.idle && this.outbound.onlyStates(idleCapacity))) return;
    const { texts, delivered } = this.outbound.take(this.resumption !== undefined);
    for (const text of texts) this.#sink.write(text);
    if (texts.length > 0) this.resumption?.written();
    if (delivered.length > 0) this.#parts.delivered(this.account, delivered);
    this.backlog?.wanted();
  }

  snapshot(): Write | undefined {
    if (this.resumption === undefined) return undefined;
    this.resumption.received = this.handled;
    if (!this.resumption.durable) return undefined;
    return this.#parts.putStream(this.#state(this.resumption));
  }

  /**
   * Without space on disk, senders are told so at once, although that their answers were sent is not kept: after a crash
   * such a stream cannot be resumed, and its client sends again what was never acknowledged (ADR 0003).
   */
  settled(batch: Batch): void {
    if (batch.state === 'failed') {
      for (const entry of this.#accepted) if (entry.batch === batch) entry.failed();
      if (this.resumption?.durable === true) this.#parts.commits.joinLater(this);
    }
    const before = this.#accepted.length;
    this.#accepted = this.#accepted.filter((entry) => entry.batch !== batch);
    if (before >= uncommittedBudget && this.#accepted.length < uncommittedBudget) this.#sink?.pause(false);
    this.resumption?.settled(batch);
    this.flush();
  }

  broken(): void {
    this.#parts.broken(this);
  }

  #state(resumption: Resumption): StreamState {
    return {
      id: this.id,
      account: this.account.id,
      address: this.account.address,
      label: this.label,
      expires: resumption.expires,
      received: this.handled,
      acknowledged: this.outbound.acknowledged,
      queue: JSON.stringify(this.outbound.items().map(encodeItem)),
      state: this.#encodedState(),
    };
  }

  #encodedState(): string {
    const { presence, availability, since, device } = this;
    const of = [presence, availability, this.values.durable];
    if (of.some((part, index) => part !== this.#encoded.of[index])) {
      const text = JSON.stringify({ presence, availability, since, device });
      this.#encoded = { of, text: `${text.slice(0, -1)},"values":${this.values.durable}}` };
    }
    return this.#encoded.text;
  }
}

/** [sequence, wrapping, taken, pending]. */
export type StoredPointer = readonly [number, Pointer['wrapping'], boolean, boolean];

/** An item of the queue as it is stored. */
export type StoredItem = string | StoredPointer;

const encodeItem = ({ text, pointer }: Item): StoredItem =>
  pointer === undefined ? text : [pointer.sequence, pointer.wrapping, pointer.fate.taken, pointer.fate.pending];

// Group commit without a timer: the writer commits whenever it is idle and takes all that arrived meanwhile (ADR 0003).
import type { Clock, Timer } from '@parlance/base/clock';
import type { Committer, Write } from './store.ts';

/** What became of a batch. */
export type BatchState = 'open' | 'committing' | 'committed' | 'failed';

/** Something whose durable state changes with a batch and that may go on once the batch has ended. */
export interface Participant {
  /** Asked once per batch, when it is sealed: the row that must be on disk before anything is written out. */
  snapshot(): Write | undefined;
  /** The batch ended; its `state` is `committed` or `failed`. Called in the order of joining. */
  settled(batch: Batch): void;
  /** One of the above threw: the participant is out of its batch, has no row in it, and must end by itself. */
  broken?(): void;
}

/** The writes of everything that was accepted while the previous batch was being committed. */
export class Batch {
  state: BatchState = 'open';
  readonly writes: Write[] = [];
  /** Those of the writes that go with a later batch when this one fails. */
  readonly owed = new Set<Write>();
  readonly participants = new Set<Participant>();
}

/**
 * Told of every batch that could not be committed, and of every participant that threw, which is our bug. True when the same
 * writes may succeed later: there was no space.
 */
export type OnFailure = (error: unknown) => boolean | undefined;

/** Milliseconds until what is owed since a failure is tried again, when nobody else wants to commit before. */
const patience = 1_000;

/**
 * Collects writes into batches and commits them one after another.
 * Order: batches settle in the order they were opened; participants in the order they joined.
 */
export class CommitLoop {
  readonly #committer: Committer;
  readonly #clock: Clock;
  readonly #onFailure: OnFailure;
  #open = new Batch();
  #running = false;
  /** Writes and participants of failed batches, for the next one. */
  #owed: Write[] = [];
  #late = new Set<Participant>();
  #retry: Timer | undefined;

  constructor(committer: Committer, clock: Clock, onFailure: OnFailure) {
    this.#committer = committer;
    this.#clock = clock;
    this.#onFailure = onFailure;
  }

  /** The open batch; whoever adds to it calls `wake`. */
  get batch(): Batch {
    return this.#open;
  }

  /** Adds a participant to the open batch and makes sure that it gets committed. */
  join(participant: Participant): Batch {
    this.#open.participants.add(participant);
    this.wake();
    return this.#open;
  }

  /** Joins the next batch that somebody else has reason to commit, or one a second from now: for who was in a failed one. */
  joinLater(participant: Participant): void {
    this.#late.add(participant);
    this.#remind();
  }

  /** Adds writes to the open batch and makes sure that it gets committed. */
  write(...writes: readonly Write[]): Batch {
    this.#open.writes.push(...writes);
    this.wake();
    return this.#open;
  }

  /** As `write`, for what follows from something that has happened already: when there is no space, they are tried again. */
  owe(...writes: readonly Write[]): void {
    for (const write of writes) this.#open.owed.add(write);
    this.write(...writes);
  }

  /** Resolves when the fate of all that has been added so far is known. */
  settled(): Promise<void> {
    if (!this.#running) return Promise.resolve();
    return new Promise((resolve) => {
      this.join({ snapshot: () => undefined, settled: () => resolve() });
    });
  }

  /** Resolves when all that has been added so far is on disk; rejects when its batch failed. */
  flushed(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.join({
        snapshot: () => undefined,
        settled: (batch) => (batch.state === 'committed' ? resolve() : reject(new Error('commit failed'))),
      });
    });
  }

  wake(): void {
    if (this.#running) return;
    this.#running = true;
    this.#clock.soon(() => this.#commit());
  }

  #commit(): void {
    const batch = this.#seal();
    if (batch.writes.length === 0) this.#settle(batch, 'committed');
    else {
      this.#committer.commit(batch.writes).then(
        () => this.#settle(batch, 'committed'),
        (error: unknown) => {
          if (this.#onFailure(error) === true)
            this.#owed.push(...batch.writes.filter((write) => batch.owed.has(write)));
          else batch.owed.clear();
          this.#settle(batch, 'failed');
        },
      );
    }
  }

  /** Closes the open batch. What is owed goes first. */
  #seal(): Batch {
    const batch = this.#open;
    this.#open = new Batch();
    batch.state = 'committing';
    this.#retry?.cancel();
    this.#retry = undefined;
    for (const write of this.#owed) batch.owed.add(write);
    batch.writes.unshift(...this.#owed);
    this.#owed = [];
    for (const participant of this.#late) batch.participants.add(participant);
    this.#late.clear();
    for (const participant of batch.participants) {
      this.#guard(batch, participant, () => {
        const row = participant.snapshot();
        if (row !== undefined) batch.writes.push(row);
      });
    }
    return batch;
  }

  #settle(batch: Batch, state: 'committed' | 'failed'): void {
    batch.state = state;
    this.#running = false;
    for (const participant of batch.participants) this.#guard(batch, participant, () => participant.settled(batch));
    if (this.#open.participants.size > 0 || this.#open.writes.length > 0) this.#next();
    else if (this.#owed.length > 0) this.#remind();
  }

  /** One participant's bug is nobody else's end. */
  #guard(batch: Batch, participant: Participant, run: () => void): void {
    try {
      run();
    } catch (error) {
      batch.participants.delete(participant);
      this.#onFailure(error);
      participant.broken?.();
    }
  }

  #remind(): void {
    this.#retry ??= this.#clock.after(patience, () => {
      this.#retry = undefined;
      this.wake();
    });
  }

  #next(): void {
    if (this.#running) return;
    this.#running = true;
    this.#commit();
  }
}

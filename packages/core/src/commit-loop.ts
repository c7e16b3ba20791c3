// Group commit without a timer: the writer commits whenever it is idle and takes all that arrived meanwhile (ADR 0003).
import type { Clock } from '@parlance/base/clock';
import type { Committer, Write } from './store.ts';

/** What became of a batch. */
export type BatchState = 'open' | 'committing' | 'committed' | 'failed';

/** Something whose durable state changes with a batch and that may go on once the batch has ended. */
export interface Participant {
  /** Asked once per batch, when it is sealed: the row that must be on disk before anything is written out. */
  snapshot(): Write | undefined;
  /** The batch ended; its `state` is `committed` or `failed`. Called in the order of joining. */
  settled(batch: Batch): void;
}

/** The writes of everything that was accepted while the previous batch was being committed. */
export class Batch {
  state: BatchState = 'open';
  readonly writes: Write[] = [];
  readonly participants = new Set<Participant>();
}

/**
 * Collects writes into batches and commits them one after another.
 * Order: batches settle in the order they were opened; participants in the order they joined.
 */
export class CommitLoop {
  readonly #committer: Committer;
  readonly #clock: Clock;
  readonly #onFailure: (error: unknown) => void;
  #open = new Batch();
  #running = false;

  constructor(committer: Committer, clock: Clock, onFailure: (error: unknown) => void) {
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

  /** Adds writes to the open batch and makes sure that it gets committed. */
  write(...writes: readonly Write[]): Batch {
    this.#open.writes.push(...writes);
    this.wake();
    return this.#open;
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
    const batch = this.#open;
    this.#open = new Batch();
    batch.state = 'committing';
    for (const participant of batch.participants) {
      const row = participant.snapshot();
      if (row !== undefined) batch.writes.push(row);
    }
    if (batch.writes.length === 0) this.#settle(batch, 'committed');
    else {
      this.#committer.commit(batch.writes).then(
        () => this.#settle(batch, 'committed'),
        (error: unknown) => {
          this.#onFailure(error);
          this.#settle(batch, 'failed');
        },
      );
    }
  }

  #settle(batch: Batch, state: 'committed' | 'failed'): void {
    batch.state = state;
    this.#running = false;
    for (const participant of batch.participants) participant.settled(batch);
    if (this.#open.participants.size > 0 || this.#open.writes.length > 0) this.#next();
  }

  #next(): void {
    if (this.#running) return;
    this.#running = true;
    this.#commit();
  }
}

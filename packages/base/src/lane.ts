// A lane: ordered work of one owner. Work runs at once while nothing is being waited for; otherwise it queues.

/** One piece of work: returns a promise only when it has to wait. */
export type Work = () => Promise<void> | undefined;

/**
 * Runs work strictly in the order given. Synchronous work costs no promise. `onFault` gets what work throws;
 * the lane then goes on with the next piece. The queue is bounded by its owner, who stops reading its
 * socket while `busy` and `length` is above his budget.
 */
export class Lane {
  readonly #onFault: (error: unknown) => void;
  #queue: Work[] = [];
  #waiting = false;
  #draining = false;

  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  /** True while a piece of work waits for something. */
  get busy(): boolean {
    return this.#waiting;
  }

  /** Pieces of work that have not begun. */
  get length(): number {
    return this.#queue.length;
  }

  run(work: Work): void {
    if (this.#waiting || this.#draining) this.#queue.push(work);
    else this.#step(work);
  }

  #step(work: Work): void {
    try {
      const wait = work();
      if (wait !== undefined) {
        this.#waiting = true;
        wait.catch(this.#onFault).finally(() => this.#drain());
      }
    } catch (error) {
      this.#onFault(error);
    }
  }

  #drain(): void {
    this.#waiting = false;
    this.#draining = true;
    let done = 0;
    for (; done < this.#queue.length && !this.#waiting; done++) {
      const work = this.#queue[done];
      if (work !== undefined) this.#step(work);
    }
    this.#queue.splice(0, done);
    this.#draining = false;
  }
}

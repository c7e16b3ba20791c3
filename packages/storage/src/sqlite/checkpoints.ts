// When the write-ahead log moves into the database file, and who moves it: never a commit's own time (ADR 0003; sqlite.org/wal.html §3.3).

/**
 * Work after which the log is moved when nobody commits, and at once: some 40 MB of log. The disk stalls commits for as long
 * as it takes to sync what was moved, so that little by little is better than seldom.
 */
const whenIdle = 5_000;
const atOnce = 40_000;
/** So much is moved beside the commits first. */
const much = 20_000;
/** What a commit costs the log beyond its statements, in statements: the pages that every commit writes again. */
const commitCost = 16;
/** Milliseconds without a commit that count as idle. */
const idle = 50;

export interface CheckpointParts {
  /** Moves what was there when it began, in another thread than the commits; resolves when it has. */
  readonly aside: () => Promise<unknown>;
  /** Moves the little that is left, between two commits, so that the log begins anew. */
  readonly between: () => Promise<unknown>;
}

/** Counts work. What comes while the log is moved is moved once more beside the commits, so that little is left between them. */
export class Checkpoints {
  readonly #parts: CheckpointParts;
  #work = 0;
  #running: Promise<unknown> | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: CheckpointParts) {
    this.#parts = parts;
  }

  /** A commit of so many statements is done. */
  committed(statements: number): void {
    this.#work += statements + commitCost;
    if (this.#running !== undefined) return;
    if (this.#work >= atOnce) this.#run();
    else if (this.#work >= whenIdle) this.#later();
  }

  /** Begins none any more; resolves when the running one has ended. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    await this.#running;
    clearTimeout(this.#timer);
  }

  #later(): void {
    if (this.#timer === undefined) this.#timer = setTimeout(() => this.#run(), idle).unref();
    else this.#timer.refresh();
  }

  /** What does not succeed, for want of space, does so after as much work again. */
  #run(): void {
    const { aside, between } = this.#parts;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const moving = this.#work < much ? between() : aside().then(aside).then(between);
    this.#work = 0;
    const over = (): void => {
      this.#running = undefined;
    };
    this.#running = moving.then(over, over);
  }
}

// The end of a turn of the event loop: what was queued meanwhile to many connections leaves then, in one write each.

/** Something that holds back output until the turn ends. */
export interface Flushed {
  flush(): void;
}

/** One for all connections of a process: a turn that writes to a thousand of them costs one callback. */
export class Turn {
  readonly #soon: (run: () => void) => void;
  #waiting: Flushed[] = [];
  readonly #end = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each.flush();
  };

  /** `soon` calls once after the input that is being handled now. */
  constructor(soon: (run: () => void) => void) {
    this.#soon = soon;
  }

  /** Flushes `each` after the input that is being handled now. */
  add(each: Flushed): void {
    if (this.#waiting.push(each) === 1) this.#soon(this.#end);
  }
}

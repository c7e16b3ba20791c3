// The end of a turn of the event loop: what was queued meanwhile to many connections leaves then, in one write each.

/** Something that holds back output until the turn ends. */
export interface Flushed {
  flush(): void;
}

/** One for all connections of a process: a turn that writes to a thousand of them costs one callback. */
export class Turn {
  #waiting: Flushed[] = [];
  readonly #end = (): void => {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const each of waiting) each.flush();
  };

  /** Flushes `each` after the input that is being handled now. */
  add(each: Flushed): void {
    if (this.#waiting.push(each) === 1) setImmediate(this.#end);
  }
}

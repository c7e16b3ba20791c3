// A gate before costly work: so much at a time, so much waiting, the rest turned away (checklist 17).

export class Gate {
  readonly #places: number;
  readonly #waitingRoom: number;
  #inside = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(places: number, waitingRoom: number) {
    this.#places = places;
    this.#waitingRoom = waitingRoom;
  }

  /** Runs the work when it is its turn, in the order of arrival; undefined, at once, when too many wait. */
  async run<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#inside < this.#places) this.#inside++;
    else if (this.#waiting.length < this.#waitingRoom) await this.#turn();
    else return undefined;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#inside--;
      else next();
    }
  }

  /** Whoever goes hands his place on. */
  #turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}

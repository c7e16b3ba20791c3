// What a program has said: each saying is handed out once, to whoever waits for one like it.

/** Milliseconds within which something awaited has to be said. */
const patience = 10_000;

/** How many sayings stand in the complaint that none fits. */
const tail = 60;

export class Heard<T> {
  readonly #said: T[] = [];
  readonly #listeners = new Set<() => void>();

  add(saying: T): void {
    this.#said.push(saying);
    for (const listener of this.#listeners) listener();
  }

  /** Resolves with the first that fits, of those said before too; rejects with the last that was not handed out after 10 s. */
  next(what: string, fits: (saying: T) => boolean, within = patience): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const place = this.#said.findIndex(fits);
        const [found] = place < 0 ? [] : this.#said.splice(place, 1);
        if (found === undefined) return;
        this.#listeners.delete(look);
        clearTimeout(late);
        resolve(found);
      };
      const late = setTimeout(() => {
        this.#listeners.delete(look);
        reject(new Error(`waited for ${what}; heard ${JSON.stringify(this.#said.slice(-tail), undefined, 1)}`));
      }, within);
      this.#listeners.add(look);
      look();
    });
  }
}

// A cell: one immutable value that changes as a whole, and those who want to hear of it. The shape of useSyncExternalStore.
import type { Stop } from '@parlance/xmpp-client/emitter';

/** What views see: the present value, the same object until it changes, and a way to hear that it has. */
export interface Readable<T> {
  /** Calls `changed` after every change, at once; the returned function ends that. */
  readonly subscribe: (changed: () => void) => Stop;
  readonly snapshot: () => T;
}

/** A readable whose owner replaces the value. */
export class Cell<T> implements Readable<T> {
  #value: T;
  readonly #listeners = new Set<() => void>();

  constructor(value: T) {
    this.#value = value;
  }

  readonly snapshot = (): T => this.#value;

  readonly subscribe = (changed: () => void): Stop => {
    const own = (): void => changed();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  };

  /** Replaces the value. Nobody is told when `change` returns the same object. */
  update(change: (value: T) => T): void {
    const next = change(this.#value);
    if (Object.is(next, this.#value)) return;
    this.#value = next;
    for (const listener of [...this.#listeners]) listener();
  }

  set(value: T): void {
    this.update(() => value);
  }
}

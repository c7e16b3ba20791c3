// Typed events: a listener that throws does not stop the others.

/** Stops what it was returned for; calling it twice does nothing. */
export type Stop = () => void;

type Listener<T> = (event: T) => void;

/** Events by name, each with one payload type. Listeners run in the order of subscription, at once. */
export class Emitter<Events extends object> {
  readonly #listeners = new Map<keyof Events, Set<Listener<never>>>();
  readonly #fault: (error: unknown) => void;

  /** `fault` hears of listeners that threw. */
  constructor(fault: (error: unknown) => void) {
    this.#fault = fault;
  }

  on<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): Stop {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    // A wrapper of its own for each subscription, so that one function may listen twice.
    const own: Listener<Events[Name]> = (event) => listener(event);
    listeners.add(own);
    return () => void listeners.delete(own);
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const listener of [...(this.#listeners.get(name) ?? [])]) {
      try {
        (listener as Listener<Events[Name]>)(event);
      } catch (error) {
        this.#fault(error);
      }
    }
  }

  /** The next event of that name. */
  once<Name extends keyof Events>(name: Name): Promise<Events[Name]> {
    return new Promise((resolve) => {
      const stop = this.on(name, (event) => {
        stop();
        resolve(event);
      });
    });
  }
}

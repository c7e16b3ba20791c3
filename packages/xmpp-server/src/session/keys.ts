// Session keys: typed places where an extension keeps something about a session, durable ones with the stream (XEP-0198 §5).

/** A named, typed slot. Durable values must be plain JSON and survive resumption on another process. */
export interface SessionKey<T> {
  readonly name: string;
  readonly durable: boolean;
  readonly initial: T;
}

export const sessionKey = <T>(name: string, initial: T, durable: boolean): SessionKey<T> => ({
  name,
  initial,
  durable,
});

/** The values of one session. Costs nothing until something is set. */
export class SessionValues {
  #values: Map<string, { readonly value: unknown; readonly durable: boolean }> | undefined;
  #durable: string | undefined;

  get<T>(key: SessionKey<T>): T {
    const held = this.#values?.get(key.name);
    return held === undefined ? key.initial : (held.value as T);
  }

  set<T>(key: SessionKey<T>, value: T): void {
    this.#values ??= new Map();
    this.#values.set(key.name, { value, durable: key.durable });
    this.#durable = undefined;
  }

  /** The durable values as JSON, as they are stored with the stream; the same string until one is set. */
  get durable(): string {
    this.#durable ??= this.#encode();
    return this.#durable;
  }

  restore(stored: Readonly<Record<string, unknown>>): void {
    for (const [name, value] of Object.entries(stored)) {
      this.#values ??= new Map();
      this.#values.set(name, { value, durable: true });
    }
    this.#durable = undefined;
  }

  #encode(): string {
    const entries = [...(this.#values ?? [])].filter(([, held]) => held.durable);
    return JSON.stringify(Object.fromEntries(entries.map(([name, held]) => [name, held.value])));
  }
}

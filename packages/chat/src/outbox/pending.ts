// Messages that the server has not taken, or that came back, kept on this device so that a reload loses none.
import { loadJson, type TextStorage } from '../storage.ts';

export interface Pending {
  /** The stanza's id and origin-id: the same however often it is sent. */
  readonly id: string;
  readonly peer: string;
  readonly text: string;
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
  /** Why it came back: it waits for its writer. */
  readonly failed?: string;
}

const name = 'outbox';

/** Messages that may wait. */
const pendingLimit = 500;

const isPending = (value: unknown): value is Pending => {
  if (typeof value !== 'object' || value === null) return false;
  const { id, peer, text, at, failed = '' } = value as Readonly<Record<string, unknown>>;
  return [failed, id, peer, text].every((part) => typeof part === 'string') && typeof at === 'number';
};

/** The list, oldest first; every change is kept at once. */
export class PendingMessages {
  readonly #storage: TextStorage;
  #all: readonly Pending[];

  constructor(storage: TextStorage) {
    this.#storage = storage;
    const kept = loadJson(storage, name);
    this.#all = Array.isArray(kept) ? kept.filter(isPending).slice(0, pendingLimit) : [];
  }

  get all(): readonly Pending[] {
    return this.#all;
  }

  /** False when too many wait already. */
  add(message: Pending): boolean {
    if (this.#all.length >= pendingLimit) return false;
    this.#keep([...this.#all, message]);
    return true;
  }

  /** The server has it, or it is taken back. */
  remove(id: string): void {
    if (this.#all.some((message) => message.id === id)) this.#keep(this.#all.filter((message) => message.id !== id));
  }

  #keep(all: readonly Pending[]): void {
    this.#all = all;
    this.#storage.save(name, all.length === 0 ? undefined : JSON.stringify(all));
  }
}

// Messages that the server has not taken, or that came back, kept on this device so that a reload loses none.
// Each page keeps its own, so that two pages never write over each other; what a page leaves behind, another takes over.
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

const nameOf = (page: string): string => `outbox/${page}`;

/** Messages that may wait. */
const pendingLimit = 500;

const isPending = (value: unknown): value is Pending => {
  if (typeof value !== 'object' || value === null) return false;
  const { id, peer, text, at, failed = '' } = value as Readonly<Record<string, unknown>>;
  return [failed, id, peer, text].every((part) => typeof part === 'string') && typeof at === 'number';
};

const keptBy = (storage: TextStorage, page: string): readonly Pending[] => {
  const kept = loadJson(storage, nameOf(page));
  return Array.isArray(kept) ? kept.filter(isPending) : [];
};

/** The list of one page, oldest first; every change is kept at once. */
export class PendingMessages {
  readonly #storage: TextStorage;
  readonly #page: string;
  #all: readonly Pending[];

  constructor(storage: TextStorage, page: string) {
    this.#storage = storage;
    this.#page = page;
    this.#all = keptBy(storage, page);
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

  /** Other pages, living or not, of which something is kept. */
  others(): readonly string[] {
    const prefix = nameOf('');
    const pages = this.#storage.names().filter((name) => name.startsWith(prefix));
    return pages.map((name) => name.slice(prefix.length)).filter((page) => page !== this.#page);
  }

  /** Takes over what a page that is gone has left, as far as there is room; returns that. */
  inherit(page: string): readonly Pending[] {
    const left = keptBy(this.#storage, page);
    const taken = left.slice(0, Math.max(0, pendingLimit - this.#all.length));
    // In this order nothing is lost when we are gone between the two.
    if (taken.length > 0) this.#keep([...this.#all, ...taken]);
    this.#write(page, left.slice(taken.length));
    return taken;
  }

  #keep(all: readonly Pending[]): void {
    this.#all = all;
    this.#write(this.#page, all);
  }

  #write(page: string, all: readonly Pending[]): void {
    this.#storage.save(nameOf(page), all.length === 0 ? undefined : JSON.stringify(all));
  }
}

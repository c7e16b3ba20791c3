// A small map that this device keeps for an account: what the archive does not know.
import { withEntry, withoutEntry } from './bounded.ts';
import { loadJson, type TextStorage } from './storage.ts';

const limit = 500;

const isEntry = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');

/** Kept at every change, beside what other pages have kept meanwhile; beyond 500 entries the oldest give way. */
export class KeptMap {
  readonly #storage: TextStorage;
  readonly #name: string;
  #all: ReadonlyMap<string, string>;

  constructor(storage: TextStorage, name: string) {
    this.#storage = storage;
    this.#name = name;
    this.#all = this.#kept() ?? new Map();
  }

  get all(): ReadonlyMap<string, string> {
    return this.#all;
  }

  set(key: string, value: string): void {
    this.#keep(withEntry(this.#kept() ?? this.#all, key, value, limit));
  }

  delete(key: string): void {
    this.#keep(withoutEntry(this.#kept() ?? this.#all, key));
  }

  /** Undefined when nothing is kept, or this device keeps nothing. */
  #kept(): ReadonlyMap<string, string> | undefined {
    const kept = loadJson(this.#storage, this.#name);
    return Array.isArray(kept) ? new Map(kept.filter(isEntry).slice(0, limit)) : undefined;
  }

  #keep(all: ReadonlyMap<string, string>): void {
    this.#all = all;
    this.#storage.save(this.#name, all.size === 0 ? undefined : JSON.stringify([...all]));
  }
}

// A small map that this device keeps for an account: what the archive does not know.
import { withEntry, withoutEntry } from './bounded.ts';
import { loadJson, type TextStorage } from './storage.ts';

const limit = 500;

const isEntry = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');

/** Kept at every change; beyond 500 entries the oldest give way. */
export class KeptMap {
  readonly #storage: TextStorage;
  readonly #name: string;
  #all: ReadonlyMap<string, string>;

  constructor(storage: TextStorage, name: string) {
    this.#storage = storage;
    this.#name = name;
    const kept = loadJson(storage, name);
    this.#all = new Map(Array.isArray(kept) ? kept.filter(isEntry).slice(0, limit) : []);
  }

  get all(): ReadonlyMap<string, string> {
    return this.#all;
  }

  set(key: string, value: string): void {
    this.#keep(withEntry(this.#all, key, value, limit));
  }

  delete(key: string): void {
    if (this.#all.has(key)) this.#keep(withoutEntry(this.#all, key));
  }

  #keep(all: ReadonlyMap<string, string>): void {
    this.#all = all;
    this.#storage.save(this.#name, all.size === 0 ? undefined : JSON.stringify([...all]));
  }
}

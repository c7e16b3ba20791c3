// How far each conversation was read on this device, for contacts who do not ask for markers (XEP-0333 §5).
import { withEntry } from './bounded.ts';
import { loadJson, type TextStorage } from './storage.ts';

const name = 'read';
const markLimit = 500;

const isMark = (value: unknown): value is [string, string] =>
  Array.isArray(value) && value.length === 2 && value.every((part) => typeof part === 'string');

/** References of the last messages that were read, by bare address. */
export class ReadMarks {
  readonly #storage: TextStorage;
  #all: ReadonlyMap<string, string>;

  constructor(storage: TextStorage) {
    this.#storage = storage;
    const kept = loadJson(storage, name);
    this.#all = new Map(Array.isArray(kept) ? kept.filter(isMark).slice(0, markLimit) : []);
  }

  get all(): ReadonlyMap<string, string> {
    return this.#all;
  }

  set(peer: string, reference: string): void {
    this.#all = withEntry(this.#all, peer, reference, markLimit);
    this.#storage.save(name, JSON.stringify([...this.#all]));
  }
}

// What was begun and not sent, by conversation: of this account alone, and there again after a reload.
import { KeptMap } from './kept-map.ts';
import type { TextStorage } from './storage.ts';

export class Drafts {
  readonly #kept: KeptMap;

  constructor(storage: TextStorage) {
    this.#kept = new KeptMap(storage, 'drafts');
  }

  of(peer: string): string {
    return this.#kept.all.get(peer) ?? '';
  }

  /** The draft is now this; an empty one is none. */
  keep(peer: string, text: string): void {
    if (text === '') this.#kept.delete(peer);
    else this.#kept.set(peer, text);
  }
}

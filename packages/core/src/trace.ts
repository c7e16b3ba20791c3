// The routing record behind `parlance trace ID`: for each message, the rows looked up and where it went (row 10).
import type { Envelope } from './envelope.ts';

/** One row found in the address table and what was done with it. */
export interface TraceStep {
  readonly row: string;
  readonly remote: string;
  readonly action: 'delivered' | 'copied' | 'stored' | 'refused';
}

export interface TraceRecord {
  readonly envelope: Envelope;
  readonly ids: readonly string[];
  readonly steps: TraceStep[];
  outcome: string;
}

/** The last `capacity` messages, oldest forgotten first. Bounded; holds no payload text. */
export class Trace {
  readonly #capacity: number;
  readonly #ring: TraceRecord[] = [];
  #next = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  record(entry: TraceRecord): void {
    this.#ring[this.#next] = entry;
    this.#next = (this.#next + 1) % this.#capacity;
  }

  /** Every record that carries this id (origin id, stanza id, archive id), newest last. */
  find(id: string): readonly TraceRecord[] {
    return [...this.#ring.slice(this.#next), ...this.#ring.slice(0, this.#next)].filter((r) => r.ids.includes(id));
  }
}

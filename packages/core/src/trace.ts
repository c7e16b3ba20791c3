// The routing record behind `parlance trace ID`: for each message, the rows looked up, where it went, what was answered (row 10).
import type { Reason } from '@parlance/base/refusal';
import type { Envelope } from './envelope.ts';
import type { AccountId, Sequence } from './ids.ts';
import type { Endpoint, Session } from './session.ts';
import type { Entry } from './store.ts';

/** One row found in the address table and what was done with it; of a request that passes also where else it went, and each answer. */
export interface TraceStep {
  readonly row: string;
  /** Where the row's device is; undefined for a mailbox. */
  readonly remote: Endpoint | undefined;
  readonly action: 'delivered' | 'copied' | 'stored' | 'refused' | 'forwarded' | 'answered';
  /** In the protocol's own words: the name of a transaction, or an answer. */
  readonly note?: string;
}

/** What is remembered of one message: of its envelope everything but the payload, so that the memory is bounded. */
export interface TraceRecord extends Pick<Envelope, 'from' | 'fromLabel' | 'to' | 'toLabel' | 'time'> {
  /** An envelope's, or the method of a request that is no message. */
  readonly kind: string;
  readonly protocol: Envelope['native']['protocol'];
  readonly originId: string | undefined;
  /** The sender's row; undefined when it has none. */
  readonly source: Endpoint | undefined;
  readonly steps: readonly TraceStep[];
  /** `passed`: what became of it are the answers among the steps. */
  readonly outcome: 'accepted' | 'passed' | Reason;
}

/** What the router found out about one message. */
export interface Finding extends Pick<TraceRecord, 'steps' | 'outcome'> {
  /** The places that the message got in mailboxes. */
  readonly entries: readonly Entry[];
}

/** A place in a mailbox. */
export type Place = Pick<Entry, 'account' | 'sequence'>;

/** The recipient's and the sender's. */
const placesPerMessage = 2;

/** Account and sequence. */
const placeSize = 2;

const slotSize = placesPerMessage * placeSize;

/** The characters alone: a part of a string may keep the whole in memory, here all that was read with it. */
const copyOf = (text: string): string => (text === '' ? '' : ` ${text}`.slice(1));

/**
 * The last `capacity` messages, oldest forgotten first; below 1 KB each. Every message that passes is written down, so that
 * the slots are made once and written over: what stays for a second would make work for the garbage collector otherwise.
 */
export class Trace {
  readonly #capacity: number;
  readonly #ring: TraceRecord[] = [];
  /** Account and sequence, alternating, for the places of each slot; 0: none. */
  readonly #places: Float64Array;
  /** All that was written down, requests among them. */
  #written = 0;
  #messages = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#places = new Float64Array(capacity * slotSize);
  }

  record(envelope: Envelope, source: Session | undefined, { entries, steps, outcome }: Finding): void {
    const { from, fromLabel, to, toLabel, kind, time, native, columns } = envelope;
    const record: TraceRecord = {
      from,
      fromLabel,
      to,
      toLabel: copyOf(toLabel),
      kind,
      time,
      protocol: native.protocol,
      originId: columns.originId === undefined ? undefined : copyOf(columns.originId),
      source: source?.remote,
      steps,
      outcome,
    };
    this.#write(record, entries);
    this.#messages++;
  }

  /** A request that is no message, as it comes in. Its steps may grow afterwards, within a bound that its owner knows. */
  follow(record: TraceRecord): void {
    const { originId } = record;
    this.#write({ ...record, originId: originId === undefined ? undefined : copyOf(originId) }, []);
  }

  #write(record: TraceRecord, entries: readonly Entry[]): void {
    const at = this.#written % this.#capacity;
    const slot = this.#ring[at];
    if (slot === undefined) this.#ring.push(record);
    else Object.assign(slot, record);
    this.#place(at, entries);
    this.#written++;
  }

  /** Messages recorded since the start of the process. */
  get total(): number {
    return this.#messages;
  }

  /** Every record that carries this id, newest last: the sender's own, or the archive id that `seal` makes of a place. */
  find(id: string, seal: (place: Place) => string | undefined = () => undefined): readonly TraceRecord[] {
    const next = this.#written % this.#capacity;
    const slots = this.#ring.map((record, at) => ({ record, at }));
    return [...slots.slice(next), ...slots.slice(0, next)]
      .filter(({ record, at }) => record.originId === id || this.#placesOf(at).some((place) => seal(place) === id))
      .map(({ record }) => ({ ...record }));
  }

  #place(at: number, entries: readonly Entry[]): void {
    const from = at * slotSize;
    for (let nth = 0; nth < placesPerMessage; nth++) {
      const entry = entries[nth];
      this.#places[from + nth * placeSize] = entry?.account ?? 0;
      this.#places[from + nth * placeSize + 1] = entry?.sequence ?? 0;
    }
  }

  #placesOf(at: number): readonly Place[] {
    const from = at * slotSize;
    return Array.from({ length: placesPerMessage }, (_, nth) => ({
      account: (this.#places[from + nth * placeSize] ?? 0) as AccountId,
      sequence: (this.#places[from + nth * placeSize + 1] ?? 0) as Sequence,
    })).filter(({ account }) => account !== 0);
  }
}

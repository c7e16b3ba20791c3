// The routing record behind `parlance trace ID`: for each message, the rows looked up, where it went, what was answered (row 10).
import type { Reason } from '@parlance/base/refusal';
import type { Envelope } from './envelope.ts';
import type { Endpoint, Session } from './session.ts';
import type { Entry } from './store.ts';

/** One row found in the address table and what was done with it. */
export interface TraceStep {
  readonly row: string;
  readonly remote: string;
  readonly action: 'delivered' | 'copied' | 'stored' | 'refused';
}

/** What is remembered of one message: of its envelope everything but the payload, so that the memory is bounded. */
export interface TraceRecord extends Pick<Envelope, 'from' | 'fromLabel' | 'to' | 'toLabel' | 'kind' | 'time'> {
  readonly protocol: Envelope['native']['protocol'];
  readonly originId: string | undefined;
  /** The sender's row; undefined when it has none. */
  readonly source: Endpoint | undefined;
  /** The places that the message got in mailboxes. */
  readonly entries: readonly Entry[];
  readonly steps: readonly TraceStep[];
  readonly outcome: 'accepted' | Reason;
}

/** What the router found out about one message. */
export type Finding = Pick<TraceRecord, 'entries' | 'steps' | 'outcome'>;

/** The characters alone: a part of a string may keep the whole in memory, here all that was read with it. */
const copyOf = (text: string): string => ` ${text}`.slice(1);

/** The last `capacity` messages, oldest forgotten first; about 1 KB each. */
export class Trace {
  readonly #capacity: number;
  readonly #ring: TraceRecord[] = [];
  #total = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  record(envelope: Envelope, source: Session | undefined, { entries, steps, outcome }: Finding): void {
    const { from, fromLabel, to, toLabel, kind, time, native, columns } = envelope;
    this.#ring[this.#total % this.#capacity] = {
      from,
      fromLabel,
      to,
      toLabel: copyOf(toLabel),
      kind,
      time,
      protocol: native.protocol,
      originId: columns.originId === undefined ? undefined : copyOf(columns.originId),
      source: source?.remote,
      entries,
      steps,
      outcome,
    };
    this.#total++;
  }

  /** Messages recorded since the start of the process. */
  get total(): number {
    return this.#total;
  }

  /** Every record that carries this id, newest last: the sender's own, or the archive id that `seal` makes of a place. */
  find(id: string, seal: (entry: Entry) => string | undefined = () => undefined): readonly TraceRecord[] {
    const next = this.#total % this.#capacity;
    return [...this.#ring.slice(next), ...this.#ring.slice(0, next)].filter(
      ({ originId, entries }) => originId === id || entries.some((entry) => seal(entry) === id),
    );
  }
}

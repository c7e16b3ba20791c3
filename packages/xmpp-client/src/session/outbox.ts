// The outbox: every stanza that the server has not taken responsibility for, oldest first (XEP-0198 §4, §5).
import type { Element, XmlNode } from '@parlance/xml/element';
import type { DeliveryRecord } from './delivery.ts';

export interface OutboxEntry {
  readonly stanza: Element;
  readonly delivery: DeliveryRecord;
  /** When it was given to send(), in milliseconds since 1970 (for the delay stamp of a resent message, XEP-0198 §4). */
  readonly since: number;
}

export interface OutboxLimits {
  readonly stanzas: number;
  /** Sum of the UTF-16 lengths of names, values and text. */
  readonly size: number;
}

/** Room for about a day's writing without a connection. */
const defaultOutboxLimits: OutboxLimits = { stanzas: 2_000, size: 8 * 1024 * 1024 };

const weigh = (node: XmlNode): number => {
  if (typeof node === 'string') return node.length;
  let weight = node.name.length + node.ns.length;
  for (const value of node.attrs) weight += value.length;
  for (const child of node.children) weight += weigh(child);
  return weight;
};

/** The list. Entries at its front have been written on the present stream; the rest wait. Bounded by its limits. */
export class Outbox {
  #entries: OutboxEntry[] = [];
  #written = 0;
  #size = 0;
  /** Stanzas the server has handled so far on this stream, modulo 2^32. */
  #handled = 0;
  readonly #limits: OutboxLimits;

  constructor(limits: OutboxLimits = defaultOutboxLimits) {
    this.#limits = limits;
  }

  /** Entries written and not acknowledged. */
  get unacknowledged(): number {
    return this.#written;
  }

  /** Stanzas sent on this stream so far, modulo 2^32: the highest `h` that the server may name. */
  get sent(): number {
    return (this.#handled + this.#written) >>> 0;
  }

  entries(): readonly OutboxEntry[] {
    return this.#entries;
  }

  /** Adds at the end; false when the outbox is full. */
  push(entry: OutboxEntry): boolean {
    const size = this.#size + weigh(entry.stanza);
    if (this.#entries.length >= this.#limits.stanzas || size > this.#limits.size) return false;
    this.#size = size;
    this.#entries.push(entry);
    return true;
  }

  /** The entries that wait to be written, now counted as written. */
  take(): readonly OutboxEntry[] {
    const waiting = this.#entries.slice(this.#written);
    this.#written = this.#entries.length;
    return waiting;
  }

  /**
   * The server has handled `h` stanzas in all, modulo 2^32. Returns the entries that leave,
   * or undefined when the server counts more than it was sent (XEP-0198 §6).
   */
  acknowledge(h: number): readonly OutboxEntry[] | undefined {
    const count = (h - this.#handled) >>> 0;
    if (count > this.#written) return undefined;
    this.#handled = h >>> 0;
    return this.#drop(count);
  }

  /** The connection is gone and may be resumed: what was not acknowledged is written again (XEP-0198 §5). */
  rewind(): void {
    this.#written = 0;
  }

  /** All that was written leaves: the stream has no acknowledgements. */
  release(): readonly OutboxEntry[] {
    return this.#drop(this.#written);
  }

  /** A new stream begins: counters at zero, every entry judged again. Returns the entries that leave. */
  restart(keep: (entry: OutboxEntry) => boolean): readonly OutboxEntry[] {
    const leaving = this.#entries.filter((entry) => !keep(entry));
    this.#entries = this.#entries.filter(keep);
    this.#size = this.#entries.reduce((sum, entry) => sum + weigh(entry.stanza), 0);
    this.#written = 0;
    this.#handled = 0;
    return leaving;
  }

  #drop(count: number): readonly OutboxEntry[] {
    const gone = this.#entries.splice(0, count);
    this.#written -= count;
    for (const entry of gone) this.#size -= weigh(entry.stanza);
    return gone;
  }
}

// Acknowledgements and resumption of one session, both directions (XEP-0198 §3–§6).
import type { Clock, Timer } from '@parlance/base/clock';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { Outbox, OutboxEntry } from './outbox.ts';

/** When to ask for an acknowledgement. */
export interface AckPolicy {
  /** At the latest after this many stanzas. */
  readonly stanzas: number;
  /** At the latest this many milliseconds after a stanza. */
  readonly idle: number;
}

const defaultAckPolicy: AckPolicy = { stanzas: 10, idle: 50 };

/** What `<resume/>` needs (XEP-0198 §5). */
export interface Resumption {
  readonly id: string;
  /** Stanzas of the server that we have handled, modulo 2^32. */
  readonly h: number;
  /** Where the server prefers to be reached again. */
  readonly location: string | undefined;
}

const request = el('r', namespaces.sm);

/** Reads an unsignedInt attribute (XEP-0198 §13); undefined when it is absent or none. */
const readCount = (element: Element): number | undefined => {
  const text = element.attr('h') ?? '';
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  return value < 2 ** 32 ? value : undefined;
};

const isTrue = (value: string | undefined): boolean => value === 'true' || value === '1';

/** The counters. The outbox is the caller's; this class says when to ask, and what the server's answers mean. */
export class StreamManagement {
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  readonly #policy: AckPolicy;
  #send: ((element: Element) => void) | undefined;
  #handled = 0;
  #asked = 0;
  #timer: Timer | undefined;
  #stream: { readonly id: string; readonly location: string | undefined } | undefined;

  constructor(clock: Clock, outbox: Outbox, policy: AckPolicy = defaultAckPolicy) {
    this.#clock = clock;
    this.#outbox = outbox;
    this.#policy = policy;
  }

  /** Acknowledgements are on for the present connection. */
  get active(): boolean {
    return this.#send !== undefined;
  }

  /** What is needed to resume; undefined when the server did not allow it. */
  get resumption(): Resumption | undefined {
    return this.#stream && { ...this.#stream, h: this.#handled };
  }

  /** A new stream: counters at zero. `enabled` is the server's answer; undefined when it has no stream management. */
  begin(enabled: Element | undefined, send: (element: Element) => void): void {
    this.#handled = 0;
    this.#asked = 0;
    const id = enabled?.attr('id');
    const resumable = id !== undefined && isTrue(enabled?.attr('resume'));
    this.#stream = resumable ? { id, location: enabled?.attr('location') } : undefined;
    this.#send = enabled && send;
  }

  /** The old stream goes on over a new connection: counters are carried over (XEP-0198 §5). */
  resume(send: (element: Element) => void): void {
    this.#asked = this.#outbox.sent;
    this.#send = send;
  }

  /** The connection is gone. */
  suspend(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#send = undefined;
  }

  /** The stream is given up: it can no longer be resumed. */
  forget(): void {
    this.suspend();
    this.#stream = undefined;
  }

  /** A stanza of the server has been handled. */
  handled(): void {
    this.#handled = (this.#handled + 1) >>> 0;
  }

  /** Stanzas were written: asks for an acknowledgement when the policy says so. */
  sent(): void {
    if (!this.active) return;
    if ((this.#outbox.sent - this.#asked) >>> 0 >= this.#policy.stanzas) this.ask();
    else this.#timer ??= this.#clock.after(this.#policy.idle, () => this.ask());
  }

  /** Asks now. Also the cheapest way to see whether anybody is there. */
  ask(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#asked = this.#outbox.sent;
    this.#send?.(request);
  }

  /** Tells the server what we have handled (XEP-0198 §4: also before a proper close). */
  answer(): void {
    this.#send?.(el('a', namespaces.sm, { h: String(this.#handled) }));
  }

  /**
   * An `<a/>`, `<resumed/>` or `<failed/>` of the server: the entries that leave the outbox, or undefined
   * when its count is missing or higher than what was sent (XEP-0198 §6).
   */
  acknowledged(element: Element): readonly OutboxEntry[] | undefined {
    const h = readCount(element);
    return h === undefined ? undefined : this.#outbox.acknowledge(h);
  }

  /** The stream error for a count that is too high (XEP-0198 §6). */
  tooHigh(element: Element): Element {
    return el(
      'error',
      namespaces.stream,
      {},
      el('undefined-condition', namespaces.streamErrors),
      el('handled-count-too-high', namespaces.sm, {
        h: String(readCount(element) ?? 0),
        'send-count': String(this.#outbox.sent),
      }),
    );
  }
}

// What a resumable stream knows beyond its list: the acknowledged prefix, when it expires, when to ask (XEP-0198 §4, §5).
import type { Batch } from '@parlance/core/commit-loop';
import { namespaces } from '@parlance/xmpp/namespaces';

const request = `<r xmlns='${namespaces.sm}'/>`;

/** The side of a stream that writes nonzas. */
export interface NonzaSink {
  write(text: string): void;
}

export class Resumption {
  /** Seconds for which the stream may be resumed after its connection is gone. */
  readonly max: number;
  /** False when the client asked for acknowledgements only. */
  readonly resumable: boolean;
  /** Milliseconds since 1970 after which it may not; undefined while connected. */
  expires: number | undefined;
  /**
   * The stream has a row on disk, or will have with the open batch. Until something of value passes through it, losing
   * it in a crash costs a new sign-in and nothing else (ADR 0003).
   */
  durable = false;
  /** Inbound stanzas in the newest sealed batch. */
  received = 0;
  /** Inbound stanzas on disk: the `h` that may be said (ADR 0003). */
  committed = 0;
  #asked = false;
  #sink: NonzaSink | undefined;

  constructor(max: number, resumable: boolean, sink: NonzaSink | undefined) {
    this.max = max;
    this.resumable = resumable;
    this.#sink = sink;
  }

  attach(sink: NonzaSink | undefined): void {
    this.#sink = sink;
    this.#asked = false;
  }

  /** Stanzas were written: ask for acknowledgement, with at most one question open. */
  written(): void {
    if (!this.#asked) this.ask();
  }

  /** Asks in any case. */
  ask(): void {
    this.#asked = true;
    this.#sink?.write(request);
  }

  /** The peer answered; asks again while it still owes something. */
  answered(stillUnacknowledged: number): void {
    this.#asked = false;
    if (stillUnacknowledged > 0) this.written();
  }

  settled(batch: Batch): void {
    if (batch.state === 'committed') this.committed = this.received;
  }
}

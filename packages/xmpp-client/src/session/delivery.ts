// What became of a stanza: the answer to send(), kept up to date until it is final.
import type { Element } from '@parlance/xml/element';

/**
 * `queued`: waits for a connection. `sent`: written; final only when the server has no XEP-0198.
 * `acked`: the server has taken responsibility (XEP-0198 §4); final. `failed`: given up; final.
 */
export type DeliveryState = 'queued' | 'sent' | 'acked' | 'failed';

export interface Delivery {
  /** The stanza's id; for messages also its origin-id (XEP-0359 §3.1). */
  readonly id: string;
  readonly stanza: Element;
  readonly state: DeliveryState;
  /** Why it failed. */
  readonly error: Error | undefined;
  /** Settles with the final state; never rejects. */
  outcome(): Promise<DeliveryState>;
}

/** The owner's side of a Delivery. */
export class DeliveryRecord implements Delivery {
  readonly id: string;
  readonly stanza: Element;
  #state: DeliveryState = 'queued';
  #error: Error | undefined;
  #final = false;
  #waiting: ((state: DeliveryState) => void)[] = [];
  readonly #changed: (delivery: Delivery) => void;

  /** `changed` is called after every change of state. */
  constructor(id: string, stanza: Element, changed: (delivery: Delivery) => void) {
    this.id = id;
    this.stanza = stanza;
    this.#changed = changed;
  }

  get state(): DeliveryState {
    return this.#state;
  }

  get error(): Error | undefined {
    return this.#error;
  }

  outcome(): Promise<DeliveryState> {
    return new Promise((resolve) => {
      if (this.#final) resolve(this.#state);
      else this.#waiting.push(resolve);
    });
  }

  /** Written to the server; `final` when no acknowledgement will come. */
  sent(final: boolean): void {
    this.#become('sent', final);
  }

  acked(): void {
    this.#become('acked', true);
  }

  failed(error: Error): void {
    this.#error ??= error;
    this.#become('failed', true);
  }

  #become(state: DeliveryState, final: boolean): void {
    if (this.#final || (this.#state === state && !final)) return;
    this.#state = state;
    this.#final = final;
    if (final) for (const resolve of this.#waiting.splice(0)) resolve(state);
    this.#changed(this);
  }
}

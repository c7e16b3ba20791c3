// Requests of others: every one is answered exactly once (RFC 6120 §8.2.3, §8.4).
import type { Element } from '@parlance/xml/element';
import { iqResult } from '@parlance/xmpp/stanza';
import { type StanzaCondition, stanzaError } from '@parlance/xmpp/stanza-error';
import type { Stop } from '../emitter.ts';
import { StanzaError } from '../errors.ts';

/** Gives the payload of the result. Throws or rejects with StanzaError to refuse. `iq` is the whole request. */
export type RequestHandler = (payload: Element, iq: Element) => Element | undefined | Promise<Element | undefined>;

const keyOf = (type: string, name: string, ns: string): string => `${type} ${name} ${ns}`;

export class Answers {
  readonly #handlers = new Map<string, RequestHandler>();
  readonly #reply: (iq: Element) => void;
  readonly #fault: (error: unknown) => void;

  /** `reply` sends an answer; `fault` hears of handlers that failed with anything but a StanzaError. */
  constructor(reply: (iq: Element) => void, fault: (error: unknown) => void) {
    this.#reply = reply;
    this.#fault = fault;
  }

  /** One handler for each payload; a later one takes the place of an earlier one. */
  handle(type: 'get' | 'set', name: string, ns: string, handler: RequestHandler): Stop {
    const key = keyOf(type, name, ns);
    this.#handlers.set(key, handler);
    return () => {
      if (this.#handlers.get(key) === handler) this.#handlers.delete(key);
    };
  }

  answer(iq: Element): void {
    const [payload, ...more] = iq.elements();
    const type = iq.attr('type') ?? '';
    const handler = payload && this.#handlers.get(keyOf(type, payload.name, payload.ns));
    // RFC 6120 §8.2.3: two types of requests, one payload.
    if (payload === undefined || more.length > 0 || !['get', 'set'].includes(type)) this.#refuse(iq, 'bad-request');
    else if (handler === undefined) this.#refuse(iq, 'service-unavailable');
    else void this.#run(handler, payload, iq);
  }

  async #run(handler: RequestHandler, payload: Element, iq: Element): Promise<void> {
    try {
      const result = handler(payload, iq);
      // An answer that is there at once keeps its place in the order of what is sent.
      const child = result instanceof Promise ? await result : result;
      this.#reply(iqResult(iq, child));
    } catch (error) {
      if (error instanceof StanzaError) return this.#refuse(iq, error.condition);
      this.#fault(error);
      this.#refuse(iq, 'internal-server-error');
    }
  }

  #refuse(iq: Element, condition: StanzaCondition): void {
    this.#reply(stanzaError(iq, condition));
  }
}

// The iq table: a request finds its handler by one map look-up; answers go back by id and peer (RFC 6120 §8.2.3, RFC 6121 §8.5).

import type { Log } from '@parlance/base/log';
import { isRefusal, refuse } from '@parlance/base/refusal';
import type { Element } from '@parlance/xml/element';
import { iqResult } from '@parlance/xmpp/stanza';
import { errorReply } from '@parlance/xmpp/stanza-error';
import type { IqAnswer, IqHandler, IqRequest, IqTarget } from './extension.ts';
import { refusalReply } from './refusals.ts';

const keyOf = (target: IqTarget, type: string, payload: Element): string =>
  `${target} ${type} ${payload.ns} ${payload.name}`;

export class IqTable {
  readonly #handlers = new Map<string, IqHandler>();
  readonly #log: Log;

  constructor(log: Log) {
    this.#log = log;
  }

  /** Registers a handler; a second one for the same request is a fault of the composition. */
  add(target: IqTarget, type: 'get' | 'set', name: string, ns: string, handler: IqHandler): void {
    const key = `${target} ${type} ${ns} ${name}`;
    if (this.#handlers.has(key)) throw new Error(`two handlers for iq ${key}`);
    this.#handlers.set(key, handler);
  }

  /** Answers a request through `reply`: at once when its handler is synchronous. Unknown requests get service-unavailable. */
  handle(target: IqTarget, request: IqRequest, reply: (stanza: Element) => void): Promise<void> | undefined {
    const handler = this.#handlers.get(keyOf(target, request.type, request.payload));
    if (handler === undefined) {
      reply(refusalReply(request.iq, refuse('unavailable')));
      return undefined;
    }
    return this.#answer(handler, request, reply);
  }

  #answer(handler: IqHandler, request: IqRequest, reply: (stanza: Element) => void): Promise<void> | undefined {
    const give = (answer: IqAnswer): void => reply(replyTo(request.iq, answer));
    const fault = (error: unknown): void => {
      this.#log.error('iq handler failed', { ns: request.payload.ns, name: request.payload.name, error });
      reply(refusalReply(request.iq, refuse('internal')));
    };
    try {
      const answer = handler(request);
      if (answer instanceof Promise) return answer.then(give).catch(fault);
      give(answer);
    } catch (error) {
      fault(error);
    }
    return undefined;
  }
}

const replyTo = (iq: Element, answer: IqAnswer): Element => {
  if (isRefusal(answer)) return refusalReply(iq, answer);
  if (answer !== undefined && 'beside' in answer) return errorReply(iq, answer.error, answer.beside);
  return answer?.name === 'error' && answer.ns === iq.ns ? errorReply(iq, answer) : iqResult(iq, answer);
};

// Saying one's own state: PUBLISH, renewal before the end, and taking it back (RFC 3903 §4).
import type { Clock, Timer } from '@parlance/base/clock';
import { event, expires, sipEtag, sipIfMatch } from '@parlance/sip/headers/plain';
import { make } from '@parlance/sip/message';
import type { Content, Result, UserAgent } from './agent.ts';
import { renewal } from './registration.ts';

export interface PublicationParts {
  readonly agent: UserAgent;
  readonly clock: Clock;
  readonly event: string;
  readonly content: Content;
  readonly seconds: number;
  /** It could not be renewed, and nobody is told of this state any more. */
  readonly ended: (why: Result) => void;
}

export class Publication {
  readonly #parts: PublicationParts;
  #tag: string | undefined;
  #timer: Timer | undefined;
  #over = false;

  constructor(parts: PublicationParts) {
    this.#parts = parts;
  }

  /** The first time, with the answer. */
  async begin(): Promise<Result> {
    const result = await this.#send(this.#parts.seconds, this.#parts.content);
    if (typeof result === 'string' || result.status >= 300) return result;
    this.#tag = result.optional(sipEtag);
    const granted = result.optional(expires) ?? this.#parts.seconds;
    if (!this.#over) this.#timer = this.#parts.clock.after(renewal(granted) * 1_000, () => void this.#renew());
    return result;
  }

  async end(): Promise<void> {
    this.#over = true;
    this.#timer?.cancel();
    if (this.#tag !== undefined) await this.#send(0);
  }

  /** With its state once more, which a server may have forgotten meanwhile: 412, and then it is a first one (§4.1, §5). */
  async #renew(): Promise<void> {
    let result = await this.begin();
    if (typeof result !== 'string' && result.status === 412) {
      this.#tag = undefined;
      result = await this.begin();
    }
    if (!this.#over && (typeof result === 'string' || result.status >= 300)) this.#parts.ended(result);
  }

  #send(seconds: number, content?: Content): Promise<Result> {
    const { agent, event: name } = this.#parts;
    const fields = [
      make(event, { value: name, parameters: [] }),
      make(expires, seconds),
      ...(this.#tag === undefined ? [] : [make(sipIfMatch, this.#tag)]),
    ];
    return agent.request('PUBLISH', agent.uri, { fields, ...(content === undefined ? {} : { content }) });
  }
}

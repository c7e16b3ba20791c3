// Requests that were accepted not long ago: one that comes again after a crash gets its answer again (DESIGN §2; RFC 3261 §17.2).
import { from, tagOf } from '@parlance/sip/headers/name-addr';
import { callId, cseq } from '@parlance/sip/headers/plain';
import { branchOf, via } from '@parlance/sip/headers/via';
import type { SipRequest } from '@parlance/sip/message';
import type { SipContext } from '../context.ts';

/** 64·T1 in milliseconds: as long as a client sends a request again (RFC 3261 §17.1.2.2). */
const lifetime = 32_000;

/** Milliseconds between two rounds of forgetting. */
const round = 60_000;

type Parts = Pick<SipContext, 'clock' | 'commits' | 'stores'>;

export class AcceptedRequests {
  readonly #parts: Parts;
  readonly #known = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Reads what the last process has accepted; then forgets by and by. */
  async restore(): Promise<void> {
    for (const [key, expires] of await this.#parts.stores.requests.all()) this.#known.set(key, expires);
    this.#forgetLater();
  }

  /** The request was accepted before. */
  has(key: string): boolean {
    const expires = this.#known.get(key);
    return expires !== undefined && expires > this.#parts.clock.now();
  }

  /** To be called in the turn in which the request's own rows go into the open batch: both come on disk, or neither. */
  add(key: string): void {
    const expires = this.#parts.clock.now() + lifetime;
    this.#known.set(key, expires);
    this.#parts.commits.write(this.#parts.stores.requests.put(key, expires));
  }

  /** Its batch failed: it was not accepted. */
  forget(key: string): void {
    this.#known.delete(key);
  }

  #forgetLater(): void {
    this.#parts.clock.after(round, () => {
      const now = this.#parts.clock.now();
      let gone = 0;
      // In the order of their time, since all live equally long.
      for (const [key, expires] of this.#known) {
        if (expires > now) break;
        this.#known.delete(key);
        gone++;
      }
      if (gone > 0) this.#parts.commits.owe(this.#parts.stores.requests.expire(now));
      this.#forgetLater();
    });
  }
}

/** What tells a request of this sender from all others. */
export const keyOf = (sender: string, request: SipRequest): string => {
  const top = request.first(via);
  const branch = (top && branchOf(top)) ?? '';
  const { number } = request.one(cseq);
  return `${sender} ${request.one(callId)} ${number} ${tagOf(request.one(from)) ?? ''} ${branch}`;
};

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
  /** What requests said that the last process accepted. */
  readonly #before = new Map<string, number>();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Reads what the last process has accepted; then forgets by and by. */
  async restore(): Promise<void> {
    for (const [key, expires] of await this.#parts.stores.requests.all()) {
      this.#known.set(key, expires);
      this.#before.set(wordsOf(key), expires);
    }
    this.#forgetLater();
  }

  /**
   * The request was accepted before. After a crash also when it is another try of the same: this process knows no nonce of the
   * last one, so that a retransmission is challenged, and comes with another CSeq and branch (RFC 3261 §22.2).
   */
  has(key: string): boolean {
    const expires = this.#known.get(key) ?? this.#before.get(wordsOf(key));
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
      // A round is longer than a life.
      this.#before.clear();
      if (gone > 0) this.#parts.commits.owe(this.#parts.stores.requests.expire(now));
      this.#forgetLater();
    });
  }
}

/** What tells a request of this sender from all others: what it says, then which try of it this is. */
export const keyOf = (sender: string, request: SipRequest): string => {
  const top = request.first(via);
  const branch = (top && branchOf(top)) ?? '';
  const { number } = request.one(cseq);
  const tag = tagOf(request.one(from)) ?? '';
  return `${sender} ${request.one(callId)} ${sumOf(request.body)} ${number} ${tag} ${branch}`;
};

/** Without the try; the tag should stay the same from one to the next (RFC 3261 §8.1.3.5), and does not with everybody. */
const wordsOf = (key: string): string => key.split(' ', 3).join(' ');

/** A number by which bodies of one call differ (FNV-1a); nobody gains by two that are equal but the one who sends both. */
const sumOf = (body: Uint8Array): number => {
  let sum = 0x811c_9dc5;
  for (const byte of body) sum = Math.imul(sum ^ byte, 0x0100_0193);
  return sum >>> 0;
};

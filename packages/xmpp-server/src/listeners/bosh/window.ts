// The order of requests: each request id once, in order, within a small window; answers kept for who asks again (XEP-0124 §14).

/** What a request id is: the next one, one that came too early, one that came before, or none of this session. */
export type Place = 'next' | 'early' | 'again' | 'outside';

export class RequestWindow<Request> {
  readonly #size: number;
  /** The id that is to be handled next. */
  #next: number;
  readonly #early = new Map<number, Request>();
  readonly #answers = new Map<number, string>();

  /** `first` is the id of the request that created the session, which is being handled. */
  constructor(first: number, size: number) {
    this.#next = first + 1;
    this.#size = size;
  }

  place(rid: number): Place {
    if (rid === this.#next) return 'next';
    if (rid > this.#next) return rid < this.#next + this.#size ? 'early' : 'outside';
    return rid >= this.#next - this.#size ? 'again' : 'outside';
  }

  /** Keeps a request that came before its turn; gives the one whose place it takes, sent on a connection that broke. */
  keep(rid: number, request: Request): Request | undefined {
    const before = this.#early.get(rid);
    this.#early.set(rid, request);
    return before;
  }

  /** Requests that wait for their turn, for a session that ends without it. */
  kept(): readonly Request[] {
    return [...this.#early.values()];
  }

  /** The next one has been handled; gives the one that now has its turn, if it is here. */
  advance(): Request | undefined {
    this.#next++;
    const request = this.#early.get(this.#next);
    this.#early.delete(this.#next);
    return request;
  }

  /** Remembers the last answers, as many as the client may be missing. */
  answered(rid: number, answer: string): void {
    this.#answers.set(rid, answer);
    for (const old of this.#answers.keys()) {
      if (this.#answers.size <= this.#size) break;
      this.#answers.delete(old);
    }
  }

  answerTo(rid: number): string | undefined {
    return this.#answers.get(rid);
  }
}

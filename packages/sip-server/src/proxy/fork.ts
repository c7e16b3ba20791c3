// A request on all its branches, and the one answer that comes of them: the response context of RFC 3261 §16.6, §16.7 (breadth: RFC 5393).
import type { Clock, Timer } from '@parlance/base/clock';
import { Field } from '@parlance/sip/field';
import type { SipRequest, SipResponse } from '@parlance/sip/message';
import { type Answer, respond } from '@parlance/sip/response';
import type { ServerTransaction } from '@parlance/sip/transaction/server';
import { bestOf } from './best.ts';
import type { Branch } from './branch.ts';

/** Milliseconds for which phones of one q ring while there are others of a lower one. */
const ringing = 20_000;

/** A branch that has not begun. `breadth`: how many branches it may have itself. */
export type Start = (breadth: number) => Branch;

export interface ForkParts {
  readonly clock: Clock;
  readonly server: ServerTransaction;
  /** Tried at once in each group, the groups one after the other. */
  readonly groups: readonly (readonly Start[])[];
  /** Branches at a time. */
  readonly breadth: number;
  /** Of answers that are made here. */
  readonly tag: () => string;
  /** A response goes back. */
  readonly answered: (response: SipResponse) => void;
}

/** Why a phone that rang does not ring any more (RFC 3326 §2). */
const elsewhere = Field.make('reason', 'SIP;cause=200;text="Call completed elsewhere"');
const busyEverywhere = Field.make('reason', 'SIP;cause=600;text="Busy Everywhere"');

export class Fork {
  readonly #parts: ForkParts;
  readonly #running = new Set<Branch>();
  readonly #finals: SipResponse[] = [];
  #groups: readonly (readonly Start[])[];
  /** Of the present group, those for which there was no room. */
  #waiting: readonly { readonly start: Start; readonly breadth: number }[] = [];
  #patience: Timer | undefined;
  #state: 'open' | 'closing' | 'answered' = 'open';
  #cancelled = false;
  #filling = false;
  /** The present group has had its time: the next one begins beside what is left of it. */
  #impatient = false;

  constructor(parts: ForkParts) {
    this.#parts = parts;
    this.#groups = parts.groups;
  }

  /** Begins with the first group. */
  start(): void {
    this.#fill();
  }

  /** The caller has given up (RFC 3261 §16.10). The answer comes when all branches have theirs. */
  cancel(why: readonly Field[]): void {
    if (this.#state === 'answered') return;
    this.#cancelled = true;
    this.#close(why);
    this.#fill();
  }

  get #request(): SipRequest {
    return this.#parts.server.request;
  }

  /** Begins what may begin; when nothing runs and nothing can begin, the answer is due. */
  #fill(): void {
    if (this.#filling) return;
    this.#filling = true;
    while (this.#state === 'open' && this.#running.size < this.#parts.breadth) {
      if (this.#waiting.length === 0 && (this.#impatient || this.#running.size === 0)) this.#nextGroup();
      const [next, ...others] = this.#waiting;
      if (next === undefined) break;
      this.#waiting = others;
      this.#begin(next.start(next.breadth));
    }
    this.#filling = false;
    if (this.#running.size === 0 && this.#state !== 'answered') this.#finish();
  }

  /** RFC 5393 §5.3.3: what the request may have is divided among its branches. */
  #nextGroup(): void {
    const [group = [], ...others] = this.#groups;
    this.#groups = others;
    this.#impatient = false;
    const { breadth, clock } = this.#parts;
    const share = Math.max(1, Math.floor(breadth / Math.max(1, group.length)));
    const rest = Math.max(0, breadth - share * group.length);
    this.#waiting = group.map((start, nth) => ({ start, breadth: share + (nth < rest ? 1 : 0) }));
    this.#patience?.cancel();
    this.#patience = others.length > 0 ? clock.after(ringing, () => this.#giveUp()) : undefined;
  }

  #begin(branch: Branch): void {
    this.#running.add(branch);
    branch.start({
      provisional: (response) => this.#provisional(response),
      final: (response) => this.#final(branch, response),
    });
  }

  #provisional(response: SipResponse): void {
    if (this.#state !== 'answered') this.#respond(response);
  }

  #final(branch: Branch, response: SipResponse): void {
    const running = this.#running.delete(branch);
    if (response.status < 300) {
      this.#accept(response);
      return;
    }
    if (!running || this.#state === 'answered') return;
    this.#finals.push(response);
    // RFC 3261 §16.7 step 5: a 6xx waits for the others, who are told to stop.
    if (response.status >= 600) this.#close([busyEverywhere]);
    this.#fill();
  }

  /** A 2xx goes back at once, every one of an INVITE's, and the other branches stop (RFC 3261 §16.7 steps 5 and 10). */
  #accept(response: SipResponse): void {
    if (this.#request.method !== 'INVITE' && this.#state === 'answered') return;
    this.#close([elsewhere]);
    this.#state = 'answered';
    this.#respond(response);
  }

  /** Nobody of this group answered in time: the next one is tried. */
  #giveUp(): void {
    this.#waiting = [];
    this.#impatient = true;
    for (const branch of [...this.#running]) branch.cancel([]);
    this.#fill();
  }

  #close(why: readonly Field[]): void {
    if (this.#state === 'open') this.#state = 'closing';
    this.#patience?.cancel();
    this.#waiting = [];
    for (const branch of [...this.#running]) branch.cancel(why);
  }

  #finish(): void {
    this.#patience?.cancel();
    this.#state = 'answered';
    const best = bestOf(this.#finals, this.#request.method === 'INVITE');
    this.#say(this.#cancelled ? terminated(best) : relayed(best));
  }

  #say(final: SipResponse | Answer): void {
    this.#respond('startLine' in final ? final : respond(this.#request, final, this.#parts.tag()));
  }

  #respond(response: SipResponse): void {
    this.#parts.answered(response);
    this.#parts.server.respond(response);
  }
}

/** Of a request that was taken back: whatever else was said, but for a refusal that holds everywhere (RFC 3261 §16.10). */
const terminated = (best: SipResponse | undefined): SipResponse | Answer =>
  best !== undefined && (best.status === 487 || best.status >= 600) ? best : { status: 487 };

/** That another server is overloaded does not mean that this one is (RFC 3261 §16.7 step 6). */
const relayed = (best: SipResponse | undefined): SipResponse | Answer => {
  if (best === undefined) return { status: 480 };
  return best.status === 503 ? { status: 500 } : best;
};

// A branch towards a contact or another server: one transaction, and the next one where nobody answers
// (RFC 3261 §16.6 steps 7–11, §16.7 steps 2–3, §16.8, §16.9; RFC 3263 §4.3).
import type { Timer } from '@parlance/base/clock';
import type { Field } from '@parlance/sip/field';
import type { Flow } from '@parlance/sip/flow';
import { via } from '@parlance/sip/headers/via';
import { dropFirst, type SipRequest, type SipResponse } from '@parlance/sip/message';
import { respond } from '@parlance/sip/response';
import { serialise } from '@parlance/sip/serialise';
import type { ClientTransaction } from '@parlance/sip/transaction/client';
import type { Resolver } from '../resolve/resolver.ts';
import type { Target as Place } from '../transport/parts.ts';
import type { Branch, BranchUser } from './branch.ts';
import type { ProxyContext } from './context.ts';
import type { Next, Stop, Target } from './target.ts';

/** Milliseconds for which an INVITE may ring: timer C, above three minutes (RFC 3261 §16.6 step 11). */
const timerC = 185_000;

/** Bytes that our Via adds at most, nearly. */
const viaSize = 120;

export interface ContactBranchParts {
  readonly context: Pick<ProxyContext, 'clock' | 'log' | 'transports' | 'transactions'>;
  readonly resolver: Resolver;
  /** As it was received, for answers that are made here. */
  readonly received: SipRequest;
  readonly inbound: Flow;
  readonly target: Target;
  /** Of answers that are made here. */
  readonly tag: () => string;
  /** The request as it leaves to a stop over a flow, without our Via. */
  readonly dress: (stop: Stop, flow: Flow) => SipRequest;
  /** A new branch parameter. */
  readonly name: () => string;
  /** It is on its way. */
  readonly sent: (stop: Stop, flow: Flow, branch: string) => void;
}

/** What is tried next. */
interface Attempt {
  readonly stop: Stop;
  readonly next: Next;
}

export class ContactBranch implements Branch {
  readonly #parts: ContactBranchParts;
  #attempts: Attempt[];
  #user: BranchUser | undefined;
  #client: ClientTransaction | undefined;
  #timer: Timer | undefined;
  #cancelled = false;
  #ended = false;
  /** What the last attempt came to. */
  #failure = 503;

  constructor(parts: ContactBranchParts) {
    this.#parts = parts;
    this.#attempts = parts.target.map((stop) => ({ stop, next: stop.next }));
  }

  start(user: BranchUser): void {
    this.#user = user;
    this.#try();
  }

  cancel(why: readonly Field[]): void {
    if (this.#cancelled || this.#ended) return;
    this.#cancelled = true;
    this.#attempts = [];
    if (this.#client === undefined) this.#end(this.#answer(487));
    else this.#client.cancel(why);
  }

  #try(): void {
    if (this.#ended || this.#cancelled) return;
    const attempt = this.#attempts.shift();
    if (attempt === undefined) {
      this.#end(this.#answer(this.#failure));
      return;
    }
    const { stop, next } = attempt;
    if ('flow' in next) this.#send(stop, next.flow, false);
    else if ('place' in next) this.#goTo(stop, next.place);
    else this.#lookUp(stop, this.#parts.resolver.places(next.uri));
  }

  #lookUp(stop: Stop, places: readonly Place[] | Promise<readonly Place[]>): void {
    const found = (known: readonly Place[]): void => {
      this.#attempts.unshift(...known.map((place) => ({ stop, next: { place } })));
      this.#try();
    };
    if (places instanceof Promise) places.then(found, (error: unknown) => this.#unreachable(stop, error));
    else found(places);
  }

  #goTo(stop: Stop, place: Place): void {
    const flow = this.#parts.context.transports.flowTo(place, this.#parts.inbound);
    const fits = (known: Flow): void => this.#send(stop, known, place.transport === 'UDP');
    if (flow instanceof Promise) flow.then(fits, (error: unknown) => this.#unreachable(stop, error));
    else fits(flow);
  }

  #unreachable(stop: Stop, error: unknown): void {
    this.#parts.context.log.debug('next hop not reached', { error });
    this.#failure = failureOf(stop);
    this.#try();
  }

  /** `free`: another transport may be taken. A request that does not fit into a datagram takes TCP first (RFC 3261 §18.1.1). */
  #send(stop: Stop, flow: Flow, free: boolean): void {
    if (this.#ended || this.#cancelled) return;
    const { context, dress, name, sent } = this.#parts;
    const request = dress(stop, flow);
    if (free && context.transports.mustSwitch(serialise(request).length + viaSize, flow)) {
      const { address, port } = flow.remote;
      this.#attempts.unshift({ stop, next: { place: { transport: 'TCP', address, port } } }, { stop, next: { flow } });
      this.#try();
      return;
    }
    const branch = name();
    let heard = false;
    this.#client = context.transactions.send(
      request,
      flow,
      {
        response: (response) => {
          heard = true;
          this.#hear(response);
        },
        timeout: () => this.#lost(408, heard),
        failed: () => this.#lost(failureOf(stop), heard),
      },
      branch,
    );
    sent(stop, flow, branch);
    this.#setTimer();
  }

  #hear(received: SipResponse): void {
    const { status } = received;
    if (status === 100) return;
    // RFC 3261 §16.7 step 3.
    const response = received.with({ fields: dropFirst(received.fields, via) });
    if (status < 200) {
      this.#setTimer();
      if (!this.#ended) this.#user?.provisional(response);
    } else if (status === 503 && this.#attempts.length > 0) this.#try();
    else this.#end(response);
  }

  /** Nothing came: the next place is tried. Whoever has heard something of this one stays with it (RFC 3263 §4.3). */
  #lost(failure: number, heard: boolean): void {
    this.#failure = failure;
    if (heard || this.#cancelled) this.#end(this.#answer(failure));
    else this.#try();
  }

  #setTimer(): void {
    this.#timer?.cancel();
    if (this.#parts.received.method !== 'INVITE' || this.#ended) return;
    this.#timer = this.#parts.context.clock.after(timerC, () => this.cancel([]));
  }

  #answer(status: number): SipResponse {
    return respond(this.#parts.received, { status }, this.#parts.tag());
  }

  #end(response: SipResponse): void {
    this.#timer?.cancel();
    if (this.#ended && response.status >= 300) return;
    this.#ended = true;
    this.#user?.final(response);
  }
}

/** A dialog's end is gone (RFC 5626 §5.3.1), a phone's flow, or a server is not there (RFC 3261 §16.9). */
const failureOf = ({ stays, uri }: Stop): number => {
  if (!stays) return 503;
  return uri === undefined ? 430 : 480;
};

// The called side of an INVITE: ringing, 2xx until its ACK, reliable provisional responses, CANCEL (RFC 3261 §13.3, §9.2; RFC 3262 §3).
import type { Clock, Timer } from '@parlance/base/clock';
import type { NameAddr } from '../headers/name-addr.ts';
import { contact, recordRoute } from '../headers/name-addr.ts';
import { cseq, expires, require, supported } from '../headers/plain.ts';
import { rack, rseq } from '../headers/reliable.ts';
import { make, type SipRequest, type SipResponse } from '../message.ts';
import { type Answer, respond } from '../response.ts';
import type { ServerTransaction } from '../transaction/server.ts';
import { capped, doubled, type Timers, usual } from '../transaction/timers.ts';
import { type Content, Dialog } from './dialog.ts';
import { repeat } from './repeat.ts';

/** Whoever is called. */
export interface Callee {
  /** The ACK to the 2xx came; its body may answer an offer in that. */
  acknowledged(ack: SipRequest): void;
  /** No ACK came in 64·T1: the call should be ended by BYE (§13.3.1.4). */
  unacknowledged(): void;
  /** The caller took the INVITE back, it expired (§13.3.1), or nobody acknowledged our ringing (RFC 3262 §3): it has been refused. */
  withdrawn(): void;
}

export interface InviteServerParts {
  readonly clock: Clock;
  readonly timers?: Partial<Timers>;
  /** For our tag. */
  readonly random: () => string;
  /** The first RSeq, by chance between 1 and 2³¹ − 1. */
  readonly rseq: number;
  /** Where we are reached within the dialog. */
  readonly contact: NameAddr;
  readonly callee: Callee;
  /** The INVITE is one within this dialog, which has admitted it. */
  readonly dialog?: Dialog;
}

/** Seconds that a timer can wait. */
const mostExpires = 2_000_000;

/** Proxies give up what does not ring for three minutes (§13.3.1.1). Milliseconds. */
const ringing = 60_000;

/** The most reliable provisional responses that wait for the one before to be acknowledged. */
const mostWaiting = 8;

interface Reliable {
  readonly response: SipResponse;
  readonly rseq: number;
  sending: Timer | undefined;
}

export class InviteServer {
  readonly dialog: Dialog;
  readonly #transaction: ServerTransaction;
  readonly #parts: InviteServerParts;
  readonly #timers: Timers;
  readonly #tag: string;
  #rseq: number;
  /** Sent and not acknowledged: the first; behind it those that wait. */
  #reliable: Reliable[] = [];
  #waiting2xx: SipResponse | undefined;
  #sending2xx: Timer | undefined;
  #ring: Timer | undefined;
  #expiry: Timer | undefined;
  #done = false;

  constructor(transaction: ServerTransaction, parts: InviteServerParts) {
    this.#transaction = transaction;
    this.#parts = parts;
    this.#timers = { ...usual, ...parts.timers };
    this.#rseq = parts.rseq;
    this.#tag = parts.random();
    this.dialog = parts.dialog ?? Dialog.ofRequest(this.request, this.#tag, parts.contact);
    this.dialog.inviting = 'theirs';
    const seconds = this.request.optional(expires);
    if (seconds !== undefined && seconds <= mostExpires)
      this.#expiry = parts.clock.after(seconds * 1000, () => this.#withdraw());
  }

  get request(): SipRequest {
    return this.#transaction.request;
  }

  /**
   * A provisional response, 101…199, sent anew every minute until the final one. Reliable if the caller demands it, or if asked
   * for and the caller can (RFC 3262 §3).
   */
  progress(status: number, content: Content = {}, reliable = false): void {
    if (this.#done) return;
    const demanded = this.request.all(require).includes('100rel');
    const possible = demanded || this.request.all(supported).includes('100rel');
    if (demanded || (reliable && possible)) this.#sendReliably(status, content);
    else this.#transaction.respond(this.#answer({ status, ...content }));
    this.#ring?.cancel();
    this.#ring = this.#parts.clock.after(ringing, () => this.progress(status, {}, reliable));
  }

  /** A 2xx, sent again until its ACK comes. While a session description of ours is not acknowledged, it waits (RFC 3262 §3). */
  accept(content: Content = {}, status = 200): void {
    if (this.#done) return;
    this.#settle();
    const response = this.#answer({ status, ...content });
    if (this.#reliable.some((each) => each.response.body.length > 0)) this.#waiting2xx = response;
    else this.#send2xx(response);
  }

  /** Any other final response. */
  refuse(answer: Answer): void {
    if (this.#done) return;
    this.#settle();
    this.#stopReliable();
    this.dialog.inviting = undefined;
    // A re-INVITE that is refused leaves its dialog as it was (§14.2).
    if (this.#parts.dialog === undefined) this.dialog.end();
    this.#transaction.respond(respond(this.request, answer, this.#tag));
  }

  /** The answer to a CANCEL that means this INVITE; if it is not too late, the INVITE is refused by 487 (§9.2). */
  cancel(cancel: SipRequest): SipResponse {
    this.#withdraw();
    return respond(cancel, { status: 200 }, this.#tag);
  }

  /** An ACK within the dialog. False when it acknowledges another INVITE's 2xx. */
  acknowledge(ack: SipRequest): boolean {
    if (ack.one(cseq).number !== this.request.one(cseq).number) return false;
    if (this.#sending2xx === undefined) return true;
    this.#sending2xx.cancel();
    this.#sending2xx = undefined;
    this.dialog.inviting = undefined;
    this.#parts.callee.acknowledged(ack);
    return true;
  }

  /**
   * Whether a PRACK, admitted by the dialog, acknowledges what we sent: then the caller answers it 2xx, with an answer to its offer
   * if it has one, else 481 (RFC 3262 §3). The next provisional response follows, or the 2xx that waited.
   */
  acknowledgeProgress(prack: SipRequest): boolean {
    const acknowledged = prack.one(rack);
    const [first] = this.#reliable;
    const { number, method } = this.request.one(cseq);
    if (first === undefined || first.rseq !== acknowledged.rseq) return false;
    if (number !== acknowledged.cseq || method !== acknowledged.method) return false;
    first.sending?.cancel();
    this.#reliable.shift();
    this.#sendNext();
    if (this.#reliable.length === 0 && this.#waiting2xx !== undefined) this.#send2xx(this.#waiting2xx);
    return true;
  }

  #sendReliably(status: number, content: Content): void {
    if (this.#reliable.length >= mostWaiting) return;
    const fields = [make(require, '100rel'), make(rseq, this.#rseq), ...(content.fields ?? [])];
    const response = this.#answer({ status, ...content, fields });
    this.#reliable.push({ response, rseq: this.#rseq, sending: undefined });
    this.#rseq++;
    if (this.#reliable.length === 1) this.#sendNext();
  }

  #sendNext(): void {
    const [first] = this.#reliable;
    if (first === undefined) return;
    const send = (): void => this.#transaction.respond(first.response);
    first.sending = repeat(this.#parts.clock, this.#timers, doubled, send, () => this.#withdraw(500));
    send();
  }

  #send2xx(response: SipResponse): void {
    this.#waiting2xx = undefined;
    this.#stopReliable();
    this.dialog.confirm();
    this.dialog.refresh(this.request);
    const send = (): void => this.#transaction.respond(response);
    this.#sending2xx = repeat(this.#parts.clock, this.#timers, capped, send, () => {
      this.#sending2xx = undefined;
      this.dialog.inviting = undefined;
      this.#parts.callee.unacknowledged();
    });
    send();
  }

  #withdraw(status = 487): void {
    if (this.#done && this.#waiting2xx === undefined) return;
    this.#waiting2xx = undefined;
    this.#done = false;
    this.refuse({ status });
    this.#parts.callee.withdrawn();
  }

  /** The final response is decided. */
  #settle(): void {
    this.#done = true;
    this.#ring?.cancel();
    this.#expiry?.cancel();
  }

  #stopReliable(): void {
    for (const { sending } of this.#reliable) sending?.cancel();
    this.#reliable = this.#reliable.slice(0, 1);
  }

  /** A response that makes the dialog (§12.1.1). */
  #answer({ fields = [], ...answer }: Answer): SipResponse {
    const record = this.request.fields.filter(({ id }) => id === recordRoute.id);
    return respond(
      this.request,
      { ...answer, fields: [...record, make(contact, this.#parts.contact), ...fields] },
      this.#tag,
    );
  }
}

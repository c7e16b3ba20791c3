// Watching somebody's state: SUBSCRIBE, the NOTIFYs that follow, renewal before the end (RFC 6665 §4.1).
import type { Clock, Timer } from '@parlance/base/clock';
import { Dialog } from '@parlance/sip/dialog/dialog';
import { nameOfRequest } from '@parlance/sip/dialog/names';
import type { Field } from '@parlance/sip/field';
import { contact, from, type NameAddr, tagOf, to } from '@parlance/sip/headers/name-addr';
import { accept, callId, cseq, event, expires, maxForwards, subscriptionState } from '@parlance/sip/headers/plain';
import { make, SipRequest, type SipResponse } from '@parlance/sip/message';
import { parameterOf } from '@parlance/sip/parameters';
import type { Answer } from '@parlance/sip/response';
import type { Result, UserAgent } from './agent.ts';
import { renewal } from './registration.ts';

/** What is watched, and who is told. */
export interface Watching {
  /** The event package, and the type of its documents. */
  readonly event: string;
  readonly type: string;
  readonly seconds: number;
  /** A document came, or none; `state` as in Subscription-State: `active`, `pending`, `terminated`. */
  readonly notified: (body: Uint8Array, state: string) => void;
  /** It was refused or is over, and nothing more will come: the answer, or a word such as `rejected`. */
  readonly ended: (why: SipResponse | string) => void;
}

export interface SubscriptionParts extends Watching {
  readonly agent: UserAgent;
  readonly clock: Clock;
  readonly random: () => string;
  readonly target: string;
  readonly own: () => NameAddr;
}

/** Reasons after which one begins anew at once (RFC 6665 §4.1.3). */
const passing = new Set(['deactivated', 'timeout']);

export class Subscription {
  readonly #parts: SubscriptionParts;
  #request: SipRequest | undefined;
  #dialog: Dialog | undefined;
  #timer: Timer | undefined;
  #over = false;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
  }

  /** Also in the place of a subscription whose flow is gone. */
  async begin(): Promise<void> {
    const { agent, random } = this.#parts;
    const names = { call: random(), tag: random() };
    this.#dialog = undefined;
    const order = { cseq: 0 };
    const result = await agent.send((number) => {
      this.#request = this.#first(names, number);
      return this.#request;
    }, order);
    if (!this.#over && this.#request?.one(callId) === names.call) this.#answered(result);
  }

  /** Whether a NOTIFY is meant for this one: it may come before the answer to the SUBSCRIBE (RFC 6665 §4.1.2.4). */
  expects(notify: SipRequest): boolean {
    const request = this.#request;
    if (request === undefined) return false;
    if (this.#dialog !== undefined) return nameOfRequest(notify) === this.#dialog.name;
    return notify.one(callId) === request.one(callId) && tagOf(notify.one(to)) === tagOf(request.one(from));
  }

  receive(notify: SipRequest): Answer {
    const { own, notified } = this.#parts;
    const request = this.#request;
    const state = notify.optional(subscriptionState);
    if (request === undefined || state === undefined) return { status: 400 };
    const tag = tagOf(request.one(from)) ?? '';
    this.#dialog ??= Dialog.ofRequest(notify, tag, own(), request.one(cseq).number);
    const refused = this.#dialog.state === 'early' ? undefined : this.#dialog.admit(notify, 0);
    if (refused !== undefined) return refused;
    this.#dialog.confirm();
    this.#dialog.refresh(notify);
    notified(notify.body, state.value);
    if (state.value === 'terminated') this.#terminated(parameterOf(state.parameters, 'reason') ?? '');
    return { status: 200 };
  }

  /** Watches no more; one last NOTIFY may come. */
  async end(): Promise<void> {
    if (this.#over) return;
    this.#close();
    if (this.#dialog !== undefined)
      await this.#parts.agent.within(this.#dialog, 'SUBSCRIBE', { fields: this.#wishes(0) });
  }

  #first({ call, tag }: { readonly call: string; readonly tag: string }, number: number): SipRequest {
    const { agent, target, own } = this.#parts;
    return new SipRequest({
      method: 'SUBSCRIBE',
      uri: target,
      fields: [
        make(maxForwards, 70),
        make(from, { display: '', uri: agent.uri, parameters: [{ name: 'tag', value: tag }] }),
        make(to, { display: '', uri: target, parameters: [] }),
        make(callId, call),
        make(cseq, { number, method: 'SUBSCRIBE' }),
        make(contact, own()),
        ...this.#wishes(this.#parts.seconds),
      ],
    });
  }

  #wishes(seconds: number): readonly Field[] {
    const named = (value: string) => ({ value, parameters: [] });
    return [make(event, named(this.#parts.event)), make(accept, named(this.#parts.type)), make(expires, seconds)];
  }

  #answered(result: Result): void {
    if (typeof result === 'string' || result.status >= 300) {
      this.#give(result);
      return;
    }
    if (this.#dialog === undefined && this.#request !== undefined) {
      this.#dialog = Dialog.ofResponse(this.#request, result);
      this.#dialog.confirm(result);
    }
    this.#renewAfter(result);
  }

  #renewAfter(response: SipResponse): void {
    const seconds = response.optional(expires) ?? this.#parts.seconds;
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.after(renewal(seconds) * 1_000, () => void this.#renew());
  }

  async #renew(): Promise<void> {
    const { agent, seconds } = this.#parts;
    const dialog = this.#dialog;
    if (dialog === undefined) return;
    const result = await agent.within(dialog, 'SUBSCRIBE', { fields: this.#wishes(seconds) });
    if (this.#over || dialog !== this.#dialog) return;
    // Forgotten there: a new one may begin (RFC 6665 §4.1.2.2).
    if (typeof result !== 'string' && result.status === 481) await this.begin();
    else this.#answered(result);
  }

  #terminated(reason: string): void {
    this.#timer?.cancel();
    if (this.#over) return;
    if (passing.has(reason)) void this.begin();
    else this.#give(reason);
  }

  #give(why: SipResponse | string): void {
    this.#close();
    this.#parts.ended(why);
  }

  #close(): void {
    this.#over = true;
    this.#timer?.cancel();
  }
}

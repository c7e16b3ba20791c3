// One subscription: a dialog, its time, and the notifications in it, one under way at a time, the latest state wins (RFC 6665 §4.2).
import type { Timer } from '@parlance/base/clock';
import type { Account } from '@parlance/core/account';
import type { Address } from '@parlance/core/ids';
import type { Dialog } from '@parlance/sip/dialog/dialog';
import type { Flow } from '@parlance/sip/flow';
import { retryAfter } from '@parlance/sip/headers/interval';
import { contentType, event, sipEtag, subscriptionState } from '@parlance/sip/headers/plain';
import { make, type SipRequest, type SipResponse } from '@parlance/sip/message';
import type { EventContext } from './context.ts';
import { Pace } from './pace.ts';
import type { EventPackage, EventState, Standing, Watching } from './package.ts';

/** Why a subscription ends (RFC 6665 §4.1.3). */
export type EndReason = 'rejected' | 'timeout' | 'noresource';

/** Answers to a NOTIFY after which there is no subscription any more (RFC 6665 §4.2.2, RFC 5057 §5). */
const deadly = new Set([401, 403, 404, 405, 407, 408, 410, 416, 480, 481, 482, 483, 484, 485, 489, 501, 603, 604]);

/** Longest Retry-After that is waited for, in seconds. */
const patience = 600;

type Parts = Pick<EventContext, 'clock' | 'log' | 'transports' | 'transactions'>;

export interface SubscriptionBegin {
  readonly package: EventPackage;
  readonly address: Address;
  readonly watcher: Account;
  readonly dialog: Dialog;
  /** `id` of the Event field (RFC 6665 §4.4.1). */
  readonly id: string | undefined;
  readonly flow: Flow;
  readonly standing: Standing;
  /** Token of this subscription in watcher information (RFC 3858 §3.3). */
  readonly ref: string;
  /** It is over, for whatever reason; called once. */
  readonly over: (subscription: Subscription) => void;
}

export class Subscription implements Watching {
  readonly package: EventPackage;
  readonly address: Address;
  readonly account: Account;
  readonly dialog: Dialog;
  readonly id: string | undefined;
  readonly ref: string;
  /** Milliseconds since 1970. */
  readonly since: number;
  standing: Standing;
  /** What brought it where it stands (RFC 3857 §4.7.1). */
  cause: 'subscribe' | 'approved' = 'subscribe';
  flow: Flow;
  /** The entity-tag that makes notifications superfluous, or `*` (RFC 5839 §5.2). */
  condition: string | undefined;
  readonly #parts: Parts;
  readonly #over: (subscription: Subscription) => void;
  readonly #pace = new Pace();
  #expires: number;
  #expiry: Timer | undefined;
  #reason: EndReason | undefined;
  #version = 0;
  /** Tag of the state that was told last. */
  #told: string | undefined;
  /** `asked`: also when there is nothing new. */
  #owed: 'nothing' | 'news' | 'asked' = 'nothing';
  #busy = false;
  #waiting: Timer | undefined;
  #gone = false;

  constructor(parts: Parts, begin: SubscriptionBegin) {
    this.#parts = parts;
    this.package = begin.package;
    this.address = begin.address;
    this.account = begin.watcher;
    this.dialog = begin.dialog;
    this.id = begin.id;
    this.ref = begin.ref;
    this.flow = begin.flow;
    this.standing = begin.standing;
    this.#over = begin.over;
    this.since = parts.clock.now();
    this.#expires = this.since;
  }

  get watcher(): Address {
    return this.account.address;
  }

  /** By which a SUBSCRIBE finds it. */
  get name(): string {
    return subscriptionName(this.dialog.name, this.package.name, this.id);
  }

  /** Seconds that are left. */
  get left(): number {
    return Math.max(0, Math.ceil((this.#expires - this.#parts.clock.now()) / 1000));
  }

  /** From now on it lasts so many seconds. */
  last(seconds: number): void {
    this.#expires = this.#parts.clock.now() + seconds * 1000;
    this.#expiry?.cancel();
    this.#expiry = this.#parts.clock.after(seconds * 1000, () => this.end('timeout'));
  }

  /** There is something new; or, `asked`, the watcher wants to know in any case. */
  tell(asked = false): void {
    if (this.#gone) return;
    if (asked || this.#owed === 'nothing') this.#owed = asked ? 'asked' : 'news';
    this.#parts.clock.soon(() => this.#next());
  }

  /** The watcher is told that it is over, and no more. */
  end(reason: EndReason): void {
    if (this.#reason !== undefined || this.#gone) return;
    this.#reason = reason;
    this.#finish();
    this.tell(true);
  }

  /** It is over, and nobody is told. */
  drop(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#waiting?.cancel();
    this.#finish();
  }

  #finish(): void {
    if (this.dialog.state === 'ended') return;
    this.#expiry?.cancel();
    this.dialog.end();
    this.#over(this);
  }

  /** One at a time: while an answer is awaited the state may change again, and only its last is told. */
  #next(): void {
    if (this.#busy || this.#gone || this.#owed === 'nothing' || this.#waiting !== undefined) return;
    const now = this.#parts.clock.monotonic();
    const wait = this.#reason === undefined ? this.#pace.wait(now) : 0;
    if (wait > 0) {
      this.#later(wait);
      return;
    }
    const request = this.#notify(this.#owed === 'asked');
    this.#owed = 'nothing';
    if (request === undefined) return;
    this.#pace.spend(now);
    this.#busy = true;
    this.#send(request).catch((error: unknown) => {
      this.#parts.log.debug('a watcher was not reached', { error });
      this.drop();
    });
  }

  #later(ms: number): void {
    this.#waiting = this.#parts.clock.after(ms, () => {
      this.#waiting = undefined;
      this.#next();
    });
  }

  /** Undefined when nobody asked and the watcher has the state already, or may not know that there is another. */
  #notify(asked: boolean): SipRequest | undefined {
    const state = this.#state;
    if (!asked && (state === undefined || (state.tag !== undefined && state.tag === this.#told))) return undefined;
    this.#told = state?.tag;
    const known = this.condition !== undefined && (this.condition === '*' || this.condition === state?.tag);
    if (!known && this.condition !== '*') this.condition = undefined;
    if (known && !asked) return undefined;
    const body = known ? undefined : state?.body;
    if (body !== undefined) this.#version++;
    return this.dialog.request('NOTIFY', {
      fields: [
        make(event, { value: this.package.name, parameters: parameter('id', this.id) }),
        make(subscriptionState, this.#header),
        ...(state?.tag === undefined ? [] : [make(sipEtag, state.tag)]),
        ...(body === undefined ? [] : [make(contentType, { value: this.package.type, parameters: [] })]),
      ],
      ...(body === undefined ? {} : { body }),
    });
  }

  /** Pending watchers learn nothing (RFC 3856 §6.6.2, §6.7), nor do those whose subscription is taken away. */
  get #state(): EventState | undefined {
    const told = this.standing === 'active' || this.standing === 'closed';
    if (!told || (this.#reason !== undefined && this.#reason !== 'timeout')) return undefined;
    return this.package.state(this, this.#version);
  }

  get #header(): { readonly value: string; readonly parameters: ReturnType<typeof parameter> } {
    if (this.#reason !== undefined) return { value: 'terminated', parameters: parameter('reason', this.#reason) };
    const value = this.standing === 'pending' ? 'pending' : 'active';
    return { value, parameters: parameter('expires', `${this.left}`) };
  }

  async #send(request: SipRequest): Promise<void> {
    const { flow } = this;
    const { transports, transactions } = this.#parts;
    const way = flow.open ? flow : await transports.flowTo({ transport: flow.transport, ...flow.remote }, flow);
    transactions.send(request, way, {
      response: (response) => this.#answered(response),
      timeout: () => this.drop(),
      failed: () => this.drop(),
    });
  }

  #answered(response: SipResponse): void {
    const { status } = response;
    if (status < 200 || this.#gone) return;
    this.#busy = false;
    if (this.#reason !== undefined) {
      if (this.#owed === 'nothing') this.#gone = true;
      else this.#next();
      return;
    }
    const retry = status < 300 ? undefined : response.first(retryAfter)?.seconds;
    if (retry !== undefined) {
      this.#owed = 'asked';
      this.#later(Math.min(retry, patience) * 1000);
    } else if (deadly.has(status)) this.drop();
    else {
      if (status < 300) this.dialog.refresh(response);
      this.#next();
    }
  }
}

const parameter = (
  name: string,
  value: string | undefined,
): readonly { readonly name: string; readonly value: string }[] => (value === undefined ? [] : [{ name, value }]);

export const subscriptionName = (dialog: string, name: string, id: string | undefined): string =>
  `${dialog}\n${name}\n${id ?? ''}`;

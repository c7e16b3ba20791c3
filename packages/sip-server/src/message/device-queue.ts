// What one phone is given, in order: first what it has missed, then what comes, one transaction after the other (DESIGN §2).
import type { Sequence } from '@parlance/core/ids';
import type { SipRequest, SipResponse } from '@parlance/sip/message';
import type { SipContext } from '../context.ts';
import type { Binding } from '../registrar/binding.ts';
import { outgoingMessage } from './outgoing.ts';
import { readPayload } from './payload.ts';

/** A message for this phone. */
export interface Item {
  /** Its place in the mailbox; what is not kept has a name of its own instead. */
  readonly place: Sequence | string;
  readonly kept: SipRequest;
}

/** Messages that wait in memory for one phone; beyond, it reads them from the mailbox when it registers again. */
const most = 200;

/** Entries read with one query. */
const page = 20;

type Parts = Pick<
  SipContext,
  'clock' | 'log' | 'commits' | 'stores' | 'transports' | 'transactions' | 'seal' | 'fromForeign'
>;

/** Answers after which trying again is up to a new registration, not a verdict on the message (RFC 3261 §8.1.3.1). */
const isAway = (status: number): boolean => status === 408 || status === 430 || status === 503;

export class DeviceQueue {
  readonly #parts: Parts;
  readonly #binding: Binding;
  /** From the mailbox; more are there when this is empty and `#more`. */
  #missed: Item[] = [];
  #more = false;
  /** Behind all that was missed. */
  #live: Item[] = [];
  /** `reading`: what was missed comes first. `away`: the phone did not answer; nothing is sent until it registers again. */
  #state: 'reading' | 'sending' | 'idle' | 'away' = 'away';
  #cursor = 0 as Sequence;

  constructor(parts: Parts, binding: Binding) {
    this.#parts = parts;
    this.#binding = binding;
  }

  /** The phone has registered: what it has missed goes out, unless it is being served already. */
  wake(): void {
    if (this.#state === 'away') this.#begin(this.#find());
  }

  /** A message that is on disk. False when the phone reads it from the mailbox later, if it is there. */
  push(item: Item): boolean {
    if (this.#state === 'away' || this.#live.length >= most) return false;
    this.#live.push(item);
    if (this.#state === 'idle') this.#next();
    return true;
  }

  /** Reads, then sends. */
  #begin(found: Promise<void>): void {
    this.#state = 'reading';
    found
      .then(() => this.#read())
      .then(() => this.#next())
      .catch((error: unknown) => {
        this.#parts.log.warn('messages for a phone not read', { error });
        this.#stop();
      });
  }

  /** Finds the device's place. The first phone of an account gets what nobody has read; a further one begins now (ADR 0007). */
  async #find(): Promise<void> {
    const { account, device } = this.#binding;
    const begin = account.nextSequence - 1;
    const cursors = await this.#parts.stores.bindings.cursors(account.id);
    const known = cursors.find((each) => each.device === device);
    this.#cursor = known?.cursor ?? ((cursors.length === 0 ? 0 : begin) as Sequence);
    if (known === undefined) this.#store();
  }

  /** The next page of what was missed. What came meanwhile is in it, too, and is not said twice. */
  async #read(): Promise<void> {
    const { commits, stores } = this.#parts;
    const { account } = this.#binding;
    await commits.flushed();
    const waiting = account.waiting.size > 0 ? await stores.mailbox.pending(account.id, this.#cursor, page) : [];
    for (const entry of waiting) {
      const kept = entry.protocol === 'sip' ? readPayload(entry.payload) : this.#parts.fromForeign(entry.payload);
      if (kept !== undefined) this.#missed.push({ place: entry.sequence, kept });
    }
    this.#more = waiting.length === page;
    const read = new Set<Item['place']>(waiting.map(({ sequence }) => sequence));
    this.#live = this.#live.filter(({ place }) => !read.has(place));
  }

  #next(): void {
    const item = this.#missed.shift() ?? (this.#more ? undefined : this.#live.shift());
    if (item === undefined) {
      if (this.#more) this.#begin(Promise.resolve());
      else this.#state = 'idle';
      return;
    }
    this.#state = 'sending';
    this.#send(item).catch((error: unknown) => {
      this.#parts.log.debug('a phone was not reached', { error });
      this.#stop();
    });
  }

  async #send(item: Item): Promise<void> {
    const { state, flow } = this.#binding;
    const { request, branch } = outgoingMessage(this.#parts, item.kept, this.#binding, item.place);
    const way = flow ?? (await this.#parts.transports.flowTo({ transport: state.transport, ...state.remote }));
    this.#parts.transactions.send(
      request,
      way,
      {
        response: (response) => this.#answered(item, response),
        timeout: () => this.#stop(),
        failed: () => this.#stop(),
      },
      branch,
    );
  }

  /** A 2xx: the phone has it. Any other answer is recorded and not tried again. */
  #answered(item: Item, { status, reason }: SipResponse): void {
    if (status < 200) return;
    if (isAway(status)) {
      this.#stop();
      return;
    }
    if (status >= 300)
      this.#parts.log.info('a phone refused a message', { label: this.#binding.label, status, reason });
    if (typeof item.place !== 'string') {
      this.#cursor = item.place;
      this.#store();
    }
    this.#next();
  }

  #store(): void {
    const { account, device } = this.#binding;
    const { commits, stores, clock } = this.#parts;
    commits.owe(stores.bindings.moveCursor({ account: account.id, device, cursor: this.#cursor }, clock.now()));
  }

  #stop(): void {
    this.#state = 'away';
    this.#missed = [];
    this.#live = [];
    this.#more = false;
  }
}

// What one device is given, in order: first what it has missed, then what comes, one transaction after the other (DESIGN §2).
import type { Account } from '@parlance/core/account';
import type { DeviceId, Sequence } from '@parlance/core/ids';
import type { Flow } from '@parlance/sip/flow';
import type { SipRequest, SipResponse } from '@parlance/sip/message';
import { serialise } from '@parlance/sip/serialise';
import type { SipContext } from '../context.ts';
import type { Binding } from '../registrar/binding.ts';
import { isOver, unwrapped } from './forms.ts';
import { outgoingMessage } from './outgoing.ts';
import { readPayload } from './payload.ts';

/** A message for this device. */
export interface Item {
  /** Its place in the mailbox; what is not kept has a name of its own instead. */
  readonly place: Sequence | string;
  readonly kept: SipRequest;
  /** A copy of what the owner sent from elsewhere. */
  readonly copy: boolean;
  /** Another form of it, after the first was refused. */
  readonly again?: boolean;
}

/** Messages that wait in memory for one device; beyond, it reads them from the mailbox. */
const most = 200;

/** Entries read with one query. */
const page = 20;

/** Bytes that our Via adds, at most. */
const viaSize = 200;

type Parts = Pick<
  SipContext,
  'clock' | 'log' | 'commits' | 'stores' | 'transports' | 'transactions' | 'seal' | 'fromForeign'
>;

/** Answers after which trying again is up to a new registration, not a verdict on the message (RFC 3261 §8.1.3.1, §21.4.18). */
const isAway = (status: number): boolean => status === 408 || status === 430 || status === 480 || status === 503;

/** The device has it already: it came by another of its flows, or before a crash (RFC 3261 §8.2.2.2). */
const isKnown = (status: number): boolean => status < 300 || status === 482;

export class DeviceQueue {
  readonly #parts: Parts;
  readonly #account: Account;
  readonly #device: DeviceId;
  readonly #gone: () => void;
  /** Ways to the device, the latest last (RFC 5626 §7). */
  readonly #bindings = new Set<Binding>();
  /** Of them, those that did not answer since they registered last. */
  readonly #silent = new Set<Binding>();
  /** From the mailbox; more are there when this is empty and `#more`. */
  #missed: Item[] = [];
  #more = false;
  /** Behind all that was missed. */
  #live: Item[] = [];
  /** More came than fits into memory: it is read when that is through. */
  #behind = false;
  /** `reading`: what was missed comes first. `away`: nothing is sent until the device registers again. */
  #state: 'reading' | 'sending' | 'idle' | 'away' = 'away';
  #cursor = 0 as Sequence;

  /** `gone` is told when the device has no way left, and nothing is under way. */
  constructor(parts: Parts, { account, device }: Pick<Binding, 'account' | 'device'>, gone: () => void) {
    this.#parts = parts;
    this.#account = account;
    this.#device = device;
    this.#gone = gone;
  }

  /** The device has registered, or again: what it has missed goes out, unless it is being served already. */
  join(binding: Binding): void {
    this.#bindings.delete(binding);
    this.#bindings.add(binding);
    this.#silent.delete(binding);
    if (this.#state === 'away') this.#begin(this.#find());
  }

  leave(binding: Binding): void {
    this.#bindings.delete(binding);
    this.#silent.delete(binding);
    if (this.#bindings.size === 0 && this.#state !== 'sending') this.#stop();
  }

  /** A message that is on disk. What finds no room is read from the mailbox later, if it is there. */
  push(item: Item): void {
    if (this.#state === 'away') return;
    if (this.#behind || this.#live.length >= most) this.#behind = true;
    else this.#live.push(item);
    if (this.#state === 'idle') this.#next();
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
    const begin = this.#account.nextSequence - 1;
    const cursors = await this.#parts.stores.bindings.cursors(this.#account.id);
    const known = cursors.find((each) => each.device === this.#device);
    this.#cursor = known?.cursor ?? ((cursors.length === 0 ? 0 : begin) as Sequence);
    if (known === undefined) this.#store();
  }

  /** The next page of what was missed. What came meanwhile is in it, too, and is not said twice. */
  async #read(): Promise<void> {
    const { commits, stores } = this.#parts;
    this.#behind = false;
    await commits.flushed();
    const account = this.#account;
    const waiting = account.waiting.size > 0 ? await stores.mailbox.pending(account.id, this.#cursor, page) : [];
    for (const entry of waiting) {
      const kept = entry.protocol === 'sip' ? readPayload(entry.payload) : this.#parts.fromForeign(entry.payload);
      if (kept !== undefined) this.#missed.push({ place: entry.sequence, kept, copy: false });
    }
    this.#more = waiting.length === page;
    const last = waiting.at(-1)?.sequence;
    // A page of what SIP has no word for is passed over, or it would be read for ever.
    if (this.#missed.length === 0 && last !== undefined) this.#moveTo(last);
    const read = new Set<Item['place']>(waiting.map(({ sequence }) => sequence));
    this.#live = this.#live.filter(({ place }) => !read.has(place));
  }

  #next(): void {
    const item = this.#missed.shift() ?? (this.#more ? undefined : this.#live.shift());
    if (this.#bindings.size === 0) this.#stop();
    else if (item !== undefined) this.#try(item);
    else if (this.#more || this.#behind) this.#begin(Promise.resolve());
    else this.#state = 'idle';
  }

  #try(item: Item): void {
    this.#state = 'sending';
    const binding = [...this.#bindings].findLast((each) => each.connected && !this.#silent.has(each));
    if (binding === undefined) this.#stop();
    else if (isOver(item.kept, this.#parts.clock.now()) || (item.copy && binding.state.copies !== true))
      this.#done(item);
    else
      this.#send(item, binding).catch((error: unknown) => {
        this.#parts.log.debug('a phone was not reached', { error });
        this.#missing(item, binding);
      });
  }

  async #send(item: Item, binding: Binding): Promise<void> {
    const { transports, transactions, log } = this.#parts;
    const { state, flow, label } = binding;
    const { request, branch } = outgoingMessage(this.#parts, item.kept, binding, item);
    const near = flow ?? (await transports.flowTo({ transport: state.transport, ...state.remote }));
    const way = await this.#wide(near, serialise(request).length + viaSize);
    if (way === undefined) {
      log.info('a message is too large for a phone', { label });
      this.#done(item);
      return;
    }
    const missing = (): void => this.#missing(item, binding);
    const response = (answer: SipResponse): void => this.#answered(item, binding, answer);
    transactions.send(request, way, { response, timeout: missing, failed: missing }, branch);
  }

  /** A way for so many bytes: what a datagram cannot carry whole goes by TCP, or not at all (RFC 3428 §8, RFC 3261 §18.1.1). */
  async #wide(flow: Flow, bytes: number): Promise<Flow | undefined> {
    const { transports } = this.#parts;
    if (!transports.mustSwitch(bytes, flow)) return flow;
    try {
      return await transports.flowTo({ transport: 'TCP', ...flow.remote });
    } catch {
      return undefined;
    }
  }

  /** A 2xx: the device has it. Any other answer is recorded and not tried again, but for plain text instead of CPIM, once. */
  #answered(item: Item, binding: Binding, { status, reason }: SipResponse): void {
    if (status < 200) return;
    if (isAway(status)) {
      this.#missing(item, binding);
      return;
    }
    const plain = status === 415 && !item.copy && item.again !== true ? unwrapped(item.kept) : undefined;
    if (plain !== undefined) {
      this.#try({ ...item, kept: plain, again: true });
      return;
    }
    if (!isKnown(status)) this.#parts.log.info('a phone refused a message', { label: binding.label, status, reason });
    // RFC 3261 §21.4: who refuses one copy would refuse all.
    if (!isKnown(status) && item.copy) binding.state = { ...binding.state, copies: false };
    this.#done(item);
  }

  #done({ place }: Item): void {
    if (typeof place !== 'string') this.#moveTo(place);
    this.#next();
  }

  /** No answer on this way: by another, or later. */
  #missing(item: Item, binding: Binding): void {
    this.#silent.add(binding);
    this.#try(item);
  }

  #moveTo(place: Sequence): void {
    if (place <= this.#cursor) return;
    this.#cursor = place;
    this.#store();
  }

  #store(): void {
    const { commits, stores, clock } = this.#parts;
    const moved = { account: this.#account.id, device: this.#device, cursor: this.#cursor };
    commits.owe(stores.bindings.moveCursor(moved, clock.now()));
  }

  #stop(): void {
    this.#state = 'away';
    this.#missed = [];
    this.#live = [];
    this.#more = false;
    this.#behind = false;
    if (this.#bindings.size === 0) this.#gone();
  }
}

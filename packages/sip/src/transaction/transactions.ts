// The transaction layer: finds the transaction of a message, begins new ones, and forgets them all in time (RFC 3261 §17, RFC 6026).
import type { Clock } from '@parlance/base/clock';
import type { Field } from '../field.ts';
import type { Endpoint, Flow } from '../flow.ts';
import { magic, via } from '../headers/via.ts';
import { isRequest, prepend, type SipMessage, type SipRequest, type SipResponse } from '../message.ts';
import { type ClientPlace, ClientTransaction, type ClientUser } from './client.ts';
import { cancelOf } from './hop.ts';
import { acknowledgedKeys, answeredKey, clientKey, serverKey } from './key.ts';
import { type ServerPlace, ServerTransaction } from './server.ts';
import { type Timers, usual } from './timers.ts';

export interface TransactionUser {
  /** Belongs to no transaction: an ACK to a 2xx; a response to something forgotten, which a proxy drops (RFC 6026 §7.2). */
  stray(message: SipMessage, flow: Flow): void;
}

export interface TransactionParts {
  readonly clock: Clock;
  /** Unpredictable, of characters of a token. */
  readonly random: () => string;
  readonly timers?: Partial<Timers>;
  readonly user: TransactionUser;
  /** What our Vias say of us; the flow's own end if not given. */
  readonly sentBy?: (flow: Flow) => Endpoint;
  /** Server transactions at a time. */
  readonly most?: number;
}

/** How many there are now. */
export interface TransactionCounts {
  readonly clients: number;
  readonly servers: number;
  /** Connections that wait for an answer. */
  readonly connections: number;
}

type Place = ClientPlace & ServerPlace;

const nothing = (): void => undefined;
/** Nobody needs to know how a CANCEL went: the INVITE's own answer says it. */
const silent: ClientUser = { response: nothing, timeout: nothing, failed: nothing };

/** Methods by which a CANCEL looks for its transaction; only on an INVITE has it an effect (RFC 3261 §9.2). */
const cancellable = 'INVITE SUBSCRIBE NOTIFY MESSAGE PUBLISH REGISTER OPTIONS INFO UPDATE PRACK REFER BYE'.split(' ');

export class Transactions {
  readonly #parts: TransactionParts;
  readonly #most: number;
  readonly #clients = new Map<string, ClientTransaction>();
  readonly #servers = new Map<string, ServerTransaction>();
  /** Those that fail when their connection breaks. */
  readonly #byFlow = new Map<string, Set<ClientTransaction>>();
  readonly #place: Place;

  constructor(parts: TransactionParts) {
    this.#parts = parts;
    this.#most = parts.most ?? 50_000;
    this.#place = {
      clock: parts.clock,
      timers: { ...usual, ...parts.timers },
      stray: (ack, flow) => parts.user.stray(ack, flow),
      cancel: (transaction, extra) => this.#cancel(transaction, extra),
      endClient: (transaction) => this.#end(transaction),
      endServer: ({ key }) => this.#servers.delete(key),
    };
  }

  get counts(): TransactionCounts {
    return { clients: this.#clients.size, servers: this.#servers.size, connections: this.#byFlow.size };
  }

  /**
   * True when nothing is left to be done with a message that passed `check.ts`: it belonged to a transaction, or `stray` got it.
   * False for a new request, a CANCEL among them, which the caller answers, with or without `serve`.
   */
  absorb(message: SipMessage, flow: Flow): boolean {
    if (!isRequest(message)) return this.#receive(message, flow);
    if (message.method === 'ACK') return this.#acknowledge(message, flow);
    const known = this.#servers.get(serverKey(message));
    known?.repeat(message, flow);
    return known !== undefined;
  }

  /**
   * Begins a server transaction for a request that `absorb` has not absorbed in this turn of the event loop. Undefined when there
   * are too many: the caller answers 503 without one. An INVITE that gets no answer in 200 ms gets 100 by itself.
   */
  serve(request: SipRequest, flow: Flow): ServerTransaction | undefined {
    if (this.#servers.size >= this.#most) return undefined;
    const key = serverKey(request);
    if (this.#servers.has(key)) throw new Error('The request has a transaction');
    const transaction = new ServerTransaction(request, flow, key, this.#place);
    this.#servers.set(key, transaction);
    return transaction;
  }

  /** What a CANCEL means: it is named as if its method were the other's (RFC 3261 §9.2). */
  find(cancel: SipRequest): ServerTransaction | undefined {
    for (const method of cancellable) {
      const found = this.#servers.get(serverKey(cancel, method));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /**
   * Sends a request with our Via on top, and again until it is answered. `branch`, if given, begins with the magic cookie and is
   * unique but for requests that are to be the same (RFC 5393 §4.2, and a MESSAGE sent again after a crash).
   */
  send(request: SipRequest, flow: Flow, user: ClientUser, branch?: string): ClientTransaction {
    return this.#begin(this.stamp(request, flow, branch), flow, user);
  }

  /** A request with our Via on top, for the caller to send without a transaction: an ACK to a 2xx. */
  stamp(request: SipRequest, flow: Flow, branch = `${magic}${this.#parts.random()}`): SipRequest {
    const { address, port } = this.#parts.sentBy?.(flow) ?? flow.local;
    // Where the request came from, its answers go (RFC 3581 §3).
    const rport = flow.transport === 'UDP' ? [{ name: 'rport', value: undefined }] : [];
    const parameters = [{ name: 'branch', value: branch }, ...rport];
    const top = { transport: flow.transport, host: address, port, parameters };
    return request.with({ fields: prepend(request.fields, via, top) });
  }

  /** A connection is gone: its client transactions fail at once (§17.1.4). */
  lost(flow: Flow): void {
    for (const transaction of [...(this.#byFlow.get(flow.id) ?? [])]) transaction.lost();
  }

  #receive(response: SipResponse, flow: Flow): boolean {
    const key = answeredKey(response);
    const found = key === undefined ? undefined : this.#clients.get(key);
    if (found === undefined) this.#parts.user.stray(response, flow);
    else found.receive(response);
    return true;
  }

  #acknowledge(ack: SipRequest, flow: Flow): boolean {
    for (const key of acknowledgedKeys(ack)) if (this.#servers.get(key)?.acknowledge(ack, flow) === true) return true;
    this.#parts.user.stray(ack, flow);
    return true;
  }

  #begin(request: SipRequest, flow: Flow, user: ClientUser): ClientTransaction {
    const key = clientKey(request);
    if (key === undefined || this.#clients.has(key)) throw new Error('The branch is no new one');
    const transaction = new ClientTransaction(request, flow, key, user, this.#place);
    this.#clients.set(key, transaction);
    if (flow.reliable) this.#together(flow).add(transaction);
    return transaction;
  }

  #together(flow: Flow): Set<ClientTransaction> {
    const known = this.#byFlow.get(flow.id);
    if (known !== undefined) return known;
    const begun = new Set<ClientTransaction>();
    this.#byFlow.set(flow.id, begun);
    return begun;
  }

  #cancel({ request, flow }: ClientTransaction, extra: readonly Field[]): void {
    this.#begin(cancelOf(request, extra), flow, silent);
  }

  #end(transaction: ClientTransaction): void {
    const { key, flow } = transaction;
    this.#clients.delete(key);
    const together = this.#byFlow.get(flow.id);
    together?.delete(transaction);
    if (together?.size === 0) this.#byFlow.delete(flow.id);
  }
}

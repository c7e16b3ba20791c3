// One client transaction: a request of ours on its way to the next hop (RFC 3261 §17.1).
import type { Field } from '../field.ts';
import type { Flow } from '../flow.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { serialise } from '../serialise.ts';
import { type ClientAction, type ClientEvent, type ClientState, inviteClient, otherClient } from './client-figures.ts';
import { ackOf } from './hop.ts';
import { Machine, type Pulse } from './machine.ts';

/** Whoever sent a request. Gets one of: a final response, `timeout`, `failed`; before that any number of provisional ones. */
export interface ClientUser {
  /** As received, our Via on top. Of an INVITE every 2xx comes here, also sent again and of other branches (RFC 6026 §7.2). */
  response(response: SipResponse): void;
  /** Nobody answered in time (timers B and F), or not any more: counts as 408 (§8.1.3.1). */
  timeout(): void;
  /** The flow did not take the request, or is gone: counts as 503 (§8.1.3.1). */
  failed(): void;
  /** Nothing more comes: the transaction is over and forgotten. */
  ended?(): void;
}

/** What a client transaction asks of the layer. */
export interface ClientPlace extends Pulse {
  cancel(transaction: ClientTransaction, extra: readonly Field[]): void;
  endClient(transaction: ClientTransaction): void;
}

export class ClientTransaction extends Machine<ClientState, ClientEvent, ClientAction, SipResponse> {
  /** As sent, our Via on top. */
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly key: string;
  readonly #place: ClientPlace;
  readonly #user: ClientUser;
  readonly #bytes: Uint8Array;
  #ack: Uint8Array | undefined;
  #why: readonly Field[] = [];

  /** Sends the request. */
  constructor(request: SipRequest, flow: Flow, key: string, user: ClientUser, place: ClientPlace) {
    const isInvite = request.method === 'INVITE';
    super(isInvite ? inviteClient : otherClient, isInvite ? 'calling' : 'trying', place, flow.reliable);
    this.request = request;
    this.flow = flow;
    this.key = key;
    this.#place = place;
    this.#user = user;
    this.#bytes = serialise(request);
    this.#send(this.#bytes);
  }

  /**
   * Takes an INVITE back: at once if a provisional response came, else as soon as one comes (§9.1). The final response, mostly
   * 487, comes to the user as ever. Nothing happens to other requests (RFC 4320 says why) or once a final response came.
   */
  cancel(extra: readonly Field[] = []): void {
    this.#why = extra;
    this.fire('cancel');
  }

  /** A response that matches. */
  receive(response: SipResponse): void {
    this.fire(kindOf(response.status), response);
  }

  /** The flow is gone. */
  lost(): void {
    this.fire('error');
  }

  protected override act(action: ClientAction, response: SipResponse | undefined): void {
    if (action === 'send') this.#send(this.#bytes);
    else if (action === 'timeout') this.#user.timeout();
    else if (action === 'fail') this.#user.failed();
    else if (action === 'done') this.#user.ended?.();
    else if (action === 'renew') this.renew();
    else if (action === 'cancel') this.#place.cancel(this, this.#why);
    else if (response !== undefined) this.#respond(action, response);
  }

  protected override over(): void {
    this.#place.endClient(this);
  }

  #respond(action: 'ack' | 'tell', response: SipResponse): void {
    if (action === 'tell') {
      this.#user.response(response);
      return;
    }
    this.#ack ??= serialise(ackOf(this.request, response));
    this.#send(this.#ack);
  }

  #send(bytes: Uint8Array): void {
    if (!this.flow.send(bytes)) this.fireSoon('error');
  }
}

export const kindOf = (status: number): '1xx' | '2xx' | '300-699' =>
  status < 200 ? '1xx' : status < 300 ? '2xx' : '300-699';

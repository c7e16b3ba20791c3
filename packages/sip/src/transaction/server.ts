// One server transaction: a request to us, and what it is answered (RFC 3261 §17.2).
import type { Flow } from '../flow.ts';
import { tagOf, to } from '../headers/name-addr.ts';
import { SipRequest, type SipResponse } from '../message.ts';
import { respond } from '../response.ts';
import { serialise } from '../serialise.ts';
import { kindOf } from './client.ts';
import { isOld } from './key.ts';
import { Machine, type Pulse } from './machine.ts';
import { inviteServer, otherServer, type ServerAction, type ServerEvent, type ServerState } from './server-figures.ts';

/** `timeout`: no ACK came to a refused INVITE, or no answer from the user in time. */
export type Outcome = 'done' | 'timeout';

/** What a server transaction asks of the layer. */
export interface ServerPlace extends Pulse {
  stray(ack: SipRequest, flow: Flow): void;
  endServer(transaction: ServerTransaction): void;
}

/** A repeated request, with the flow that it came by. */
interface Repeated {
  readonly request: SipRequest;
  readonly flow: Flow;
}

export class ServerTransaction extends Machine<ServerState, ServerEvent, ServerAction, Repeated> {
  readonly flow: Flow;
  readonly key: string;
  /** The ACK to our refusal of an INVITE came. */
  onAck?: () => void;
  /** It is over and forgotten. */
  onEnd?: (outcome: Outcome) => void;
  /** The flow did not take a response. An INVITE's transaction goes on (RFC 6026 §8.8). */
  onFail?: () => void;
  readonly #place: ServerPlace;
  readonly #isOld: boolean;
  #request: SipRequest;
  /** The last response of the user to an INVITE. */
  #response: SipResponse | undefined;
  /** The last response of all. */
  #bytes: Uint8Array | undefined;

  constructor(request: SipRequest, flow: Flow, key: string, place: ServerPlace) {
    const isInvite = request.method === 'INVITE';
    super(isInvite ? inviteServer : otherServer, isInvite ? 'proceeding' : 'trying', place, flow.reliable);
    this.#request = request;
    this.flow = flow;
    this.key = key;
    this.#place = place;
    this.#isOld = isOld(request);
  }

  /** Once answered, a request that is no INVITE has its first line only. */
  get request(): SipRequest {
    return this.#request;
  }

  /**
   * Sends a response, if one may be sent now; any other is dropped: a second final one, and what RFC 4320 forbids. The 2xx to an
   * INVITE may be given again, to be sent again (§13.3.1.4).
   */
  respond(response: SipResponse): void {
    const event = this.#eventOf(response.status);
    if (event === undefined || !this.hears(event)) return;
    if (event !== 'silence' && response !== this.#response) this.#bytes = serialise(response);
    if (this.#request.method === 'INVITE') this.#response = response;
    else if (response.status >= 200) this.#lighten();
    this.fire(event);
  }

  /** The request once more, from the same place or, if the connection broke, from another. */
  repeat(request: SipRequest, flow: Flow): void {
    this.fire('again', { request, flow });
  }

  /** An ACK of this INVITE's name. False when it acknowledges another's response (RFC 3261 §17.2.3). */
  acknowledge(ack: SipRequest, flow: Flow): boolean {
    if (this.#isOld && this.state !== 'accepted' && tagOf(ack.one(to)) !== this.#answeredTag) return false;
    this.fire('ack', { request: ack, flow });
    return true;
  }

  protected override act(action: ServerAction, repeated: Repeated | undefined): void {
    if (action === 'send') this.#send(this.flow);
    else if (action === 'resend') this.#send(this.flow.open ? this.flow : (repeated?.flow ?? this.flow));
    else if (action === '100') this.#try();
    else if (action === 'renew') this.renew();
    else if (action === 'acknowledged') this.onAck?.();
    else if (action === 'fail') this.onFail?.();
    else if (action !== 'stray') this.onEnd?.(action);
    else if (repeated !== undefined) this.#place.stray(repeated.request, repeated.flow);
  }

  protected override over(): void {
    this.#place.endServer(this);
  }

  /** Answered requests stay for 64·T1, a great many of them: only what timer J is for is kept, the response. */
  #lighten(): void {
    const { method, uri, version } = this.#request;
    this.#request = new SipRequest({ method, uri, version, fields: [] });
  }

  get #answeredTag(): string | undefined {
    return this.#response && tagOf(this.#response.one(to));
  }

  /** What a response is to the machine. To a request that is no INVITE there is no 408, and of 1xx only a late 100 (RFC 4320 §4). */
  #eventOf(status: number): ServerEvent | undefined {
    if (this.request.method === 'INVITE') return kindOf(status);
    if (status === 408) return 'silence';
    if (status > 100 && status < 200) return undefined;
    // The timer sends it when it may be sent.
    return status === 100 && !this.flow.reliable && this.state === 'trying' ? undefined : kindOf(status);
  }

  #send(flow: Flow): void {
    if (this.#bytes !== undefined && !flow.send(this.#bytes)) this.fireSoon('error');
  }

  #try(): void {
    if (this.#bytes !== undefined) return;
    this.#bytes = serialise(respond(this.request, { status: 100 }, ''));
    this.#send(this.flow);
  }
}

// Every SIP message that comes in, and who it is for: transactions first, then form, then who sent it, then a service (RFC 3261 §8.2, §16.3).
import type { Account } from '@parlance/core/account';
import { faultOf, isUsable } from '@parlance/sip/check';
import { SipError } from '@parlance/sip/error';
import { Field } from '@parlance/sip/field';
import type { Flow } from '@parlance/sip/flow';
import { from, tagOf, to } from '@parlance/sip/headers/name-addr';
import { accept, allow, require, supported, unsupported } from '@parlance/sip/headers/plain';
import { isRequest, make, type SipMessage, type SipRequest } from '@parlance/sip/message';
import { type Answer, respond } from '@parlance/sip/response';
import { serialise } from '@parlance/sip/serialise';
import type { ServerTransaction } from '@parlance/sip/transaction/server';
import { isSip, readUri, type SipUri, type Uri } from '@parlance/sip/uri';
import { addressIn, addressOfUri } from './addresses.ts';
import { type Authenticated, isAuthenticated } from './auth/authenticator.ts';
import type { SipContext } from './context.ts';
import type { Events } from './events/events.ts';
import type { MessageService, Sender } from './message/service.ts';
import type { Policy } from './proxy/policy.ts';
import type { SipProxy } from './proxy/proxy.ts';
import type { Routed } from './proxy/routing.ts';
import type { Binding } from './registrar/binding.ts';
import type { Bindings } from './registrar/bindings.ts';
import type { Registrar } from './registrar/registrar.ts';
import { answerTag } from './tag.ts';
import type { Gate } from './transport/gate.ts';

/** What this server itself does; what it forwards may be anything. */
const methods = ['REGISTER', 'OPTIONS', 'MESSAGE', 'SUBSCRIBE', 'PUBLISH', 'INVITE', 'ACK', 'CANCEL', 'BYE'];

/** What the services of an account answer; all else is for its phones. */
const services = new Set(['MESSAGE', 'SUBSCRIBE', 'PUBLISH']);

/** Extensions of the registrar and the services (RFC 3327, 5626, 5627). */
const extensions = ['path', 'outbound', 'gruu'];

export interface SipServerParts {
  readonly context: SipContext;
  readonly bindings: Bindings;
  readonly registrar: Registrar;
  readonly messages: MessageService;
  readonly events: Events;
  readonly gate: Gate;
  readonly proxy: SipProxy;
  readonly policy: Policy;
}

/** A request, and how it came. */
interface Arrival {
  readonly request: SipRequest;
  readonly flow: Flow;
  readonly datagram: number;
}

/** A request whose sender is asked for. */
interface Known extends Arrival {
  readonly routed: Routed;
}

export class SipServer {
  readonly #parts: SipServerParts;

  constructor(parts: SipServerParts) {
    this.#parts = parts;
  }

  /** `datagram`: bytes of what came by UDP, 0 of what came by a connection. */
  receive(message: SipMessage, flow: Flow, datagram: number): void {
    const { transactions } = this.#parts.context;
    if (!isRequest(message)) {
      if (isUsable(message)) transactions.absorb(message, flow);
      return;
    }
    const arrival = { request: message, flow, datagram };
    const fault = faultOf(message);
    if (fault !== undefined) this.#refuse(arrival, { status: fault.status, reason: fault.message });
    else if (!transactions.absorb(message, flow)) this.#begin(arrival);
  }

  /** A request of nobody known: what needs nobody to be known is done at once, the rest when its sender is. */
  #begin(arrival: Arrival): void {
    const { proxy } = this.#parts;
    const { request, flow } = arrival;
    if (request.method === 'CANCEL') {
      if (!proxy.cancel(request, flow)) this.#refuse(arrival, { status: 481 });
      return;
    }
    const routed = proxy.route(request, flow);
    const answer = routed.aim.kind === 'us' ? this.#atOnce(routed.request) : undefined;
    if (routed.aim.kind === 'answer') this.#refuse(arrival, routed.aim.answer);
    else if (answer !== undefined) this.#refuse(arrival, answer);
    else if (routed.dialog) proxy.forward(routed, flow, undefined);
    else this.#authenticate({ ...arrival, routed });
  }

  /** What is answered to anybody who asks this server. */
  #atOnce(request: SipRequest): Answer | undefined {
    const lacking = request.all(require).filter((name) => !extensions.includes(name.toLowerCase()));
    if (lacking.length > 0) return { status: 420, fields: lacking.map((name) => make(unsupported, name)) };
    return request.method === 'OPTIONS' ? { status: 200, fields: capabilities } : undefined;
  }

  /** Nobody but members of a domain speaks for it (SECURITY-CHECKLIST 48, 49). */
  #authenticate(arrival: Known): void {
    const { context } = this.#parts;
    const { request, flow } = arrival;
    const claimed = claimedUri(request);
    if (!isSip(claimed) || !context.isLocal(claimed.host)) {
      this.#welcome(arrival, claimed);
      return;
    }
    const fail = (error: unknown): void => this.#refuse(arrival, this.#answerTo(error));
    try {
      const role = request.method === 'REGISTER' ? 'server' : 'proxy';
      const checked = context.authenticator.check(request, claimed.host, flow, role);
      if (checked instanceof Promise) checked.then((result) => this.#enter(arrival, result)).catch(fail);
      else this.#enter(arrival, checked);
    } catch (error) {
      fail(error);
    }
  }

  /** Somebody of another domain: his server is believed if the operator believes it (SECURITY-CHECKLIST 49). */
  #welcome(arrival: Known, claimed: Uri): void {
    const { context, policy } = this.#parts;
    const names = context.transports.provedNames(arrival.flow);
    const address =
      isSip(claimed) && policy.believes(claimed.host, arrival.flow, names) ? addressIn(context, claimed) : undefined;
    if (address === undefined) this.#refuse(arrival, { status: 403, reason: 'Unverified Sender' });
    else this.#serve(arrival, { address, account: undefined, binding: undefined });
  }

  /** The sender is known, or gets his challenge. From is his own address: nobody speaks for another. */
  #enter(arrival: Known, result: Authenticated | Answer): void {
    const { context, gate } = this.#parts;
    if (!isAuthenticated(result)) this.#refuse(arrival, result);
    else if (addressIn(context, claimedUri(arrival.request) as SipUri) !== result.account.address)
      this.#refuse(arrival, { status: 403, reason: 'Not Your Address' });
    else {
      const { account } = result;
      gate.prove(arrival.flow);
      context.transports.trusted(arrival.flow);
      this.#serve(arrival, { address: account.address, account, binding: this.#bindingOf(account, arrival.flow) });
    }
  }

  #bindingOf(account: Account, flow: Flow): Binding | undefined {
    return this.#parts.bindings.of(account).find((binding) => binding.flow === flow || sameEnd(binding, flow));
  }

  /** The sender is known: a service of ours, or on its way. The operator's rules come first (CONTRACT, `sip.routes`). */
  #serve(arrival: Known, sender: Sender): void {
    const { policy, proxy } = this.#parts;
    const { routed, flow } = arrival;
    const isOurs = this.#isService(routed) && policy.ruleFor(routed.request, flow) === undefined;
    if (isOurs) this.#transact({ ...arrival, request: routed.request }, sender);
    else proxy.forward(routed, flow, sender);
  }

  /** What ends here: registration, messages to our accounts, whatever asks this server itself. */
  #isService({ aim, request }: Routed): boolean {
    return (
      aim.kind === 'us' ||
      (aim.kind === 'account' && services.has(request.method) && tagOf(request.one(to)) === undefined)
    );
  }

  #transact(arrival: Arrival, sender: Sender): void {
    const { transactions } = this.#parts.context;
    const { request, flow } = arrival;
    // While somebody was looked up the request may have come again.
    if (transactions.absorb(request, flow)) return;
    const transaction = transactions.serve(request, flow);
    if (transaction === undefined) this.#refuse(arrival, { status: 503 });
    else
      this.#answer(request, flow, sender).then(
        (answer) => this.#respond(transaction, answer),
        (error: unknown) => this.#respond(transaction, this.#answerTo(error)),
      );
  }

  async #answer(request: SipRequest, flow: Flow, sender: Sender): Promise<Answer> {
    const { messages, events, context } = this.#parts;
    if (request.method === 'REGISTER') return this.#register(request, flow, sender);
    const target = addressOfUri(context, request.uri);
    if (request.method === 'MESSAGE' && target !== undefined) return messages.receive(request, sender, target);
    if (request.method === 'SUBSCRIBE') return events.subscribe(request, flow, sender, target);
    if (request.method === 'PUBLISH') return events.publish(request, sender, target);
    return { status: 405, fields: methods.map((method) => make(allow, method)) };
  }

  async #register(request: SipRequest, flow: Flow, { account }: Sender): Promise<Answer> {
    const { target } = request;
    // RFC 3261 §10.3 step 1: for a domain of ours, and that of the address.
    if (account === undefined || !isSip(target) || target.user !== undefined) return { status: 404 };
    return this.#parts.registrar.register(request, flow, account);
  }

  #respond(transaction: ServerTransaction, answer: Answer): void {
    transaction.respond(respond(transaction.request, answer, this.#tag(transaction.request)));
  }

  /** Without a transaction, and as often as the gate lets it (RFC 3261 §8.2.7). An ACK has no answer. */
  #refuse({ request, flow, datagram }: Arrival, answer: Answer): void {
    if (request.method === 'ACK') return;
    const bytes = serialise(respond(request, answer, this.#tag(request)));
    if (this.#parts.gate.admits(flow, datagram, bytes.length)) flow.send(bytes);
  }

  /** The same for the same request, so that an answer without a transaction comes out equal (RFC 3261 §8.2.7). */
  #tag(request: SipRequest): string {
    return answerTag(this.#parts.context, request);
  }

  /** A wire error carries its answer; anything else is our bug. */
  #answerTo(error: unknown): Answer {
    if (error instanceof SipError) return { status: error.status, reason: error.message };
    this.#parts.context.log.error('a SIP request broke', { error });
    return { status: 500 };
  }
}

/** For whom a request claims to speak. */
const claimedUri = (request: SipRequest): Uri => readUri(request.one(request.method === 'REGISTER' ? to : from).uri);

const sameEnd = ({ state }: Binding, { transport, remote }: Flow): boolean =>
  state.transport === transport && state.remote.port === remote.port && state.remote.address === remote.address;

const capabilities: readonly Field[] = [
  Field.make(allow.id, methods.join(', ')),
  Field.make('allow-events', 'presence, presence.winfo, dialog, reg, message-summary'),
  Field.make(supported.id, extensions.join(', ')),
  Field.make(accept.id, 'text/plain, message/cpim'),
];

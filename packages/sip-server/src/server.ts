// Every SIP message that comes in, and who it is for: transactions first, then form, then who sent it, then a service (RFC 3261 §8.2, §16.3).
import type { Account } from '@parlance/core/account';
import { faultOf, isUsable } from '@parlance/sip/check';
import { SipError } from '@parlance/sip/error';
import { Field } from '@parlance/sip/field';
import type { Flow } from '@parlance/sip/flow';
import { from, to } from '@parlance/sip/headers/name-addr';
import { accept, allow, require, supported, unsupported } from '@parlance/sip/headers/plain';
import { isRequest, make, type SipMessage, type SipRequest } from '@parlance/sip/message';
import { type Answer, respond } from '@parlance/sip/response';
import { serialise } from '@parlance/sip/serialise';
import type { ServerTransaction } from '@parlance/sip/transaction/server';
import { isSip, readUri } from '@parlance/sip/uri';
import { addressOfUri } from './addresses.ts';
import { type Authenticated, isAuthenticated } from './auth/authenticator.ts';
import type { SipContext } from './context.ts';
import type { MessageService, Sender } from './message/service.ts';
import type { Binding } from './registrar/binding.ts';
import type { Bindings } from './registrar/bindings.ts';
import type { Registrar } from './registrar/registrar.ts';
import type { Gate } from './transport/gate.ts';

/** What this server itself does; what it forwards may be anything. */
const methods = ['REGISTER', 'OPTIONS', 'MESSAGE'];

/** Extensions of the registrar and the services (RFC 3327, 5626, 5627). */
const extensions = ['path', 'outbound', 'gruu'];

export interface SipServerParts {
  readonly context: SipContext;
  readonly bindings: Bindings;
  readonly registrar: Registrar;
  readonly messages: MessageService;
  readonly gate: Gate;
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
    const fault = faultOf(message);
    if (fault !== undefined) this.#refuse(message, flow, datagram, { status: fault.status, reason: fault.message });
    else if (!transactions.absorb(message, flow)) this.#begin(message, flow, datagram);
  }

  /** A request of nobody known: what cannot be meant for us, or nobody vouches for, gets its answer without a transaction. */
  #begin(request: SipRequest, flow: Flow, datagram: number): void {
    const { target } = request;
    if (!isSip(target)) return this.#refuse(request, flow, datagram, { status: 416 });
    const lacking = request.all(require).filter((name) => !extensions.includes(name.toLowerCase()));
    const own = this.#parts.context.isLocal(target.host) && target.user === undefined;
    if (own && lacking.length > 0)
      return this.#refuse(request, flow, datagram, { status: 420, fields: lacking.map((name) => make(unsupported, name)) });
    if (own && request.method === 'OPTIONS') return this.#refuse(request, flow, datagram, { status: 200, fields: capabilities });
    this.#authenticate(request, flow, datagram);
  }

  /** Nobody but members of a domain speaks for it (SECURITY-CHECKLIST 48, 49). */
  #authenticate(request: SipRequest, flow: Flow, datagram: number): void {
    const { context } = this.#parts;
    const claimed = readUri(request.one(request.method === 'REGISTER' ? to : from).uri);
    if (!isSip(claimed) || !context.isLocal(claimed.host))
      return this.#refuse(request, flow, datagram, { status: 403, reason: 'Unverified Sender' });
    const role = request.method === 'REGISTER' ? 'server' : 'proxy';
    const fail = (error: unknown): void => this.#refuse(request, flow, datagram, this.#answerTo(error));
    try {
      const checked = context.authenticator.check(request, claimed.host, flow, role);
      if (checked instanceof Promise) checked.then((result) => this.#enter(request, flow, datagram, result)).catch(fail);
      else this.#enter(request, flow, datagram, checked);
    } catch (error) {
      fail(error);
    }
  }

  /** The sender is known, or gets his challenge. From is his own address: nobody speaks for another. */
  #enter(request: SipRequest, flow: Flow, datagram: number, result: Authenticated | Answer): void {
    if (!isAuthenticated(result)) return this.#refuse(request, flow, datagram, result);
    const { context, gate } = this.#parts;
    const { account } = result;
    if (addressOfUri(context, request.one(request.method === 'REGISTER' ? to : from).uri) !== account.address)
      return this.#refuse(request, flow, datagram, { status: 403, reason: 'Not Your Address' });
    gate.prove(flow);
    context.transports.trusted(flow);
    this.#serve(request, flow, datagram, { address: account.address, account, binding: this.#bindingOf(account, flow) });
  }

  #bindingOf(account: Account, flow: Flow): Binding | undefined {
    return this.#parts.bindings.of(account).find((binding) => binding.flow === flow || sameEnd(binding, flow));
  }

  /** From here on there is a transaction: the sender is known. */
  #serve(request: SipRequest, flow: Flow, datagram: number, sender: Sender): void {
    // While somebody was looked up the request may have come again.
    if (this.#parts.context.transactions.absorb(request, flow)) return;
    const transaction = this.#parts.context.transactions.serve(request, flow);
    if (transaction === undefined) return this.#refuse(request, flow, datagram, { status: 503 });
    this.#answer(request, flow, sender).then(
      (answer) => this.#respond(transaction, answer),
      (error: unknown) => this.#respond(transaction, this.#answerTo(error)),
    );
  }

  async #answer(request: SipRequest, flow: Flow, sender: Sender): Promise<Answer> {
    const { registrar, messages, context } = this.#parts;
    if (request.method === 'REGISTER') return this.#register(registrar, request, flow, sender);
    const target = addressOfUri(context, request.uri);
    if (request.method === 'MESSAGE' && target !== undefined) return messages.receive(request, sender, target);
    return { status: 405, fields: methods.map((method) => make(allow, method)) };
  }

  async #register(registrar: Registrar, request: SipRequest, flow: Flow, { account }: Sender): Promise<Answer> {
    const { target } = request;
    // RFC 3261 §10.3 step 1: for a domain of ours, and that of the address.
    if (account === undefined || !isSip(target) || target.user !== undefined) return { status: 404 };
    return registrar.register(request, flow, account);
  }

  #respond(transaction: ServerTransaction, answer: Answer): void {
    transaction.respond(respond(transaction.request, answer, this.#tag(transaction.request)));
  }

  /** Without a transaction, and as often as the gate lets it (RFC 3261 §8.2.7). An ACK has no answer. */
  #refuse(request: SipRequest, flow: Flow, datagram: number, answer: Answer): void {
    if (request.method === 'ACK') return;
    const bytes = serialise(respond(request, answer, this.#tag(request)));
    if (this.#parts.gate.admits(flow, datagram, bytes.length)) flow.send(bytes);
  }

  /** The same for the same request, so that an answer without a transaction comes out equal (RFC 3261 §8.2.7). */
  #tag(request: SipRequest): string {
    const parts = ['call-id', 'cseq', 'from', 'via'].map((id) => request.text(id) ?? '');
    return this.#parts.context.seal('tag', ...parts).slice(0, 12);
  }

  /** A wire error carries its answer; anything else is our bug. */
  #answerTo(error: unknown): Answer {
    if (error instanceof SipError) return { status: error.status, reason: error.message };
    this.#parts.context.log.error('a SIP request broke', { error });
    return { status: 500 };
  }
}

const sameEnd = ({ state }: Binding, { transport, remote }: Flow): boolean =>
  state.transport === transport && state.remote.port === remote.port && state.remote.address === remote.address;

const capabilities: readonly Field[] = [
  Field.make(allow.id, methods.join(', ')),
  Field.make(supported.id, extensions.join(', ')),
  Field.make(accept.id, 'text/plain, message/cpim'),
];

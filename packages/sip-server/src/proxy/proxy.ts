// The proxy: everything that this server does not answer itself, forwarded statefully (RFC 3261 §16; RFC 5393, 5626, 6026).
import type { Trace } from '@parlance/core/trace';
import type { Flow } from '@parlance/sip/flow';
import { reason } from '@parlance/sip/headers/plain';
import { branchOf, magic, via } from '@parlance/sip/headers/via';
import { isRequest, type SipMessage, type SipRequest, type SipResponse } from '@parlance/sip/message';
import { type Answer, respond } from '@parlance/sip/response';
import { serialise } from '@parlance/sip/serialise';
import type { ServerTransaction } from '@parlance/sip/transaction/server';
import type { Sender } from '../message/service.ts';
import type { Bindings } from '../registrar/bindings.ts';
import type { Resolver } from '../resolve/resolver.ts';
import { ContactBranch } from './contact-branch.ts';
import type { ProxyContext } from './context.ts';
import { type Course, type Decision, Decisions, isAnswer } from './decisions.ts';
import { Fork, type Start } from './fork.ts';
import { branchWith } from './loop.ts';
import { breadthOf, outgoing } from './outgoing.ts';
import type { Policy } from './policy.ts';
import { makesDialog, recordRoutesOf } from './record-route.ts';
import { type Routed, Routing } from './routing.ts';
import type { Stop, Target } from './target.ts';
import { RequestTrace } from './traced.ts';
import { routed as asRouted, type End, endOf, Ways } from './ways.ts';

export interface SipProxyParts {
  readonly policy: Policy;
  readonly resolver: Resolver;
  readonly trace: Trace;
}

/** One request on its way through. */
interface Passage {
  readonly routed: Routed;
  readonly flow: Flow;
  readonly sender: Sender | undefined;
  readonly server: ServerTransaction;
  readonly trace: RequestTrace;
}

export class SipProxy {
  readonly #context: ProxyContext;
  readonly #parts: SipProxyParts;
  readonly #ways: Ways;
  readonly #routing: Routing;
  readonly #decisions: Decisions;
  readonly #forks = new Map<ServerTransaction, Fork>();

  constructor(context: ProxyContext, bindings: Bindings, parts: SipProxyParts) {
    this.#context = context;
    this.#parts = parts;
    this.#ways = new Ways(context);
    this.#routing = new Routing(context, this.#ways);
    this.#decisions = new Decisions(context, bindings, parts.policy);
  }

  /** What a request asks for, before anybody is asked who sent it. Of a request that passed `check.ts`. */
  route(request: SipRequest, flow: Flow): Routed {
    return this.#routing.route(request, flow);
  }

  /**
   * Takes a request that is new, and no ACK or CANCEL. `sender` is undefined when nobody vouches for it but a dialog
   * (`Routed.dialog`); without either it is refused: this is no open relay.
   */
  forward(routed: Routed, flow: Flow, sender: Sender | undefined): void {
    const { clock, transactions } = this.#context;
    const { request } = routed;
    // While somebody was looked up the request may have come again.
    if (transactions.absorb(request, flow)) return;
    const server = transactions.serve(request, flow);
    if (server === undefined) {
      flow.send(serialise(this.#made(request, { status: 503 })));
      return;
    }
    const trace = new RequestTrace(this.#parts.trace, request, flow, sender, clock.now());
    const passage = { routed, flow, sender, server, trace };
    if (request.method === 'INVITE') server.respond(respond(request, { status: 100 }, ''));
    this.#decide(passage);
  }

  /**
   * RFC 3261 §16.10: its own answer at once; the INVITE's comes when its branches have ended. False when it means nothing that
   * is known: then the caller answers 481, without remembering anything (SECURITY-CHECKLIST 55).
   */
  cancel(request: SipRequest, flow: Flow): boolean {
    const { transactions } = this.#context;
    const meant = transactions.find(request);
    if (meant === undefined) return false;
    transactions.serve(request, flow)?.respond(this.#made(request, { status: 200 }));
    this.#forks.get(meant)?.cancel(request.fields.filter(({ id }) => id === reason.id));
    return true;
  }

  /** An ACK to a 2xx goes on without a transaction, along its dialog and nowhere else (RFC 3261 §13.2.2.4, §16.11). */
  ack({ request, aim, dialog, way }: Routed, flow: Flow): void {
    const [stop] = dialog && aim.kind !== 'answer' ? (this.#decisions.along({ request, aim, dialog, way }) ?? []) : [];
    if (stop === undefined) return;
    const top = request.first(via);
    // RFC 3261 §16.11: the same branch for the same ACK sent again.
    const branch = magic + this.#context.seal('ack', (top && branchOf(top)) ?? '', request.uri).slice(0, 20);
    const send = (out: Flow): void => {
      const sent = outgoing(request, stop, {
        breadth: breadthOf(request),
        recordRoutes: [],
        isLocal: this.#context.isLocal,
      });
      out.send(serialise(this.#context.transactions.stamp(sent, out, branch)));
    };
    const found = this.#flowTo(stop, flow);
    if (!(found instanceof Promise)) send(found);
    else found.then(send, (error: unknown) => this.#context.log.debug('an ACK was not sent', { error }));
  }

  /** What belongs to no transaction: an ACK to a 2xx goes on; a late response is dropped (RFC 6026 §7.2, RFC 4320 §4.2). */
  stray(message: SipMessage, flow: Flow): void {
    if (isRequest(message) && message.method === 'ACK') this.ack(this.route(message, flow), flow);
  }

  /** Requests of which a branch may still be heard. */
  get size(): number {
    return this.#forks.size;
  }

  #decide(passage: Passage): void {
    const { routed, flow, sender } = passage;
    const decision = this.#decisions.of(routed, flow, sender);
    if (!(decision instanceof Promise)) {
      this.#go(passage, decision);
      return;
    }
    decision
      .then((found) => this.#go(passage, found))
      .catch((error: unknown) => {
        this.#context.log.error('a request was not forwarded', { error });
        this.#answer(passage, { status: 500 });
      });
  }

  #go(passage: Passage, decision: Decision): void {
    const breadth = breadthOf(passage.routed.request);
    if (isAnswer(decision)) this.#answer(passage, decision);
    // RFC 5393 §5.3.3: nobody is left to fork to.
    else if (breadth === 0) this.#answer(passage, { status: 440 });
    else this.#fork(passage, decision, breadth);
  }

  #fork(passage: Passage, course: Course, breadth: number): void {
    const { server, trace } = passage;
    const fork = new Fork({
      clock: this.#context.clock,
      server,
      groups: course.groups.map((group) => group.map((target) => this.#starter(passage, course, target))),
      breadth,
      tag: () => this.#tag(server.request),
      answered: (response) => trace.answered(response),
    });
    this.#forks.set(server, fork);
    server.onEnd = () => this.#forks.delete(server);
    fork.start();
  }

  #starter({ routed, flow, sender, server, trace }: Passage, { mark }: Course, target: Target): Start {
    return (breadth) =>
      new ContactBranch({
        context: this.#context,
        resolver: this.#parts.resolver,
        received: server.request,
        inbound: flow,
        target,
        tag: () => this.#tag(server.request),
        dress: (stop, outbound) => this.#dress({ routed, flow, sender }, stop, outbound, breadth),
        name: () => branchWith(this.#context.random, mark),
        sent: ({ row }, { remote }, branch) => trace.sent(row, remote, branch),
      });
  }

  /** The request as one branch gets it. */
  #dress(
    { routed, flow, sender }: Pick<Passage, 'routed' | 'flow' | 'sender'>,
    stop: Stop,
    outbound: Flow,
    breadth: number,
  ): SipRequest {
    const { request } = routed;
    const { isLocal, transports } = this.#context;
    if (!makesDialog(request.method)) return outgoing(request, stop, { breadth, recordRoutes: [], isLocal });
    const way = { near: nearEnd(routed, flow, sender), far: stop.stays ? endOf(outbound) : asRouted };
    const user = this.#ways.write(request, way);
    const recordRoutes = recordRoutesOf(transports, { inbound: flow, outbound, user, target: request.target });
    return outgoing(request, stop, { breadth, recordRoutes, isLocal });
  }

  #flowTo({ next }: Stop, inbound: Flow): Flow | Promise<Flow> {
    if ('flow' in next) return next.flow;
    const { transports } = this.#context;
    if ('place' in next) return transports.flowTo(next.place, inbound);
    return Promise.resolve(this.#parts.resolver.places(next.uri)).then(([first]) => {
      if (first === undefined) throw new Error('A URI without a place');
      return transports.flowTo(first, inbound);
    });
  }

  #answer({ server, trace }: Passage, answer: Answer): void {
    const response = this.#made(server.request, answer);
    trace.answered(response);
    server.respond(response);
  }

  #made(request: SipRequest, answer: Answer): SipResponse {
    return respond(request, answer, this.#tag(request));
  }

  /** The same for the same request. */
  #tag(request: SipRequest): string {
    return this.#context
      .seal('proxy', ...['call-id', 'cseq', 'from', 'via'].map((id) => request.text(id) ?? ''))
      .slice(0, 12);
  }
}

/** A phone of ours is reached where it sent from; of others nothing is known but what they say. */
const nearEnd = ({ request, way }: Routed, flow: Flow, sender: Sender | undefined): End => {
  if (way !== undefined) return way.near;
  return sender?.account !== undefined && request.all(via).length === 1 ? endOf(flow) : asRouted;
};

// Where a request goes: along its dialog, by its Routes, by the operator's rules, to an account's contacts, to another domain
// (RFC 3261 §16.5, §8.3; RFC 5627 §5.1; CONTRACT, `sip.routes`).
import type { Account } from '@parlance/core/account';
import { isBlocked } from '@parlance/core/blocking';
import { domainOf } from '@parlance/core/ids';
import type { Flow } from '@parlance/sip/flow';
import { route } from '@parlance/sip/headers/name-addr';
import type { SipRequest } from '@parlance/sip/message';
import type { Answer } from '@parlance/sip/response';
import { hostPort, isSip, readSip, type SipUri, writeUri } from '@parlance/sip/uri';
import type { Sender } from '../message/service.ts';
import { answerTo } from '../refusals.ts';
import type { Binding } from '../registrar/binding.ts';
import type { Bindings } from '../registrar/bindings.ts';
import type { ProxyContext } from './context.ts';
import { isLoop, markOf } from './loop.ts';
import type { Policy, Rule } from './policy.ts';
import { allows, redirection } from './redirect.ts';
import type { Aim, Routed } from './routing.ts';
import { type Group, groupsOf, inOrder, isMeant, type Next, serverAt, stopAt, type Target } from './target.ts';
import type { End } from './ways.ts';

export interface Course {
  /** Tried one after the other. */
  readonly groups: readonly Group[];
  /** Of the branches (`loop.ts`). */
  readonly mark: string;
}

export type Decision = Course | Answer;

export const isAnswer = (decision: Decision): decision is Answer => 'status' in decision;

type Parts = Pick<ProxyContext, 'accounts' | 'transports' | 'seal'>;
type ToAccount = Extract<Aim, { readonly kind: 'account' }>;

const noRelay: Answer = { status: 403, reason: 'No Relaying' };

export class Decisions {
  readonly #parts: Parts;
  readonly #bindings: Bindings;
  readonly #policy: Policy;

  constructor(parts: Parts, bindings: Bindings, policy: Policy) {
    this.#parts = parts;
    this.#bindings = bindings;
    this.#policy = policy;
  }

  /** `sender`: who vouches for the request when its dialog does not. */
  of(routed: Routed, flow: Flow, sender: Sender | undefined): Decision | Promise<Decision> {
    const { request, aim, dialog } = routed;
    if (aim.kind === 'answer') return aim.answer;
    // Whoever has neither an account here nor a dialog goes to our own users, and no further.
    const free = dialog || sender?.account !== undefined;
    if (!free && (sender === undefined || request.has(route.id))) return noRelay;
    const onward = this.#onward(routed);
    if (onward !== undefined) return this.#course(request, [[onward]], 'onward');
    const rule = dialog ? undefined : this.#policy.ruleFor(request, flow);
    if (rule !== undefined) return this.#byRule(request, aim, rule);
    if (aim.kind === 'us') return { status: 404 };
    if (aim.kind === 'foreign') return free ? this.#course(request, [[foreign(request)]], 'foreign') : noRelay;
    const known = this.#parts.accounts.peek(aim.address);
    if (known !== undefined) return this.#to(request, aim, known, sender);
    return this.#parts.accounts.load(aim.address).then((account) => this.#to(request, aim, account, sender));
  }

  /** Where a request of a dialog goes, without asking anybody. */
  along(routed: Routed): Target | undefined {
    return this.#onward(routed) ?? (routed.aim.kind === 'foreign' ? foreign(routed.request) : undefined);
  }

  /** The far end of its dialog, or its next Route. */
  #onward({ request, aim, way }: Routed): Target | undefined {
    if (way !== undefined && way.far.kind !== 'routed') return this.#device(aim) ?? this.#end(way.far, request);
    const next = request.first(route);
    return next === undefined ? undefined : serverAt(readSip(next.uri), next.uri);
  }

  /** A dialog's end that calls itself by its GRUU is where it has registered last (RFC 5627 §5.1). */
  #device(aim: Aim): Target | undefined {
    if (aim.kind !== 'account' || aim.gruu === undefined) return undefined;
    const account = this.#parts.accounts.peek(aim.address);
    const target = account ? stopsOf(this.#bindings.of(account), aim.gruu) : [];
    return target.length === 0 ? undefined : target;
  }

  /** Over a connection while it is there; when it is gone, to the contact that the other side gave. */
  #end(far: End, { target, uri: row }: SipRequest): Target {
    const stop = (next: Next): Target => [{ uri: undefined, routes: [], next, stays: true, row }];
    if (far.kind === 'place') return stop({ place: { transport: 'UDP', address: far.address, port: far.port } });
    const flow = far.kind === 'connection' ? this.#parts.transports.byId(far.id) : undefined;
    if (flow !== undefined) return stop({ flow });
    return isSip(target) ? stop({ uri: target }) : [];
  }

  #byRule(request: SipRequest, aim: Aim, { action }: Rule): Decision {
    if ('deny' in action) return { status: action.deny };
    const { to } = action;
    // Only a URI of our own may become another (RFC 3261 §16.5).
    const changed = aim.kind === 'account' ? rehosted(request, to) : undefined;
    const name = hostPort(to.host, to.port);
    return this.#course(request, [[serverAt(to, name, changed)]], `rule ${name}`);
  }

  #to(
    request: SipRequest,
    { address, gruu }: ToAccount,
    account: Account | null,
    sender: Sender | undefined,
  ): Decision {
    if (account === null) return { status: 404 };
    if (sender !== undefined && isBlocked(account, sender.address, '')) return answerTo({ refused: 'blocked' });
    const bindings = this.#bindings.of(account);
    if (gruu !== undefined) {
      const target = stopsOf(bindings, gruu);
      return target.length === 0 ? { status: 480 } : this.#course(request, [[target]], 'device');
    }
    const redirect =
      sender !== undefined && this.#policy.redirects(domainOf(address)) && allows(account, sender.address);
    const redirected = redirect ? redirection(bindings) : undefined;
    if (redirected !== undefined) return redirected;
    const groups = groupsOf(bindings);
    return groups.length === 0 ? { status: 480 } : this.#course(request, groups, 'account');
  }

  /** RFC 5393 §4.2: what comes back to the same decision runs in a circle. */
  #course(request: SipRequest, groups: readonly Group[], decision: string): Decision {
    const mark = markOf(this.#parts, request, decision);
    return isLoop(request, mark) ? { status: 482 } : { groups, mark };
  }
}

const foreign = ({ target, uri }: SipRequest): Target => (isSip(target) ? serverAt(target, uri) : []);

/** The flows of one device. */
const stopsOf = (bindings: readonly Binding[], gruu: string): Target =>
  inOrder(bindings)
    .filter((each) => isMeant(each, gruu))
    .map(stopAt);

/** The same user at another host. */
const rehosted = ({ target }: SipRequest, { scheme, host, port }: SipUri): string | undefined =>
  isSip(target) ? writeUri({ ...target, scheme, host, port, parameters: [] }) : undefined;

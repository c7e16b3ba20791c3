// What a request asks of this server, before anybody is looked up: its checks, its Routes, its Request-URI (RFC 3261 §16.3, §16.4).
import type { Address } from '@parlance/core/ids';
import { Field } from '@parlance/sip/field';
import type { Flow } from '@parlance/sip/flow';
import { route } from '@parlance/sip/headers/name-addr';
import { maxForwards, proxyRequire, unsupported } from '@parlance/sip/headers/plain';
import { dropFirst, make, type SipRequest, without } from '@parlance/sip/message';
import { parameterOf } from '@parlance/sip/parameters';
import type { Answer } from '@parlance/sip/response';
import { isSip, readUri, type SipUri } from '@parlance/sip/uri';
import { addressIn } from '../addresses.ts';
import type { ProxyContext } from './context.ts';
import { isFrom, type Way, type Ways } from './ways.ts';

/** Whom the Request-URI means, once our Routes are gone. */
export type Aim =
  /** Nobody: the request gets this. */
  | { readonly kind: 'answer'; readonly answer: Answer }
  /** This server. */
  | { readonly kind: 'us' }
  /** Somebody who may have an account here. `gruu`: one device of his (RFC 5627 §3.1), a URN or a label. */
  | { readonly kind: 'account'; readonly address: Address; readonly gruu: string | undefined }
  | { readonly kind: 'foreign' };

export interface Routed {
  /** Without the Routes that led here, and as a loose router would have sent it. */
  readonly request: SipRequest;
  readonly aim: Aim;
  /** Of a dialog that this proxy is in. */
  readonly way: Way | undefined;
  /** A Record-Route of ours vouches for it: the sender need not say who he is. */
  readonly dialog: boolean;
}

type Parts = Pick<ProxyContext, 'isLocal' | 'addressFrom' | 'transports'>;

/** A request, and the way that its own words name. */
interface Popped {
  readonly request: SipRequest;
  readonly way: Way | undefined;
}

/** What OPTIONS that goes no further is told (RFC 3261 §16.3 step 3). */
const capabilities: readonly Field[] = [Field.make('allow', 'REGISTER, OPTIONS, MESSAGE, INVITE, ACK, CANCEL, BYE')];

export class Routing {
  readonly #parts: Parts;
  readonly #ways: Ways;

  constructor(parts: Parts, ways: Ways) {
    this.#parts = parts;
    this.#ways = ways;
  }

  /** Of a request that passed `check.ts`. */
  route(received: SipRequest, flow: Flow): Routed {
    const refusal = refused(received);
    if (refusal !== undefined)
      return { request: received, aim: { kind: 'answer', answer: refusal }, way: undefined, dialog: false };
    const { request, way } = this.#pop(this.#repair(received), flow);
    return { request, way, dialog: way !== undefined && vouches(way, flow), aim: this.#aim(request, flow) };
  }

  /** RFC 3261 §16.4: a strict router put our Record-Route in the place of the Request-URI, and that behind all Routes. */
  #repair(request: SipRequest): Popped {
    const { target } = request;
    const way = isSip(target) ? this.#ways.read(target.user, request) : undefined;
    const routes = request.all(route);
    const last = routes.at(-1);
    if (way === undefined || last === undefined) return { request, way };
    const fields = [...routes.slice(0, -1).map((each) => make(route, each)), ...without(request.fields, route.id)];
    return { request: request.with({ uri: last.uri, fields }), way };
  }

  /** All Routes on top that name this server: with two transports it wrote two (RFC 5658 §5). */
  #pop({ request, way }: Popped, flow: Flow): Popped {
    let { fields } = request;
    let known = way;
    for (const each of request.all(route)) {
      const uri = readUri(each.uri);
      const found = isSip(uri) ? this.#ways.read(uri.user, request) : undefined;
      if (found === undefined && !(isSip(uri) && this.#isUs(uri, flow))) break;
      known = found ?? known;
      fields = dropFirst(fields, route);
    }
    return { request: fields === request.fields ? request : request.with({ fields }), way: known };
  }

  #aim(request: SipRequest, flow: Flow): Aim {
    const { target } = request;
    if (!isSip(target)) return { kind: 'answer', answer: { status: 416 } };
    if (!this.#parts.isLocal(target.host)) {
      if (!this.#isUs(target, flow)) return { kind: 'foreign' };
      return target.user === undefined ? { kind: 'us' } : { kind: 'answer', answer: { status: 404 } };
    }
    if (target.user === undefined) return { kind: 'us' };
    const address = addressIn(this.#parts, target);
    if (address === undefined) return { kind: 'answer', answer: { status: 404 } };
    return { kind: 'account', address, gruu: parameterOf(target.parameters, 'gr') };
  }

  /** A domain of ours, or where the request has arrived. */
  #isUs({ host, port }: SipUri, flow: Flow): boolean {
    const ours = this.#parts.transports.sentBy(flow);
    if (port !== undefined && port !== ours.port && port !== flow.local.port) return false;
    const plain = host.startsWith('[') ? host.slice(1, -1) : host;
    return plain === ours.address || plain === flow.local.address || this.#parts.isLocal(host);
  }
}

/**
 * Where a way leads nowhere by itself, the sender must come from its other end: else whoever has learnt it could be carried
 * anywhere by it.
 */
const vouches = ({ near, far }: Way, flow: Flow): boolean =>
  far.kind !== 'routed' || near.kind === 'routed' || isFrom(near, flow);

/** RFC 3261 §16.3 steps 3 and 5. */
const refused = (request: SipRequest): Answer | undefined => {
  if (request.optional(maxForwards) === 0)
    return request.method === 'OPTIONS' ? { status: 200, fields: capabilities } : { status: 483 };
  const wanted = request.all(proxyRequire);
  return wanted.length > 0 ? { status: 420, fields: wanted.map((name) => make(unsupported, name)) } : undefined;
};

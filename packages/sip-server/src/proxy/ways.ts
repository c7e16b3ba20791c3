// The way of a dialog through this proxy: both its ends, told in our Record-Route under a seal (RFC 3261 §16.6 step 4; RFC 5626 §5.3).
import type { Flow } from '@parlance/sip/flow';
import { from, tagOf, to } from '@parlance/sip/headers/name-addr';
import { callId } from '@parlance/sip/headers/plain';
import type { SipRequest } from '@parlance/sip/message';
import type { SipContext } from '../context.ts';

/** How one end of a dialog is reached: over a connection, at a place by UDP, or as Route and Request-URI say (RFC 3263). */
export type End =
  | { readonly kind: 'connection'; readonly id: string }
  | { readonly kind: 'place'; readonly address: string; readonly port: number }
  | { readonly kind: 'routed' };

/** The ends as the sender of a request sees them. */
export interface Way {
  /** His own. */
  readonly near: End;
  /** Where the request goes. */
  readonly far: End;
}

export const routed: End = { kind: 'routed' };

export const endOf = ({ reliable, id, remote: { address, port } }: Flow): End =>
  reliable ? { kind: 'connection', id } : { kind: 'place', address, port };

/** Whether a flow comes from this end. */
export const isFrom = (end: End, flow: Flow): boolean => {
  if (end.kind === 'connection') return end.id === flow.id;
  return end.kind === 'place' && !flow.reliable && end.address === flow.remote.address && end.port === flow.remote.port;
};

/** Signs that stand in a user part without an escape, and in no part of ours (RFC 3261 §25.1, `unreserved`). */
const [between, inside] = ['~', '!'];

/** Characters of the seal: at least 80 bits. */
const sealed = 20;

const textOf = (end: End): string => {
  if (end.kind === 'connection') return `c${inside}${end.id}`;
  if (end.kind === 'routed') return 'r';
  return `u${inside}${end.address.replaceAll(':', '_').replace('%', '*')}${inside}${end.port}`;
};

const readEnd = (text: string): End => {
  const [kind, one = '', other = ''] = text.split(inside);
  if (kind === 'c') return { kind: 'connection', id: one };
  if (kind === 'r') return routed;
  return { kind: 'place', address: one.replaceAll('_', ':').replace('*', '%'), port: Number(other) };
};

/**
 * Nothing is remembered of a dialog: its requests bring along where they go. A text is good for the Call-ID and the tag of the
 * request that it was written into, so that nobody uses it for anything else, and either side's requests are told apart.
 */
export class Ways {
  readonly #seal: SipContext['seal'];

  constructor({ seal }: Pick<SipContext, 'seal'>) {
    this.#seal = seal;
  }

  /** The user part of a Record-Route. */
  write(request: SipRequest, { near, far }: Way): string {
    const ends = `${textOf(near)}${between}${textOf(far)}`;
    return `${this.#sealOf(request, tagOf(request.one(from)), ends)}${between}${ends}`;
  }

  /** The way of a request of the same dialog; undefined when the text was not written for it. */
  read(text: string | undefined, request: SipRequest): Way | undefined {
    const [seal, one, other, more] = text?.split(between) ?? [];
    if (one === undefined || other === undefined || more !== undefined) return undefined;
    const ends = `${one}${between}${other}`;
    if (seal === this.#sealOf(request, tagOf(request.one(from)), ends))
      return { near: readEnd(one), far: readEnd(other) };
    const tag = tagOf(request.one(to));
    const back = tag !== undefined && seal === this.#sealOf(request, tag, ends);
    return back ? { near: readEnd(other), far: readEnd(one) } : undefined;
  }

  #sealOf(request: SipRequest, tag: string | undefined, ends: string): string {
    return this.#seal('way', request.one(callId), tag ?? '', ends).slice(0, sealed);
  }
}

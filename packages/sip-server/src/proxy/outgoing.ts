// The request that leaves: what a proxy changes in it, and nothing else (RFC 3261 §16.6 steps 1–6; RFC 5393 §5.3.3).
import type { Field } from '@parlance/sip/field';
import { type NameAddr, recordRoute, route } from '@parlance/sip/headers/name-addr';
import { maxBreadth, maxForwards } from '@parlance/sip/headers/plain';
import { make, prepend, replace, type SipRequest, without } from '@parlance/sip/message';
import { parameter } from '@parlance/sip/parameters';
import { isSip, readUri } from '@parlance/sip/uri';
import type { Stop } from './target.ts';

/** Hops of a request that says nothing (RFC 3261 §16.6 step 3). */
const usualHops = 70;

/** Branches that a request may have at a time when it says nothing, and at most (RFC 5393 §5.3.3). */
const usualBreadth = 60;

/** What a request may have, by its own word and ours. */
export const breadthOf = (request: SipRequest): number =>
  Math.min(request.optional(maxBreadth) ?? usualBreadth, usualBreadth);

export interface Outgoing {
  readonly breadth: number;
  /** Topmost first; none when the request makes no dialog. */
  readonly recordRoutes: readonly string[];
  readonly isLocal: (domain: string) => boolean;
}

const addressed = (uri: string): NameAddr => ({ display: '', uri, parameters: [] });

export const outgoing = (request: SipRequest, stop: Stop, { breadth, recordRoutes, isLocal }: Outgoing): SipRequest => {
  let fields = request.fields.some((field) => isOurs(field, isLocal))
    ? request.fields.filter((field) => !isOurs(field, isLocal))
    : request.fields;
  fields = replace(fields, maxForwards, (request.optional(maxForwards) ?? usualHops + 1) - 1);
  if (request.optional(maxBreadth) !== breadth) fields = replace(fields, maxBreadth, breadth);
  for (const uri of stop.routes.toReversed()) fields = prepend(fields, route, addressed(uri));
  for (const uri of recordRoutes.toReversed()) fields = prepend(fields, recordRoute, addressed(uri));
  return forStrict(request.with({ uri: stop.uri ?? request.uri, fields }));
};

/** A next hop that is a strict router finds itself in the Request-URI, and that behind the Routes (RFC 3261 §16.6 step 6). */
const forStrict = (request: SipRequest): SipRequest => {
  const [first, ...others] = request.all(route);
  if (first === undefined) return request;
  const uri = readUri(first.uri);
  if (!isSip(uri) || parameter(uri.parameters, 'lr') !== undefined) return request;
  const routes = [...others, addressed(request.uri)].map((each) => make(route, each));
  return request.with({ uri: first.uri, fields: [...routes, ...without(request.fields, route.id)] });
};

/**
 * Fields that end here: credentials that were for us (RFC 3261 §22.3), and a word about the sender's identity that nobody but
 * us may give (RFC 3325 §5).
 */
const isOurs = (field: Field, isLocal: (domain: string) => boolean): boolean => {
  const { id } = field;
  if (id === 'p-asserted-identity') return true;
  if (id !== 'proxy-authorization' && id !== 'authorization') return false;
  const realm = /realm\s*=\s*"([^"]*)"/i.exec(field.value)?.[1];
  return realm !== undefined && isLocal(realm);
};

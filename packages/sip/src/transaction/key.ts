// The name of a transaction, by which messages find theirs (RFC 3261 §17.1.3, §17.2.3, §18.1.2).

import { from, tagOf, to } from '../headers/name-addr.ts';
import { callId, cseq } from '../headers/plain.ts';
import { branchOf, type Via, via } from '../headers/via.ts';
import type { SipRequest, SipResponse } from '../message.ts';
import { hostPort } from '../uri.ts';

/** Nothing that stands in a field contains it once the field is unfolded. */
const separator = '\n';

/** Method, sent-by and branch; the branch is a token and so has no case (§7.3.1). */
const keyOf = (method: string, { host, port }: Via, branch: string): string =>
  `${method}${separator}${hostPort(host, port)}${separator}${branch.toLowerCase()}`;

/** Of the topmost Via, if its branch is one of RFC 3261. */
const modern = (method: string, top: Via | undefined): string | undefined => {
  const branch = top && branchOf(top);
  return top === undefined || branch === undefined ? undefined : keyOf(method, top, branch);
};

/** A request of RFC 2543 has no branch of its own: everything that tells it from others is its name (§17.2.3). */
const old = (method: string, request: SipRequest, toTag: string): string => {
  const tag = tagOf(request.one(from)) ?? '';
  const top = request.first(via);
  const parts = [method, request.uri, tag, toTag, request.one(callId), request.one(cseq).number];
  return [...parts, top === undefined ? '' : via.write(top)].join(separator);
};

/** Whether a request names its transaction as RFC 2543 did. */
export const isOld = (request: SipRequest): boolean => {
  const top = request.first(via);
  return top === undefined || branchOf(top) === undefined;
};

/** The name under which a request's server transaction stands. Throws `SipError` for what `check.ts` refuses. */
export const serverKey = (request: SipRequest, method = request.method): string =>
  modern(method, request.first(via)) ?? old(method, request, tagOf(request.one(to)) ?? '');

/** The INVITE that an ACK may mean. Of an old one the INVITE's To had either no tag or the same (§17.2.3). */
export const acknowledgedKeys = (ack: SipRequest): readonly string[] => {
  const key = modern('INVITE', ack.first(via));
  return key === undefined ? [old('INVITE', ack, ''), serverKey(ack, 'INVITE')] : [key];
};

/** The name of a client transaction, from its own request; undefined when the branch is none of RFC 3261. */
export const clientKey = (request: SipRequest): string | undefined => modern(request.method, request.first(via));

/**
 * The client transaction that a response answers; undefined when no branch of ours can be in it. A sent-by that is not ours is
 * somebody else's transaction (§18.1.2).
 */
export const answeredKey = (response: SipResponse): string | undefined =>
  modern(response.one(cseq).method, response.first(via));

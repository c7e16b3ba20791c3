// Requests that a client transaction makes of its own request, for the next hop only: ACK (RFC 3261 §17.1.1.3), CANCEL (§9.1).
import type { Field } from '../field.ts';
import { to } from '../headers/name-addr.ts';
import { cseq, maxForwards } from '../headers/plain.ts';
import { via } from '../headers/via.ts';
import { make, SipRequest, type SipResponse } from '../message.ts';

/** Taken over as they stand, Route for the sake of stateless proxies on the way. */
const kept = new Set(['route', 'from', 'call-id']);

const hop = (request: SipRequest, method: string, other: readonly (Field | undefined)[]): SipRequest => {
  // The topmost Via is a field of its own: this transaction wrote it.
  const fields = [
    request.field(via.id),
    ...request.fields.filter(({ id }) => kept.has(id)),
    make(cseq, { number: request.one(cseq).number, method }),
    request.field(maxForwards.id) ?? make(maxForwards, 70),
    ...other,
  ];
  return new SipRequest({ method, uri: request.uri, fields: fields.filter((field) => field !== undefined) });
};

/** For a final response that is no 2xx: To is the response's. */
export const ackOf = (request: SipRequest, response: SipResponse): SipRequest =>
  hop(request, 'ACK', [response.field(to.id)]);

/** To is the request's. `extra` says why, e.g. Reason (RFC 3326); no Require and no Proxy-Require. */
export const cancelOf = (request: SipRequest, extra: readonly Field[]): SipRequest =>
  hop(request, 'CANCEL', [request.field(to.id), ...extra]);

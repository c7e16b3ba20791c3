// By which name a message finds its dialog: Call-ID and both tags, ours first (RFC 3261 §12).
import { from, tagOf, to } from '../headers/name-addr.ts';
import { callId } from '../headers/plain.ts';
import type { SipRequest, SipResponse } from '../message.ts';

/** A tag that is not there counts as the empty one (RFC 3261 §12.1). */
export const dialogName = (call: string, localTag: string, remoteTag: string): string =>
  `${call}\n${localTag}\n${remoteTag}`;

/** The dialog that a request to us says it belongs to; undefined when it is outside of any: its To has no tag. */
export const nameOfRequest = (request: SipRequest): string | undefined => {
  const tag = tagOf(request.one(to));
  return tag && dialogName(request.one(callId), tag, tagOf(request.one(from)) ?? '');
};

/** The dialog of a response to a request of ours. */
export const nameOfResponse = (response: SipResponse): string =>
  dialogName(response.one(callId), tagOf(response.one(from)) ?? '', tagOf(response.one(to)) ?? '');

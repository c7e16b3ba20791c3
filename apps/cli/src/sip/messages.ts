// A MESSAGE as a JSON object, in the words of the other commands (CONTRACT, The script client; RFC 3428 §7, §10).

import { SipError } from '@parlance/sip/error';
import { Field } from '@parlance/sip/field';
import { date } from '@parlance/sip/headers/date';
import { from, to } from '@parlance/sip/headers/name-addr';
import { callId, contentType } from '@parlance/sip/headers/plain';
import type { SipRequest } from '@parlance/sip/message';
import type { Answer } from '@parlance/sip/response';
import { formatDateTime } from '@parlance/xmpp/datetime';
import type { Printed } from '../messages.ts';
import { addressIn } from './phone.ts';

/** What is not shown is not taken: its sender hears of it (RFC 3428 §7). */
const unreadable: Answer = { status: 415, fields: [Field.make('accept', 'text/plain')] };

/** Milliseconds since 1970; a clock that writes no readable date takes nothing from what it says. */
const timeOf = (request: SipRequest): number | undefined => {
  try {
    return request.optional(date);
  } catch (error) {
    if (error instanceof SipError) return undefined;
    throw error;
  }
};

/** What is printed of a message, or the answer that refuses it. */
export const messageEvent = (request: SipRequest): { readonly printed: Printed } | { readonly refusal: Answer } => {
  if (request.optional(contentType)?.value !== 'text/plain') return { refusal: unreadable };
  const time = timeOf(request);
  const printed = {
    event: 'message',
    path: 'relay',
    from: addressIn(request.one(from).uri),
    to: addressIn(request.one(to).uri),
    id: request.one(callId),
    body: new TextDecoder().decode(request.body),
    ...(time === undefined ? {} : { time: formatDateTime(time) }),
  };
  return { printed };
};

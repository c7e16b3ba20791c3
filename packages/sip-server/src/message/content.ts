// What a MESSAGE carries: which types are taken, what of them is kept, what is text (RFC 3428 §6–7, RFC 3994, RFC 5438).
import type { Columns, Keep } from '@parlance/core/envelope';
import { accept, callId, contentEncoding, contentType, expires, type Parameterised } from '@parlance/sip/headers/plain';
import { make, type SipRequest } from '@parlance/sip/message';
import { parameterOf } from '@parlance/sip/parameters';
import type { Answer } from '@parlance/sip/response';

const composing = 'application/im-iscomposing+xml';

/** Types of which phones make messages; anything else is for calls, and not ours to keep. */
const taken = [
  'text/plain',
  'text/html',
  'message/cpim',
  'message/imdn+xml',
  composing,
  'application/vnd.gsma.rcs-ft-http+xml',
  'multipart/mixed',
  'multipart/related',
];

/** Encodings that phones use; the body is passed on as it came. */
const encodings = new Set(['identity', 'deflate', 'gzip']);

const accepted = taken.map((value) => make(accept, { value, parameters: [] }));

/** What the sender is told who sends something else (RFC 3261 §21.4.13); undefined when it is taken. */
export const refusedContent = (request: SipRequest, mostBytes: number): Answer | undefined => {
  if (request.body.length > mostBytes) return { status: 513 };
  const type = request.optional(contentType);
  if (request.body.length > 0 && type === undefined) return { status: 400, reason: 'Missing content-type' };
  if (type !== undefined && !taken.includes(type.value)) return { status: 415, fields: accepted };
  return request.all(contentEncoding).every((name) => encodings.has(name.toLowerCase())) ? undefined : { status: 415 };
};

/** That somebody types is passed on live and never kept (RFC 3994 §3.5); all else is. */
export const keepOf = (request: SipRequest): Keep => {
  if (request.optional(contentType)?.value === composing) return { archive: false, pending: false, passing: true };
  // RFC 3428 §8: a message that expires at once is for those who are there.
  const lasts = request.optional(expires) !== 0;
  return { archive: lasts, pending: lasts };
};

export const columnsOf = (request: SipRequest): Columns => {
  const text = textOf(request);
  return { originId: request.one(callId), ...(text === undefined ? {} : { text }) };
};

/** The text of a plain message; undefined of any other. */
const textOf = (request: SipRequest): string | undefined => {
  const type = request.optional(contentType);
  if (type?.value !== 'text/plain' || request.has(contentEncoding.id)) return undefined;
  return decode(request.body, charsetOf(type));
};

const charsetOf = ({ parameters }: Parameterised): string => parameterOf(parameters, 'charset') ?? 'utf-8';

/** Undefined when nobody knows the character set, or it is not what the bytes are in. */
const decode = (bytes: Uint8Array, charset: string): string | undefined => {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
};

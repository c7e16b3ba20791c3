// Header fields of one number, one word, or a list of words (RFC 3261 §20).
import { isCallId } from '../characters.ts';
import type { HeaderCodec } from '../codec.ts';
import type { Cursor } from '../cursor.ts';
import { type Parameters, readParameters, writeParameters } from '../parameters.ts';

/** A whole number up to `most`. */
const number = (id: string, most: number): HeaderCodec<number> => ({
  id,
  list: false,
  read: (cursor) => cursor.number(most),
  write: String,
});

/** Seconds. Larger than 32 bits is taken as the largest (RFC 4475 §3.1.2.4 lets one choose). */
const seconds = (id: string): HeaderCodec<number> => ({
  id,
  list: false,
  read: (cursor) => Math.min(cursor.number(Number.POSITIVE_INFINITY), 2 ** 32 - 1),
  write: String,
});

export const maxForwards = number('max-forwards', 255);
/** How many branches a request may still have (RFC 5393 §5.3.3). */
export const maxBreadth = number('max-breadth', 2 ** 31 - 1);
export const contentLength = number('content-length', 2 ** 31 - 1);
export const expires = seconds('expires');
export const minExpires = seconds('min-expires');
/** How long a flow lives without keep-alive (RFC 5626 §10). */
export const flowTimer = seconds('flow-timer');

/** CSeq: below 2³¹, and the method once more (RFC 3261 §8.1.1.5, §20.16). */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

export const cseq: HeaderCodec<CSeq> = {
  id: 'cseq',
  list: false,
  read(cursor) {
    const value = cursor.number(2 ** 31 - 1);
    cursor.gap();
    return { number: value, method: cursor.token() };
  },
  write: ({ number: value, method }) => `${value} ${method}`,
};

/** Call-ID: a word, or two with an at sign between; compared with case (RFC 3261 §20.8). */
export const callId: HeaderCodec<string> = {
  id: 'call-id',
  list: false,
  read: (cursor) => cursor.run(isCallId) || cursor.fail(),
  write: (value) => value,
};

const word = (cursor: Cursor): string => cursor.token();

const words = (id: string): HeaderCodec<string> => ({ id, list: true, read: word, write: (value) => value });

export const allow = words('allow');
export const supported = words('supported');
export const require = words('require');
export const proxyRequire = words('proxy-require');
export const unsupported = words('unsupported');
/** The version of a publication, and the one that a request means (RFC 3903 §11.3). */
export const sipEtag: HeaderCodec<string> = { ...words('sip-etag'), list: false };
export const sipIfMatch: HeaderCodec<string> = { ...words('sip-if-match'), list: false };

/** A word or a media type with parameters. */
export interface Parameterised {
  readonly value: string;
  readonly parameters: Parameters;
}

const parameterised = (id: string, list: boolean, read: (cursor: Cursor) => string): HeaderCodec<Parameterised> => ({
  id,
  list,
  read: (cursor) => ({ value: read(cursor), parameters: readParameters(cursor) }),
  write: ({ value, parameters }) => `${value}${writeParameters(parameters)}`,
});

/** `type/subtype` in lower case. */
const mediaType = (cursor: Cursor): string => {
  const type = cursor.token();
  if (!cursor.sign('/')) cursor.fail();
  return `${type}/${cursor.token()}`.toLowerCase();
};

/** An event package; its `id` is a parameter, as are `expires` and `reason` of the state (RFC 6665 §8.2). */
export const event = parameterised('event', false, word);
export const allowEvents = words('allow-events');
export const subscriptionState = parameterised('subscription-state', false, word);
export const contentDisposition = parameterised('content-disposition', false, word);
export const contentType = parameterised('content-type', false, mediaType);
export const accept = parameterised('accept', true, mediaType);
export const contentEncoding = words('content-encoding');
/** Why a request was sent: a protocol, and behind it `cause` and `text` (RFC 3326 §2). */
export const reason = parameterised('reason', true, word);

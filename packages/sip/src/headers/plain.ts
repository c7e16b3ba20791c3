// Header fields of one number, one word, or a list of words (RFC 3261 §20).
import { isToken, isWord } from '../characters.ts';
import type { HeaderCodec } from '../codec.ts';
import type { Cursor } from '../cursor.ts';
import { type Parameters, readParameters, writeParameters } from '../parameters.ts';

/** A number; beyond `most` it is refused, or taken as `most` where the text allows that. */
const number = (id: string, most: number, clamp = false): HeaderCodec<number> => ({
  id,
  list: false,
  read(cursor) {
    const value = cursor.number(clamp ? 20 : 10);
    if (value > most && !clamp) cursor.fail();
    // Expires and Session-Expires may have parameters or a comment behind; none is of use here.
    return Math.min(value, most);
  },
  write: String,
});

const most32 = 2 ** 32 - 1;

export const maxForwards = number('max-forwards', 255);
export const contentLength = number('content-length', 2 ** 31 - 1);
/** Seconds. Larger than 32 bits is taken as the largest (RFC 4475 §3.1.2.4 lets one choose). */
export const expires = number('expires', most32, true);
export const minExpires = number('min-expires', most32, true);
export const rseq = number('rseq', most32);

/** CSeq: below 2³¹, and the method once more (RFC 3261 §8.1.1.5, §20.16). */
export interface CSeq {
  readonly number: number;
  readonly method: string;
}

export const cseq: HeaderCodec<CSeq> = {
  id: 'cseq',
  list: false,
  read(cursor) {
    const value = cursor.number();
    if (value >= 2 ** 31) cursor.fail();
    cursor.space();
    return { number: value, method: cursor.token() };
  },
  write: ({ number: value, method }) => `${value} ${method}`,
};

/** Call-ID: a word, or two with an at sign between; compared with case (RFC 3261 §20.8). */
export const callId: HeaderCodec<string> = {
  id: 'call-id',
  list: false,
  read: (cursor) => cursor.run((code) => isWord(code) || code === 0x40) || cursor.fail(),
  write: (value) => value,
};

const word = (cursor: Cursor): string => cursor.token();

const words = (id: string): HeaderCodec<string> => ({ id, list: true, read: word, write: (value) => value });

export const allow = words('allow');
export const supported = words('supported');
export const require = words('require');
export const proxyRequire = words('proxy-require');
export const unsupported = words('unsupported');
export const sipEtag: HeaderCodec<string> = { ...words('sip-etag'), list: false };
export const sipIfMatch: HeaderCodec<string> = { ...words('sip-if-match'), list: false };

/** A word or a media type with parameters: Event, Subscription-State, Content-Type, Content-Disposition, Accept. */
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
  const type = cursor.run(isToken) || cursor.fail();
  if (!cursor.sign('/')) cursor.fail();
  return `${type}/${cursor.token()}`.toLowerCase();
};

export const event = parameterised('event', false, word);
export const allowEvents = words('allow-events');
export const subscriptionState = parameterised('subscription-state', false, word);
export const contentDisposition = parameterised('content-disposition', false, word);
export const contentType = parameterised('content-type', false, mediaType);
export const accept = parameterised('accept', true, mediaType);
export const contentEncoding = words('content-encoding');

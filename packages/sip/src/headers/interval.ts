// Seconds with parameters: Retry-After (RFC 3261 §20.33), Session-Expires and Min-SE (RFC 4028 §4, §5).
import type { HeaderCodec } from '../codec.ts';
import { type Parameters, readParameters, writeParameters } from '../parameters.ts';

export interface Interval {
  readonly seconds: number;
  readonly parameters: Parameters;
}

const interval = (id: string): HeaderCodec<Interval> => ({
  id,
  list: false,
  read(cursor) {
    const seconds = cursor.number();
    cursor.space();
    // Only Retry-After has one, and it is for people.
    cursor.comment();
    return { seconds, parameters: readParameters(cursor) };
  },
  write: ({ seconds, parameters }) => `${seconds}${writeParameters(parameters)}`,
});

export const retryAfter = interval('retry-after');
export const sessionExpires = interval('session-expires');
export const minSe = interval('min-se');

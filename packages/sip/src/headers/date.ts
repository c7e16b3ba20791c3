// Date: the one form that SIP allows, always GMT (RFC 3261 §20.17).
import type { HeaderCodec } from '../codec.ts';

const write = (time: number): string => new Date(time).toUTCString();

/** Milliseconds since 1970, of whole seconds. */
export const date: HeaderCodec<number> = {
  id: 'date',
  list: false,
  read(cursor) {
    const text = cursor.rest();
    const time = Date.parse(text);
    // The language reads other forms too; only this one comes out as it went in.
    return !Number.isNaN(time) && write(time) === text ? time : cursor.fail();
  },
  write,
};

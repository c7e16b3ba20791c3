// Reliable provisional responses: RSeq numbers them, RAck acknowledges one (RFC 3262 §7).
import type { HeaderCodec } from '../codec.ts';

/** The provisional response with this number, to the request with this CSeq. */
export interface RAck {
  readonly rseq: number;
  readonly cseq: number;
  readonly method: string;
}

/** From 1 to 2³² − 1 (§7.1). */
export const rseq: HeaderCodec<number> = { id: 'rseq', list: false, read: (cursor) => cursor.number(), write: String };

export const rack: HeaderCodec<RAck> = {
  id: 'rack',
  list: false,
  read(cursor) {
    const number = cursor.number();
    cursor.gap();
    const cseq = cursor.number(2 ** 31 - 1);
    cursor.gap();
    return { rseq: number, cseq, method: cursor.token() };
  },
  write: (value) => `${value.rseq} ${value.cseq} ${value.method}`,
};

// Via: the way a request took and its responses go back (RFC 3261 §18.2, §20.42; rport and received by RFC 3581).
import type { HeaderCodec } from '../codec.ts';
import type { Cursor } from '../cursor.ts';
import { type Parameters, readParameters, valueOf, writeParameters } from '../parameters.ts';
import { hostPort, readHost } from '../uri.ts';

export interface Via {
  /** In capitals: UDP, TCP, TLS, WS, WSS, SCTP or another. */
  readonly transport: string;
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;
}

/** What every branch of RFC 3261 begins with (§8.1.1.7). */
export const magic = 'z9hG4bK';

export const via: HeaderCodec<Via> = {
  id: 'via',
  list: true,
  read(cursor) {
    const name = cursor.token();
    if (!cursor.sign('/')) cursor.fail();
    const version = cursor.token();
    if (name.toUpperCase() !== 'SIP' || version !== '2.0' || !cursor.sign('/')) cursor.fail();
    const transport = cursor.token().toUpperCase();
    const begin = cursor.at;
    cursor.space();
    if (cursor.at === begin) cursor.fail();
    const host = readHost(cursor);
    return { transport, host, port: readSentByPort(cursor), parameters: readParameters(cursor) };
  },
  write: ({ transport, host, port, parameters }) =>
    `SIP/2.0/${transport} ${hostPort(host, port)}${writeParameters(parameters)}`,
};

/** White space may stand about the colon (COLON). */
const readSentByPort = (cursor: Cursor): number | undefined => {
  if (!cursor.sign(':')) return undefined;
  const port = cursor.number(5);
  return port > 65_535 ? cursor.fail() : port;
};

/** The branch, when it is one of RFC 3261 and so tells a transaction from all others. */
export const branchOf = ({ parameters }: Via): string | undefined => {
  const branch = valueOf(parameters, 'branch');
  return branch !== undefined && branch.length > magic.length && branch.slice(0, magic.length).toLowerCase() === magic.toLowerCase()
    ? branch
    : undefined;
};

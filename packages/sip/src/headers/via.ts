// Via: the way a request took and its responses go back (RFC 3261 §18.2, §20.42; rport and received by RFC 3581).
import type { HeaderCodec } from '../codec.ts';
import type { Cursor } from '../cursor.ts';
import { readHost } from '../host.ts';
import { type Parameters, parameterOf, readParameters, writeParameters } from '../parameters.ts';
import { hostPort } from '../uri.ts';

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
    // Name and version may be any token: a SIP/7.0 gets its 505 by the way that its Via names (RFC 4475 §3.1.2.16).
    cursor.token();
    slash(cursor);
    cursor.token();
    slash(cursor);
    const transport = cursor.token().toUpperCase();
    cursor.gap();
    const host = readHost(cursor);
    return { transport, host, port: readSentByPort(cursor), parameters: readParameters(cursor) };
  },
  write: ({ transport, host, port, parameters }) =>
    `SIP/2.0/${transport} ${hostPort(host, port)}${writeParameters(parameters)}`,
};

const slash = (cursor: Cursor): void => {
  if (!cursor.sign('/')) cursor.fail();
};

/** White space may stand about the colon (COLON). */
const readSentByPort = (cursor: Cursor): number | undefined => (cursor.sign(':') ? cursor.number(65_535) : undefined);

/** The branch, when it is one of RFC 3261 and so tells a transaction from all others. */
export const branchOf = ({ parameters }: Via): string | undefined => {
  const branch = parameterOf(parameters, 'branch') ?? '';
  const begin = branch.slice(0, magic.length);
  const isOurs = begin === magic || begin.toLowerCase() === magic.toLowerCase();
  return isOurs && branch.length > magic.length ? branch : undefined;
};

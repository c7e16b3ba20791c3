// The top Via of a request: where it came from, written into it, and where its response goes (RFC 3261 §18.2; RFC 3581 §4).
import { Cursor } from '@parlance/sip/cursor';
import { SipError } from '@parlance/sip/error';
import { Field } from '@parlance/sip/field';
import type { Endpoint, Flow, TransportName } from '@parlance/sip/flow';
import { type Via, via } from '@parlance/sip/headers/via';
import type { SipMessage, SipRequest } from '@parlance/sip/message';
import { parameter, withParameter, writeParameters } from '@parlance/sip/parameters';
import { defaultPort } from '@parlance/sip/uri';

const isWeb = (transport: TransportName): boolean => transport === 'WS' || transport === 'WSS';

/** The port of a sent-by that names none (RFC 3261 §18.1.1; RFC 7118 §5.5). */
export const portOf = (transport: TransportName): number => {
  if (isWeb(transport)) return transport === 'WS' ? 80 : 443;
  return defaultPort(transport === 'TLS');
};

/** `received` has neither brackets nor a zone (RFC 3261 §25.1, RFC 5118 §4.5). */
const withoutZone = (address: string): string => address.replace(/%.*/, '');

/**
 * The request with `received` and `rport` in its top Via, everything else as it came; what the peer itself wrote there is
 * replaced. A Via that cannot be read is left alone: the request is going to be refused.
 */
export const stamped = (request: SipRequest, flow: Flow): SipRequest => {
  const at = request.fields.findIndex(({ id }) => id === via.id);
  const field = request.fields[at];
  const line = field && stampedLine(field, flow);
  return line === undefined ? request : request.with({ fields: request.fields.with(at, Field.read(line)) });
};

/** The line anew; undefined when nothing is to be told, or nothing can be read. */
const stampedLine = ({ line, value }: Field, { transport, remote }: Flow): string | undefined => {
  const cursor = new Cursor(value, via.id);
  const top = readTop(cursor);
  if (top === undefined) return undefined;
  const { host, parameters } = top;
  const source = withoutZone(remote.address);
  const rport = parameter(parameters, 'rport') !== undefined;
  // RFC 3581 §4 wants `received` beside `rport` also when it tells nothing new; RFC 7118 §5.3 lets a WebSocket go without.
  const told = rport || parameter(parameters, 'received') !== undefined;
  if (!told && (isWeb(transport) || sameHost(host, source))) return undefined;
  const received = withParameter(parameters, 'received', source);
  const marked = rport ? withParameter(received, 'rport', String(remote.port)) : received;
  const [first, rest] = [value.slice(0, cursor.at), value.slice(cursor.at)];
  const [sentBy = ''] = first.split(';', 1);
  return `${line.slice(0, line.indexOf(':') + 1)} ${sentBy.trimEnd()}${writeParameters(marked)}${rest}`;
};

const readTop = (cursor: Cursor): Via | undefined => {
  try {
    return via.read(cursor);
  } catch (error) {
    if (error instanceof SipError) return undefined;
    throw error;
  }
};

const sameHost = (host: string, address: string): boolean => host === address || host === `[${address}]`;

/** The top Via of a message; undefined when it has none, or one that cannot be read. */
export const topVia = (message: SipMessage): Via | undefined => {
  const value = message.text(via.id);
  return value === undefined ? undefined : readTop(new Cursor(value, via.id));
};

/**
 * Where a response goes when not over the connection on which its request came: to the source of the request, at the port
 * of the source when there is `rport` (RFC 3581 §4), else at that of sent-by (RFC 3261 §18.2.2). `maddr` is not obeyed: it
 * is meant for multicast, which is not served, and would let anybody point our answers at a third.
 */
export const responsePlace = (top: Via | undefined, { transport, remote }: Flow): Endpoint => {
  if (top === undefined || parameter(top.parameters, 'rport') !== undefined) return remote;
  return { address: remote.address, port: (top.port ?? portOf(transport)) || remote.port };
};

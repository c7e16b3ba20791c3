// Where the SIP server of an account is: what `--server` says, or what the domain says (RFC 3263 §4).
import { randomInt } from 'node:crypto';
import { lookup, resolveSrv } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { FlowTarget } from '@parlance/sip-client/flows';
import { order, parseAddress } from '@parlance/xmpp-client/transports/resolve';
import { isLoopback } from '../reach.ts';
import { CommandFailed, type Terminal } from '../terminal.ts';

type Transport = FlowTarget['transport'];

interface Place {
  readonly host: string;
  readonly port: number;
  readonly transport: Transport;
}

/** What protects comes first, then what carries long messages. */
const services: readonly (readonly [string, Transport])[] = [
  ['_sips._tcp', 'TLS'],
  ['_sip._tcp', 'TCP'],
  ['_sip._udp', 'UDP'],
];

/** A domain without records is a server at its usual port (RFC 3263 §4.1, §4.2). */
const findPlace = async (domain: string): Promise<Place> => {
  const usual: Place = { host: domain, port: 5060, transport: 'UDP' };
  if (isIP(domain) !== 0 || domain === 'localhost') return usual;
  for (const [service, transport] of services) {
    const records = await resolveSrv(`${service}.${domain}`).catch(() => []);
    const weighted = records.map(({ name, ...rest }) => ({ ...rest, host: name }));
    const [first] = order(weighted, (limit) => randomInt(limit));
    if (first !== undefined && first.host !== '' && first.host !== '.') return { ...first, transport };
  }
  return usual;
};

/** `host:port;transport=udp|tcp|tls`; UDP when it does not say. */
const readPlace = (text: string): Place | undefined => {
  const [, where = '', name = 'udp'] = /^([^;]+)(?:;transport=(udp|tcp|tls))?$/i.exec(text) ?? [];
  const transport = name.toUpperCase() as Transport;
  const address = parseAddress(where, transport === 'TLS' ? 5061 : 5060);
  return address && { ...address, transport };
};

/** The server must prove the domain of the account, except where nothing leaves this machine (RFC 5922 §7.1). Throws CommandFailed. */
export const placeOf = async (terminal: Terminal, domain: string, server: string | undefined): Promise<FlowTarget> => {
  const place = server === undefined ? await findPlace(domain) : readPlace(server);
  if (place === undefined) throw new CommandFailed(terminal.texts.notSipServer(server ?? ''));
  const { host, port, transport } = place;
  // IPv4 first: over UDP nothing tells that nobody listens at the other address.
  const { address } = await lookup(host, { verbatim: false });
  return { address, port, transport, serverName: isLoopback(host) ? undefined : domain };
};

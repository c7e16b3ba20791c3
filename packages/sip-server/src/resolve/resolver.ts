// From a URI to the places where its server is, in the order in which they are tried (RFC 3263 §4).
import type { Clock } from '@parlance/base/clock';
import type { Random } from '@parlance/base/random';
import { RecentMap } from '@parlance/base/recent-map';
import type { TransportName } from '@parlance/sip/flow';
import { isIPv4, readIPv6 } from '@parlance/sip/ip';
import { parameterOf } from '@parlance/sip/parameters';
import { readSip, type SipUri } from '@parlance/sip/uri';
import { type Target, Unreachable } from '../transport/parts.ts';
import { portOf } from '../transport/top-via.ts';
import type { Dns } from './dns.ts';
import { inOrder } from './srv-order.ts';

export interface ResolverParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly dns: Dns;
  /** Places of domains that are not asked of the DNS: `host:port;transport=tcp` (CONTRACT, `sip.hosts`). */
  readonly hosts: Readonly<Record<string, string>>;
}

/** Milliseconds that an answer is used, and names that are remembered. */
const lifetime = 60_000;
const names = 10_000;

/** Milliseconds after which a name counts as unknown. */
const patience = 5_000;

/** Places of one domain that are tried. */
const most = 8;

/** A server as SRV names it, or as a URI does. */
interface Server {
  readonly transport: TransportName;
  readonly host: string;
  readonly port: number | undefined;
}

/** What services of NAPTR records mean, and which SRV records stand for them (RFC 3263 §4.1). */
const services = new Map<string, TransportName>([
  ['SIPS+D2T', 'TLS'],
  ['SIP+D2T', 'TCP'],
  ['SIP+D2U', 'UDP'],
]);

const prefixes = { TLS: '_sips._tcp.', TCP: '_sip._tcp.', UDP: '_sip._udp.' } as const;
type Wired = keyof typeof prefixes;

const transports = new Map<string, TransportName>([
  ['udp', 'UDP'],
  ['tcp', 'TCP'],
  ['tls', 'TLS'],
  ['ws', 'WS'],
  ['wss', 'WSS'],
]);

export class Resolver {
  readonly #parts: ResolverParts;
  readonly #known = new RecentMap<string, { readonly until: number; readonly found: Promise<readonly Target[]> }>(
    names,
  );

  constructor(parts: ResolverParts) {
    this.#parts = parts;
  }

  /**
   * Where requests to a URI go, the best place first; at least one. At once for numeric hosts. `maddr` is not obeyed: it would
   * let anybody choose whom we send to. Rejects with `Unreachable`.
   */
  places(uri: SipUri): readonly Target[] | Promise<readonly Target[]> {
    const override = this.#parts.hosts[uri.host];
    if (override !== undefined && Object.hasOwn(this.#parts.hosts, uri.host))
      return this.#places(readSip(`sip:${override}`), uri);
    return this.#places(uri, uri);
  }

  /** `asked`: whose name a certificate must have. */
  #places(uri: SipUri, asked: SipUri): readonly Target[] | Promise<readonly Target[]> {
    const named = namedTransport(uri);
    const secure = uri.scheme === 'sips' || asked.scheme === 'sips';
    // RFC 3263 §4.1: UDP for SIP, TLS over TCP for SIPS.
    const transport = secure ? 'TLS' : (named ?? 'UDP');
    const address = numeric(uri.host);
    if (address !== undefined) {
      const serverName = numeric(asked.host) === undefined ? asked.host : undefined;
      return [{ transport, address, port: uri.port ?? portOf(transport), serverName }];
    }
    const wanted = secure ? 'TLS' : named;
    const key = `${uri.host} ${uri.port ?? ''} ${wanted ?? ''} ${asked.host}`;
    const known = this.#known.get(key);
    const now = this.#parts.clock.monotonic();
    if (known !== undefined && known.until > now) return known.found;
    const found = this.#inTime(this.#find(uri, wanted, asked.host), uri.host);
    this.#known.set(key, { until: now + lifetime, found });
    return found;
  }

  async #find(uri: SipUri, wanted: TransportName | undefined, serverName: string): Promise<readonly Target[]> {
    const servers = await this.#servers(uri, wanted);
    const targets: Target[] = [];
    for (const { transport, host, port } of servers) {
      const address = numeric(host);
      const addresses = address === undefined ? await this.#parts.dns.addresses(host) : [address];
      // Whoever answers there must prove the name that was asked for, not the one that the DNS says (RFC 5922 §4).
      for (const each of addresses)
        targets.push({ transport, address: each, port: port ?? portOf(transport), serverName });
      if (targets.length >= most) break;
    }
    if (targets.length === 0) throw new Unreachable(`no address for ${uri.host}`);
    return targets.slice(0, most);
  }

  /** RFC 3263 §4.2: SRV only without a port. */
  async #servers({ host, port }: SipUri, wanted: TransportName | undefined): Promise<readonly Server[]> {
    const plain: Server = { transport: wanted ?? 'UDP', host, port };
    if (port !== undefined) return [plain];
    const found =
      wanted === undefined ? await this.#chosen(host) : isWired(wanted) ? await this.#srv(wanted, host) : [];
    return found.length > 0 ? found : [plain];
  }

  /** No transport is named: the domain's NAPTR records choose it, else whatever SRV records it has (RFC 3263 §4.1). */
  async #chosen(host: string): Promise<readonly Server[]> {
    const records = (await this.#parts.dns.naptr(host))
      .filter(({ flags, service }) => flags.toLowerCase() === 's' && services.has(service.toUpperCase()))
      .toSorted((one, other) => one.order - other.order || one.preference - other.preference);
    if (records.length > 0) {
      const lists = records.map(({ service, replacement }) =>
        this.#records(services.get(service.toUpperCase()) ?? 'UDP', replacement),
      );
      return (await Promise.all(lists)).flat();
    }
    const lists = (['UDP', 'TCP', 'TLS'] as const).map((transport) => this.#srv(transport, host));
    return (await Promise.all(lists)).flat();
  }

  #srv(transport: Wired, host: string): Promise<readonly Server[]> {
    return this.#records(transport, prefixes[transport] + host);
  }

  async #records(transport: TransportName, name: string): Promise<readonly Server[]> {
    const records = await this.#parts.dns.srv(name);
    // A target of a single dot: the service is decidedly not there (RFC 2782, "Target").
    const offered = records.filter(({ target }) => target !== '' && target !== '.');
    return inOrder(offered, () => this.#chance()).map(({ target, port }) => ({ transport, host: target, port }));
  }

  #chance(): number {
    const [high = 0, low = 0] = this.#parts.random.bytes(2);
    return (high * 256 + low) / 65_536;
  }

  #inTime(found: Promise<readonly Target[]>, host: string): Promise<readonly Target[]> {
    const ended = new Promise<never>((_, reject) => {
      const timer = this.#parts.clock.after(patience, () =>
        reject(new Unreachable(`the DNS does not answer for ${host}`)),
      );
      const done = (): void => timer.cancel();
      found.then(done, done);
    });
    const asked = Promise.race([found, ended]).catch((error: unknown) => {
      throw error instanceof Unreachable ? error : new Unreachable(`no address for ${host}`, { cause: error });
    });
    // Who asks later gets the same answer; nobody may ask at all.
    asked.catch(() => undefined);
    return asked;
  }
}

/** An address as flows have it; undefined for a name. */
const numeric = (host: string): string | undefined => {
  if (isIPv4(host)) return host;
  const inner = host.startsWith('[') ? host.slice(1, -1) : host;
  return readIPv6(inner) === undefined ? undefined : inner;
};

const isWired = (transport: TransportName): transport is Wired => transport in prefixes;

const namedTransport = ({ parameters }: SipUri): TransportName | undefined =>
  transports.get((parameterOf(parameters, 'transport') ?? '').toLowerCase());

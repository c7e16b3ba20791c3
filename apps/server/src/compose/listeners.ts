// The listeners of a running server: every point of the configuration, bound or refused by name (CONTRACT, "Configuration").
import type { Log } from '@parlance/base/log';
import type { Turn } from '@parlance/base/turn';
import { listenForClients, listenForClientsOnTls, upgradeWith } from '@parlance/xmpp-server/listeners/clients';
import { Liveness } from '@parlance/xmpp-server/listeners/liveness';
import type { StreamServices } from '@parlance/xmpp-server/services';
import type { Certificates } from '../certificates/certificates.ts';
import type { Configuration } from '../config/configuration.ts';
import type { ListenerName, ListenPoint } from '../config/listen.ts';
import { admissionLimits } from './limits.ts';
import type { SipSide } from './sip.ts';
import { openWeb } from './web.ts';

type Proto = 'tcp' | 'tls' | 'udp' | 'http' | 'https';

/** One line of the ready event (CONTRACT, `--json` of `start`). */
export interface ListenerRow {
  readonly name: ListenerName;
  readonly proto: Proto;
  readonly address: string;
  readonly port: number;
  readonly url: string | null;
}

/** A socket that listens, whatever speaks on it. */
interface Bound {
  readonly address: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface Listeners {
  readonly rows: readonly ListenerRow[];
  /** Connections of clients at this moment. */
  count(): number;
  close(): Promise<void>;
}

export interface ListenersParts {
  readonly configuration: Configuration;
  readonly services: StreamServices;
  readonly sip: SipSide;
  /** The one of the process. */
  readonly turn: Turn;
  readonly certificates: Certificates;
  readonly log: Log;
}

interface Open {
  readonly row: ListenerRow;
  readonly bound: Bound;
}

interface Plan {
  readonly name: ListenerName;
  readonly proto: Proto;
  readonly bind: (point: ListenPoint) => Promise<Bound>;
}

/** A port that could not be taken, in words for the person who started the server. */
const cannotListen = (name: ListenerName, { address, port }: ListenPoint, error: NodeJS.ErrnoException): Error => {
  const why = error.code === 'EADDRINUSE' ? 'another program uses it' : error.message;
  return new Error(`cannot listen on ${address} port ${port} (listen.${name}): ${why}`);
};

const urlOf = (proto: Proto, { address, port }: Bound): string | null => {
  if (proto !== 'http' && proto !== 'https') return null;
  const host = address === '127.0.0.1' || address === '::1' ? 'localhost' : address;
  return `${proto}://${host.includes(':') ? `[${host}]` : host}:${port}/`;
};

const openOne = async ({ name, proto, bind }: Plan, point: ListenPoint): Promise<Open[]> => {
  try {
    const bound = await bind(point);
    const { address, port } = bound;
    return [{ row: { name, proto, address, port, url: urlOf(proto, bound) }, bound }];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (point.optional && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) return [];
    throw cannotListen(name, point, error as NodeJS.ErrnoException);
  }
};

const sipPlans = ({ transports }: SipSide, certificates: Certificates): readonly Plan[] => [
  { name: 'sipUdp', proto: 'udp', bind: (point) => transports.listenUdp(point) },
  { name: 'sipTcp', proto: 'tcp', bind: (point) => transports.listenTcp(point) },
  { name: 'sipTls', proto: 'tls', bind: (point) => transports.listenTls(point, certificates) },
];

/** Opens every listener, or none: rejects with a sentence when one cannot be opened. */
export const listenAll = async ({
  configuration,
  services,
  sip,
  turn,
  certificates,
  log,
}: ListenersParts): Promise<Listeners> => {
  const sockets = {
    services: { ...services, upgrade: upgradeWith(certificates) },
    turn,
    liveness: new Liveness(services.context.clock),
    limits: admissionLimits,
    log,
  };
  const open: Open[] = [];
  const portOf = (name: ListenerName): number | undefined => open.find(({ row }) => row.name === name)?.row.port;
  const web = openWeb({
    configuration,
    services,
    turn,
    certificates,
    log,
    sip: sip.door,
    httpsPort: () => portOf('https'),
  });
  const clients: (() => number)[] = [];
  const counted = async (listening: Promise<Bound & { readonly count: () => number }>): Promise<Bound> => {
    const bound = await listening;
    clients.push(bound.count);
    return bound;
  };
  const plans: readonly Plan[] = [
    { name: 'c2s', proto: 'tcp', bind: (point) => counted(listenForClients({ ...sockets, ...point })) },
    {
      name: 'c2sTls',
      proto: 'tls',
      bind: (point) => counted(listenForClientsOnTls({ ...sockets, ...point }, certificates)),
    },
    ...sipPlans(sip, certificates),
    { name: 'https', proto: 'https', bind: (point) => web.listen(point, true) },
    { name: 'http', proto: 'http', bind: (point) => web.listen(point, false) },
  ];
  const close = async (): Promise<void> => {
    await web.close();
    await Promise.all([sip.transports.close(), ...open.map(({ bound }) => bound.close())]);
  };
  try {
    for (const plan of plans)
      for (const point of configuration.listen[plan.name]) open.push(...(await openOne(plan, point)));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    rows: open.map(({ row }) => row),
    count: () => clients.reduce((sum, count) => sum + count(), web.count() + sip.transports.count),
    close,
  };
};

// The listeners of a running server: every point of the configuration, bound or refused by name (CONTRACT, "Configuration").
import type { Log } from '@parlance/base/log';
import { listenForClients, listenForClientsOnTls, upgradeWith } from '@parlance/xmpp-server/listeners/clients';
import type { TlsPort } from '@parlance/xmpp-server/listeners/socket';
import type { Listening } from '@parlance/xmpp-server/listeners/tcp';
import { Turn } from '@parlance/xmpp-server/listeners/turn';
import type { StreamServices } from '@parlance/xmpp-server/services';
import type { Configuration } from '../config/configuration.ts';
import type { ListenerName, ListenPoint } from '../config/listen.ts';
import { admissionLimits } from './limits.ts';

/** One line of the ready event (CONTRACT, `--json` of `start`). */
export interface ListenerRow {
  readonly name: ListenerName;
  readonly proto: 'tcp' | 'tls' | 'http' | 'https';
  readonly address: string;
  readonly port: number;
  readonly url: string | null;
}

export interface Listeners {
  readonly rows: readonly ListenerRow[];
  /** Connections at this moment. */
  count(): number;
  close(): Promise<void>;
}

export interface ListenersParts {
  readonly configuration: Configuration;
  readonly services: StreamServices;
  readonly tls: TlsPort;
  readonly log: Log;
}

interface Open {
  readonly row: ListenerRow;
  readonly listening: Listening;
}

type Bind = (point: ListenPoint) => Promise<Listening>;

/** A port that could not be taken, in words for the person who started the server. */
const cannotListen = (name: ListenerName, { address, port }: ListenPoint, error: NodeJS.ErrnoException): Error => {
  const why = error.code === 'EADDRINUSE' ? 'another program uses it' : error.message;
  return new Error(`cannot listen on ${address} port ${port} (listen.${name}): ${why}`);
};

const openOne = async (
  name: ListenerName,
  proto: ListenerRow['proto'],
  point: ListenPoint,
  bind: Bind,
): Promise<Open[]> => {
  try {
    const listening = await bind(point);
    const { address, port } = listening;
    return [{ row: { name, proto, address, port, url: null }, listening }];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (point.optional && (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT')) return [];
    throw cannotListen(name, point, error as NodeJS.ErrnoException);
  }
};

/** Opens every listener, or none: rejects with a sentence when one cannot be opened. */
export const listenAll = async ({ configuration, services, tls, log }: ListenersParts): Promise<Listeners> => {
  const turn = new Turn();
  const parts = { services: { ...services, upgrade: upgradeWith(tls) }, turn, limits: admissionLimits, log };
  const plan: readonly (readonly [ListenerName, ListenerRow['proto'], Bind])[] = [
    ['c2s', 'tcp', (point) => listenForClients({ ...parts, ...point })],
    ['c2sTls', 'tls', (point) => listenForClientsOnTls({ ...parts, ...point }, tls)],
  ];
  const open: Open[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(open.map(({ listening }) => listening.close()));
  };
  try {
    for (const [name, proto, bind] of plan)
      for (const point of configuration.listen[name]) open.push(...(await openOne(name, proto, point, bind)));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    rows: open.map(({ row }) => row),
    count: () => open.reduce((sum, { listening }) => sum + listening.count(), 0),
    close,
  };
};

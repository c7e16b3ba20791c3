// Are the ports of the configuration free? Each is bound for a moment.
import { createSocket } from 'node:dgram';
import { createServer, isIPv6 } from 'node:net';
import { endpoint } from '../commands/table.ts';
import type { Configuration } from '../config/configuration.ts';
import type { ListenerName, ListenPoint } from '../config/listen.ts';
import type { Texts } from '../texts/en.ts';
import { bad, type Finding, ok } from './finding.ts';

/** The error code of binding a point; undefined when it could be bound. */
const bind = ({ address, port }: ListenPoint): Promise<string | undefined> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, address, () => server.close(() => resolve(undefined)));
  });

const bindDatagrams = ({ address, port }: ListenPoint): Promise<string | undefined> =>
  new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.bind({ port, address, exclusive: true }, () => socket.close(() => resolve(undefined)));
  });

const datagrams: ReadonlySet<string> = new Set<ListenerName>(['sipUdp']);

const look = async (name: string, point: ListenPoint, { check }: Texts): Promise<readonly Finding[]> => {
  const code = await (datagrams.has(name) ? bindDatagrams(point) : bind(point));
  const where = endpoint(point);
  if (code === undefined) return [ok(check.port(name, where))];
  if (code === 'EADDRINUSE') return [bad(check.portTaken(name, where))];
  if (code === 'EACCES') return [bad(check.portForbidden(name, where))];
  return point.optional ? [] : [bad(check.portFailed(name, where, code))];
};

/** One finding a point, in the order of the configuration. */
export const checkPorts = async ({ listen }: Configuration, texts: Texts): Promise<readonly Finding[]> => {
  const points = Object.entries(listen).flatMap(([name, list]) => list.map((point) => [name, point] as const));
  return (await Promise.all(points.map(([name, point]) => look(name, point, texts)))).flat();
};

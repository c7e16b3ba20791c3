// Opening connections to other servers and to contacts: in bounded time, over TLS only to whom it should be (RFC 3261 §18.1.1, RFC 5922 §7.3).
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '@parlance/base/clock';
import { checkIdentity } from './identities.ts';
import { type Target, type TlsPort, Unreachable } from './parts.ts';

export interface ConnectParts {
  readonly clock: Clock;
  readonly tls: TlsPort | undefined;
  /** Milliseconds until the connection is there. */
  readonly opening: number;
}

/** Server names are names: an address is proved without being sent (RFC 6066 §3). */
const secured = ({ address: host, port, serverName }: Target, tls: TlsPort): Socket =>
  connectTls({
    ...tls.fallback(),
    minVersion: 'TLSv1.2',
    host,
    port,
    ...(serverName === undefined || isIP(serverName) !== 0 ? {} : { servername: serverName }),
    checkServerIdentity: (_, certificate) => checkIdentity(serverName ?? host, certificate),
  });

/** A connected socket. Rejects with `Unreachable`. */
export const openConnection = (target: Target, { clock, tls, opening }: ConnectParts): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const secure = target.transport === 'TLS';
    if (secure && tls === undefined) {
      reject(new Unreachable('no TLS here'));
      return;
    }
    const socket =
      secure && tls !== undefined ? secured(target, tls) : connect({ host: target.address, port: target.port });
    const limit = clock.after(opening, () => socket.destroy(new Error('no answer in time')));
    const fail = (cause: Error): void => {
      limit.cancel();
      reject(new Unreachable(cause.message, { cause }));
    };
    socket.once('error', fail);
    socket.once(secure ? 'secureConnect' : 'connect', () => {
      limit.cancel();
      socket.off('error', fail);
      resolve(socket);
    });
  });

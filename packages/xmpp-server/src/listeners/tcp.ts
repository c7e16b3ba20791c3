// Listening on TCP: admission, errors of accepting survived, an orderly end (RFC 6120 §3).
import { createServer, type Server, type Socket } from 'node:net';
import { Admission, type AdmissionLimits } from '@parlance/base/admission';
import type { Log } from '@parlance/base/log';

/** A socket that listens. */
export interface Listening {
  readonly address: string;
  readonly port: number;
  /** Connections at this moment. */
  readonly count: () => number;
  /** Takes no more connections and ends those there are; resolves when the last one has gone. */
  close(): Promise<void>;
}

/** What an accepted socket has become. */
export interface Accepted {
  /** Says goodbye and closes within a bounded time. */
  close(condition: 'system-shutdown'): void;
}

export interface TcpParts {
  readonly address: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly limits: AdmissionLimits;
  readonly log: Log;
  /** Takes over a socket. */
  accept(socket: Socket): Accepted;
}

const bound = (server: Server, { address, port }: TcpParts): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, ipv6Only: address === '::1' }, () => {
      server.off('error', reject);
      resolve();
    });
  });

/** Rejects when the port cannot be taken. */
export const listenTcp = async (parts: TcpParts): Promise<Listening> => {
  const { limits, log } = parts;
  const admission = new Admission(limits);
  const open = new Set<Accepted>();
  const server = createServer((socket) => {
    const address = socket.remoteAddress;
    if (address === undefined || !admission.enter(address)) {
      log.debug('connection refused', { address, connections: admission.count });
      socket.destroy();
      return;
    }
    const accepted = parts.accept(socket);
    open.add(accepted);
    socket.once('close', () => {
      admission.leave(address);
      open.delete(accepted);
    });
  });
  await bound(server, parts);
  // No descriptor left, a peer gone before it was accepted: the next one may succeed.
  server.on('error', (error) => log.warn('accept failed', { error }));
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('a TCP server without an address');
  return {
    address: at.address,
    port: at.port,
    count: () => admission.count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const each of [...open]) each.close('system-shutdown');
      }),
  };
};

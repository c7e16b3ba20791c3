// Listening for SIP on TCP and TLS: admission before anything else, a handshake in bounded time, an orderly end (RFC 3261 §18.2.1).
import { constants } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:tls';
import type { Admission } from '@parlance/base/admission';
import type { Clock } from '@parlance/base/clock';
import type { Log } from '@parlance/base/log';
import type { Endpoint } from '@parlance/sip/flow';
import { farewell } from './connections.ts';
import type { Listening, TlsPort } from './parts.ts';

/** What an accepted socket has become. */
export interface Accepted {
  end(): void;
}

export interface StreamListenerParts {
  readonly admission: Admission;
  readonly clock: Clock;
  readonly log: Log;
  /** Undefined: plain TCP. */
  readonly tls: TlsPort | undefined;
  /** Milliseconds for a handshake. */
  readonly opening: number;
  /** Takes over a socket, after its handshake. */
  accept(socket: Socket): Accepted;
}

const bound = (server: Server, { address, port }: Endpoint): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host: address, port, ipv6Only: address === '::1' }, () => {
      server.off('error', reject);
      resolve();
    });
  });

/** A peer may show a certificate: with it, its word about its own domain is believed (RFC 5922 §7.4). It need not. */
const secured = (tls: TlsPort, { opening, log }: StreamListenerParts, take: (socket: Socket) => void): TlsServer => {
  const settings = () => ({
    ...tls.fallback(),
    minVersion: 'TLSv1.2' as const,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
  });
  const server = createTlsServer(
    {
      ...settings(),
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: opening,
      SNICallback: (name, done) => done(null, tls.context(name)),
    },
    take,
  );
  tls.onChange(() => server.setSecureContext(settings()));
  server.on('tlsClientError', (error, socket) => {
    log.debug('handshake failed', { error });
    socket.destroy();
  });
  return server;
};

/** Rejects when the port cannot be taken. */
export const listenForStreams = async (point: Endpoint, parts: StreamListenerParts): Promise<Listening> => {
  const { admission, log, tls } = parts;
  const sockets = new Set<Socket>();
  const flows = new Set<Accepted>();
  const take = (socket: Socket): void => {
    const flow = parts.accept(socket);
    flows.add(flow);
    socket.once('close', () => flows.delete(flow));
  };
  const tlsServer = tls && secured(tls, parts, take);
  const server = createServer((socket) => {
    const address = socket.remoteAddress;
    if (address === undefined || !admission.enter(address)) {
      log.debug('connection refused', { address, connections: admission.count });
      socket.destroy();
      return;
    }
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => {
      admission.leave(address);
      sockets.delete(socket);
    });
    if (tlsServer === undefined) take(socket);
    else tlsServer.emit('connection', socket);
  });
  await bound(server, point);
  // No descriptor left, a peer gone before it was accepted: the next one may succeed.
  server.on('error', (error) => log.warn('accept failed', { error }));
  const at = server.address();
  if (at === null || typeof at === 'string') throw new Error('a TCP server without an address');
  return {
    address: at.address,
    port: at.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const flow of [...flows]) flow.end();
        // Whoever is still shaking hands, and whoever does not close when we do.
        parts.clock.after(farewell, () => {
          for (const socket of sockets) socket.destroy();
        });
      }),
  };
};

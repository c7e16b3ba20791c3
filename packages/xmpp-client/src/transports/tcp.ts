// TCP with STARTTLS (RFC 6120 §3, §5) and direct TLS (XEP-0368), for Node.
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { ConnectionLost } from '../errors.ts';
import type { Transport } from '../transport.ts';
import { type Address, parseAddress, resolve } from './resolve.ts';
import { SocketConnection } from './socket-connection.ts';
import { type TlsTrust, tlsOptions } from './tls-trust.ts';

export interface TcpOptions {
  /** The account's domain: what the certificate must name. */
  readonly domain: string;
  /** Where to connect; without it SRV records say. */
  readonly server?: Address;
  /** TLS from the first byte instead of STARTTLS. */
  readonly directTls?: boolean;
  /** Go on without TLS when the server offers none. For tests and closed networks. */
  readonly allowPlaintext?: boolean;
  readonly trust?: TlsTrust;
}

/** Milliseconds for one address to answer before the next is tried. */
const connectTimeout = 10_000;

const opened = (socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> =>
  new Promise((done, failed) => {
    const fail = (error: Error): void => {
      socket.destroy();
      failed(error);
    };
    const abort = (): void => fail(new ConnectionLost('given up while connecting'));
    const late = (): void => fail(new ConnectionLost('the server does not answer'));
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    socket.setTimeout(connectTimeout, late);
    socket.once('error', fail);
    socket.once(event, () => {
      signal.removeEventListener('abort', abort);
      socket.setTimeout(0);
      done();
    });
  });

const openSocket = async (address: Address, options: TcpOptions, signal: AbortSignal): Promise<Socket> => {
  const { domain, directTls, trust = {} } = options;
  if (directTls !== true) {
    const socket = connectTcp({ ...address, autoSelectFamily: true });
    await opened(socket, 'connect', signal);
    return socket;
  }
  const socket = connectTls({ ...tlsOptions(domain, trust), ...address, ALPNProtocols: ['xmpp-client'] });
  await opened(socket, 'secureConnect', signal);
  return socket;
};

/** A transport over TCP. Every address is tried in order before open() rejects with the last reason. */
export const tcp = (options: TcpOptions): Transport => ({
  framing: 'stream',
  requireTls: options.allowPlaintext !== true,

  async open(owner, signal) {
    const service = options.directTls === true ? 'xmpps-client' : 'xmpp-client';
    const port = options.directTls === true ? 5223 : 5222;
    const addresses = options.server ? [options.server] : await resolve(options.domain, service, port);
    let reason: unknown = new ConnectionLost(`${options.domain} has no XMPP service for clients`);
    for (const address of addresses) {
      try {
        const socket = await openSocket(address, options, signal);
        return new SocketConnection(socket, owner, options.domain, options.trust ?? {});
      } catch (error) {
        reason = error;
      }
    }
    throw reason;
  },

  redirected(address) {
    const server = parseAddress(address.trim(), options.directTls === true ? 5223 : 5222);
    return server && tcp({ ...options, server });
  },
});

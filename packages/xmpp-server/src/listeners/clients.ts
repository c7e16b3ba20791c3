// The listeners for clients on sockets: TCP with STARTTLS (RFC 6120 §5), and TLS from the first byte (XEP-0368).
import type { Socket } from 'node:net';
import { socketFraming } from '../framing.ts';
import type { StreamServices } from '../services.ts';
import { ClientStream } from '../stream.ts';
import { SocketConnection, type SocketParts, type TlsPort } from './socket.ts';
import { type Listening, listenTcp, type TcpParts } from './tcp.ts';

export interface ClientListenerParts extends Omit<TcpParts, 'accept'>, SocketParts {
  readonly services: StreamServices;
}

/** XEP-0368 §3: what a client names that looks for XMPP behind a port of several protocols. */
const protocols: readonly string[] = ['xmpp-client'];

const streamOver = (connection: SocketConnection, services: StreamServices): ClientStream => {
  const stream = new ClientStream(connection, services, socketFraming);
  connection.start(stream);
  return stream;
};

const connectionOver = (socket: Socket, parts: ClientListenerParts): SocketConnection =>
  new SocketConnection(socket, parts, parts.services.context.limits.before);

/** For `StreamServices.upgrade`: TLS on a plain socket's connection, after `<proceed/>`. */
export const upgradeWith =
  (tls: TlsPort): StreamServices['upgrade'] =>
  (connection) => {
    if (connection instanceof SocketConnection) connection.upgrade(tls, protocols);
  };

/** Plain sockets, with STARTTLS where `services.upgrade` is there. */
export const listenForClients = (parts: ClientListenerParts): Promise<Listening> =>
  listenTcp({ ...parts, accept: (socket) => streamOver(connectionOver(socket, parts), parts.services) });

/** Sockets that begin with a TLS handshake; it counts towards the time for negotiation. */
export const listenForClientsOnTls = (parts: ClientListenerParts, tls: TlsPort): Promise<Listening> =>
  listenTcp({
    ...parts,
    accept: (socket) => {
      const connection = connectionOver(socket, parts);
      connection.upgrade(tls, protocols);
      return streamOver(connection, parts.services);
    },
  });

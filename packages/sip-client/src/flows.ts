// The agent's own way to its server: one UDP socket, or one connection over TCP or TLS (RFC 3261 §18; RFC 5626 §4).
import { createSocket, type Socket as Datagrams } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Clock } from '@parlance/base/clock';
import { SipError } from '@parlance/sip/error';
import type { Endpoint, Flow, TransportName } from '@parlance/sip/flow';
import { Framer } from '@parlance/sip/framer';
import type { SipMessage } from '@parlance/sip/message';
import { readDatagram } from '@parlance/sip/parse';
import { KeepAlive } from './keep-alive.ts';

export interface FlowParts {
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly chance: () => number;
  message(message: SipMessage, flow: Flow): void;
  /** A connection is gone; a UDP flow never is. */
  closed(flow: Flow): void;
}

export interface FlowTarget extends Endpoint {
  readonly transport: Exclude<TransportName, 'WS' | 'WSS'>;
  /** The name that a TLS server must prove; undefined: anybody is believed, for tests and closed networks. */
  readonly serverName?: string | undefined;
}

/** A flow that its owner can end. */
export interface OwnFlow extends Flow {
  close(): void;
}

/** Bytes of one message. */
const limits = { head: 65_536, body: 1_048_576 };

/** Opens the way. Rejects when there is none. */
export const openFlow = (target: FlowTarget, parts: FlowParts): Promise<OwnFlow> =>
  target.transport === 'UDP' ? openUdp(target, parts) : openStream(target, parts);

const openUdp = async (target: FlowTarget, parts: FlowParts): Promise<OwnFlow> => {
  const socket = createSocket(target.address.includes(':') ? 'udp6' : 'udp4');
  // Connected first for the local address that leads there; requests of the server's other sockets are taken, too.
  const local = await localAddress(target);
  socket.bind(0, local);
  await once(socket, 'listening');
  const flow = new DatagramFlow(socket, target);
  socket.on('message', (bytes) => {
    const message = readDatagram(bytes);
    if (message !== undefined) parts.message(message, flow);
  });
  socket.on('error', () => undefined);
  return flow;
};

/** The address of ours from which a place is reached. */
const localAddress = async ({ address, port }: Endpoint): Promise<string> => {
  const probe = createSocket(address.includes(':') ? 'udp6' : 'udp4');
  probe.connect(port, address);
  await once(probe, 'connect');
  const { address: local } = probe.address();
  probe.close();
  return local;
};

class DatagramFlow implements OwnFlow {
  readonly id = 'udp';
  readonly transport = 'UDP';
  readonly reliable = false;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  open = true;
  readonly #socket: Datagrams;

  constructor(socket: Datagrams, remote: Endpoint) {
    const { address, port } = socket.address();
    this.local = { address, port };
    this.remote = { address: remote.address, port: remote.port };
    this.#socket = socket;
  }

  send(bytes: Uint8Array): boolean {
    if (this.open) this.#socket.send(bytes, this.remote.port, this.remote.address);
    return this.open;
  }

  close(): void {
    if (this.open) this.#socket.close();
    this.open = false;
  }
}

const openStream = async (target: FlowTarget, parts: FlowParts): Promise<OwnFlow> => {
  const { address: host, port, transport, serverName } = target;
  const strict = serverName !== undefined;
  const socket =
    transport === 'TLS'
      ? connectTls({ host, port, rejectUnauthorized: strict, ...(strict ? { servername: serverName } : {}) })
      : connect({ host, port });
  await once(socket, transport === 'TLS' ? 'secureConnect' : 'connect');
  socket.setNoDelay(true);
  return new StreamFlow(socket, transport, parts);
};

class StreamFlow implements OwnFlow {
  readonly id: string;
  readonly transport: TransportName;
  readonly reliable = true;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly #socket: Socket;

  constructor(socket: Socket, transport: TransportName, parts: FlowParts) {
    const { localAddress: address = '', localPort: port = 0, remoteAddress = '', remotePort = 0 } = socket;
    this.id = `${transport} ${port}`;
    this.transport = transport;
    this.local = { address, port };
    this.remote = { address: remoteAddress, port: remotePort };
    this.#socket = socket;
    const keepAlive = new KeepAlive(parts.clock, parts.chance, {
      ping: () => void socket.write('\r\n\r\n'),
      dead: () => socket.destroy(),
    });
    const framer = new Framer(
      {
        message: (message) => parts.message(message, this),
        ping: () => void socket.write('\r\n'),
        pong: () => keepAlive.answered(),
      },
      limits,
    );
    socket.on('data', (bytes: Uint8Array) => push(framer, socket, bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      keepAlive.end();
      parts.closed(this);
    });
  }

  get open(): boolean {
    return !this.#socket.destroyed && this.#socket.writable;
  }

  send(bytes: Uint8Array): boolean {
    if (this.open) this.#socket.write(bytes);
    return this.open;
  }

  close(): void {
    this.#socket.destroySoon();
  }
}

/** A server that lost its frame is left. */
const push = (framer: Framer, socket: Socket, bytes: Uint8Array): void => {
  try {
    framer.push(bytes);
  } catch (error) {
    if (!(error instanceof SipError)) throw error;
    socket.destroy();
  }
};

// SIP over UDP: one socket an address, a flow a pair of addresses, made when it is needed and never kept (RFC 3261 §18).
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Log } from '@parlance/base/log';
import type { Endpoint, Flow } from '@parlance/sip/flow';
import type { SipMessage } from '@parlance/sip/message';
import { readDatagram } from '@parlance/sip/parse';
import type { UdpIds } from './udp-ids.ts';

/** Bytes of the largest datagram over IPv4, headers apart (RFC 3261 §18.1.1). */
const largest = 65_507;
/** Bytes that the kernel may hold of what came and was not read; as many as it lets us. */
const kernelBuffer = 4_194_304;

export interface UdpParts {
  readonly log: Log;
  readonly ids: UdpIds;
  /** Bytes that wait in one socket. */
  readonly outbound: number;
  receive(message: SipMessage, flow: Flow, datagram: number): void;
  stun(bytes: Uint8Array, flow: Flow): void;
}

/** Two of the same pair are the same flow: their ids say so. */
class UdpFlow implements Flow {
  readonly transport = 'UDP';
  readonly reliable = false;
  readonly remote: Endpoint;
  readonly #socket: UdpSocket;

  constructor(socket: UdpSocket, remote: Endpoint) {
    this.#socket = socket;
    this.remote = remote;
  }

  get id(): string {
    return this.#socket.idOf(this.remote);
  }

  get local(): Endpoint {
    return this.#socket.local;
  }

  get open(): boolean {
    return this.#socket.open;
  }

  send(bytes: Uint8Array): boolean {
    return this.#socket.send(bytes, this.remote);
  }
}

export class UdpSocket {
  /** Among all of its process, never used twice. */
  readonly number: number;
  readonly #socket: Socket;
  readonly #parts: UdpParts;
  readonly #local: Endpoint;
  #open = true;

  private constructor(number: number, socket: Socket, parts: UdpParts) {
    this.number = number;
    this.#socket = socket;
    this.#parts = parts;
    const { address, port } = socket.address();
    this.#local = { address, port };
    socket.on('message', (bytes, from) => this.#take(bytes, from));
    socket.on('error', (error) => parts.log.warn('datagram socket', { error, address, port }));
  }

  /** Rejects when the address or the port cannot be taken. */
  static bind(number: number, { address, port }: Endpoint, parts: UdpParts): Promise<UdpSocket> {
    const six = isIPv6(address);
    const socket = createSocket({
      type: six ? 'udp6' : 'udp4',
      ipv6Only: six,
      // Only addresses come here: nothing is to be looked up, and nothing to be waited for.
      lookup: (host, _, done) => done(null, host, six ? 6 : 4),
    });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('listening', () => {
        socket.off('error', reject);
        enlarge(socket);
        resolve(new UdpSocket(number, socket, parts));
      });
      socket.bind({ address, port, exclusive: true });
    });
  }

  get local(): Endpoint {
    return this.#local;
  }

  get open(): boolean {
    return this.#open;
  }

  flow(remote: Endpoint): Flow {
    return new UdpFlow(this, remote);
  }

  idOf(remote: Endpoint): string {
    return this.#parts.ids.make({ socket: this.number, remote });
  }

  send(bytes: Uint8Array, { address, port }: Endpoint): boolean {
    if (!this.#open || bytes.length > largest || this.#socket.getSendQueueSize() > this.#parts.outbound) return false;
    this.#socket.send(bytes, port, address);
    return true;
  }

  close(): Promise<void> {
    if (!this.#open) return Promise.resolve();
    this.#open = false;
    return new Promise((resolve) => this.#socket.close(resolve));
  }

  /** What is no SIP is dropped: keep-alives of phones, noise, and STUN unless somebody wants it (RFC 5626 §8). */
  #take(bytes: Buffer, { address, port }: RemoteInfo): void {
    // Nobody can be answered at port 0.
    if (!this.#open || port === 0) return;
    const flow = new UdpFlow(this, { address, port });
    if (isStun(bytes)) {
      this.#parts.stun(bytes, flow);
      return;
    }
    const message = readDatagram(bytes);
    if (message !== undefined) this.#parts.receive(message, flow, bytes.length);
  }
}

/** The first two bits are zero, the cookie stands where it must (RFC 8489 §5); no method of SIP begins so. */
const isStun = (bytes: Buffer): boolean =>
  bytes.length >= 20 && (bytes[0] ?? 0) < 0x40 && bytes.readUInt32BE(4) === 0x2112a442;

/** Bursts wait in the kernel; some refuse more than they want to give. */
const enlarge = (socket: Socket): void => {
  try {
    socket.setRecvBufferSize(kernelBuffer);
    socket.setSendBufferSize(kernelBuffer);
  } catch {
    // What there is must do.
  }
};

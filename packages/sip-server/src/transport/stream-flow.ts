// SIP over TCP and TLS: a stream cut into messages by Content-Length, what is written in one turn in one write (RFC 3261 §18.3).
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { plainAddress } from '@parlance/base/addresses';
import { FrameError, Framer } from '@parlance/sip/framer';
import { ConnectionFlow, type FlowParts } from './connection-flow.ts';
import { provedNames } from './identities.ts';

/** Milliseconds of silence after which the kernel asks whether the peer is there; it is given up ten seconds later. */
const keepAlive = 35_000;

export class StreamFlow extends ConnectionFlow {
  readonly #socket: Socket;
  readonly #framer: Framer;

  /** `socket` is connected, and a TLS socket has shaken hands. */
  constructor(socket: Socket, ours: boolean, parts: FlowParts) {
    const secure = socket instanceof TLSSocket;
    super(
      {
        transport: secure ? 'TLS' : 'TCP',
        local: { address: plainAddress(socket.localAddress ?? ''), port: socket.localPort ?? 0 },
        remote: { address: plainAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 },
        ours,
        names: secure ? provedNames(socket) : [],
      },
      parts,
    );
    this.#socket = socket;
    this.#framer = new Framer(this, this.bounds);
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAlive);
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    // A broken connection is a closed one: 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', () => this.gone());
  }

  protected get waiting(): number {
    return this.#socket.writableLength;
  }

  protected write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  protected hold(): void {
    this.#socket.cork();
  }

  protected release(): void {
    this.#socket.uncork();
  }

  protected finish(): void {
    this.#socket.end();
  }

  protected abort(): void {
    this.#socket.destroy();
  }

  #read(bytes: Uint8Array): void {
    if (!this.open) return;
    this.stirred();
    try {
      this.#framer.push(bytes);
      if (this.#framer.held > this.bounds.whole) throw new FrameError(513, 'Message Too Large');
    } catch (error) {
      this.broken(error);
    }
  }
}

// A TCP or TLS socket as a Connection: writes of one turn leave together, STARTTLS swaps the socket in place (RFC 6120 §5).
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { Endpoint } from '@parlance/core/session';
import type { ChannelBindings, Connection, ConnectionOwner } from '../connection.ts';

/** What TLS needs of its surroundings: the certificate in force when a handshake begins. */
export interface TlsPort {
  /** The context for a server name, asked once a handshake; stays with that connection. */
  context(serverName: string | undefined): SecureContext;
  /** The tls-server-end-point hash of the certificate in that context (RFC 5929 §4). */
  endPointHash(context: SecureContext): Uint8Array | undefined;
}

const isLoopback = (address: string): boolean =>
  address === '::1' || address.startsWith('127.') || address.startsWith('::ffff:127.');

export class SocketConnection implements Connection {
  readonly remote: Endpoint;
  transport: 'tcp' | 'tls';
  #socket: Socket;
  #owner: ConnectionOwner | undefined;
  #queued = '';
  #ended = false;
  #secure: SecureContext | undefined;
  #tls: TlsPort | undefined;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.transport = socket instanceof TLSSocket ? 'tls' : 'tcp';
    this.remote = { address: socket.remoteAddress ?? '', port: socket.remotePort ?? 0 };
    socket.setNoDelay(true);
  }

  /** Begins to read; the owner gets everything from now on. */
  start(owner: ConnectionOwner): void {
    this.#owner = owner;
    this.#listen(this.#socket);
  }

  get encrypted(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  get securePath(): boolean {
    return this.encrypted || isLoopback(this.remote.address);
  }

  get backlog(): number {
    return this.#queued.length + this.#socket.writableLength;
  }

  bindings(): ChannelBindings {
    if (!(this.#socket instanceof TLSSocket)) return {};
    const endPoint = this.#secure === undefined ? undefined : this.#tls?.endPointHash(this.#secure);
    const exporter =
      this.#socket.getProtocol() === 'TLSv1.3'
        ? this.#socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0))
        : undefined;
    return {
      ...(endPoint === undefined ? {} : { tlsServerEndPoint: endPoint }),
      ...(exporter === undefined ? {} : { tlsExporter: exporter }),
    };
  }

  write(text: string): void {
    if (this.#ended) return;
    if (this.#queued === '') setImmediate(() => this.#flush());
    this.#queued += text;
  }

  pauseReading(paused: boolean): void {
    if (paused) this.#socket.pause();
    else this.#socket.resume();
  }

  /** Remembers which certificate a direct-TLS handshake used. */
  securedBy(tls: TlsPort, context: SecureContext): void {
    this.#tls = tls;
    this.#secure = context;
  }

  /** Upgrades to TLS after `<proceed/>` has been queued (RFC 6120 §5.4.2.3). */
  upgrade(tls: TlsPort, alpn: readonly string[]): void {
    this.#flush();
    const plain = this.#socket;
    for (const event of ['data', 'drain', 'end', 'close']) plain.removeAllListeners(event);
    const fallback = tls.context(undefined);
    this.securedBy(tls, fallback);
    const secured = new TLSSocket(plain, {
      isServer: true,
      secureContext: fallback,
      ALPNProtocols: [...alpn],
      SNICallback: (name, done) => {
        const context = tls.context(name);
        this.securedBy(tls, context);
        done(null, context);
      },
    });
    this.#socket = secured;
    this.transport = 'tls';
    this.#listen(secured);
  }

  end(): void {
    this.#flush();
    this.#ended = true;
    this.#socket.end();
  }

  destroy(): void {
    this.#ended = true;
    this.#socket.destroy();
  }

  #flush(): void {
    if (this.#queued === '') return;
    const text = this.#queued;
    this.#queued = '';
    this.#socket.write(text, 'utf8');
  }

  #listen(socket: Socket): void {
    let clean = false;
    socket.on('data', (bytes: Buffer) => this.#owner?.received(bytes));
    socket.on('drain', () => this.#owner?.drained());
    socket.on('end', () => {
      clean = true;
    });
    socket.on('error', () => {
      clean = false;
    });
    socket.on('close', () => {
      this.#ended = true;
      this.#owner?.closed(clean);
    });
  }
}

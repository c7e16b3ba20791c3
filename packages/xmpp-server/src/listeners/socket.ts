// A TCP or TLS socket as a Connection: bytes scanned, writes of one turn together, STARTTLS in place (RFC 6120 §4, §5; XEP-0368).
import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import { isLoopback, plainAddress } from '@parlance/base/addresses';
import type { Turn } from '@parlance/base/turn';
import type { Endpoint } from '@parlance/core/session';
import type { Element } from '@parlance/xml/element';
import type { Limits } from '@parlance/xml/limits';
import { XmlScanner } from '@parlance/xml/scanner';
import type { ChannelBindings, Connection, ConnectionOwner } from '../connection.ts';
import { readCost } from '../pace.ts';
import type { Liveness, Watched } from './liveness.ts';

/** What TLS needs of its surroundings: the certificate in force when a handshake begins. */
export interface TlsPort {
  /**
   * The context for a server name, asked once a handshake; stays with that connection. It allows TLS 1.2 and later, and
   * no renegotiation (SECURITY-CHECKLIST 9).
   */
  context(serverName: string | undefined): SecureContext;
  /** The tls-server-end-point hash of the certificate in that context (RFC 5929 §4). */
  endPointHash(context: SecureContext): Uint8Array | undefined;
}

/**
 * Milliseconds of silence after which the kernel asks whether the peer is there; ten unanswered questions, a second
 * apart, end the connection. A pulled cable is thus noticed within 45 seconds at no cost to either side's XMPP, unless
 * something is on its way: then `Liveness` notices.
 */
const keepAlive = 35_000;

/** Bytes that are scanned at a time: of what is behind a pause, so much is looked at in vain. */
const portion = 8_192;

/** What an element costs besides its bytes wherever it stands, in bytes. */
const markupCost = 64;

/** What all sockets of a process share. */
export interface SocketParts {
  readonly turn: Turn;
  readonly liveness: Liveness;
}

export class SocketConnection implements Connection, Watched {
  readonly remote: Endpoint;
  #socket: Socket;
  readonly #parts: SocketParts;
  /** Something came since the last look, and something was written after it. */
  #heard = false;
  #awaiting = false;
  readonly #scanner: XmlScanner;
  #owner: ConnectionOwner | undefined;
  #queued = '';
  #received = 0;
  #ended = false;
  #held = false;
  /** Bytes behind the element at which reading was stopped. */
  #rest: Uint8Array | undefined;
  #tls: TlsPort | undefined;
  #secure: SecureContext | undefined;
  /** Until the handshake is done. */
  #handshaking = false;

  /** `limits` hold until the first restart. */
  constructor(socket: Socket, parts: SocketParts, limits: Limits) {
    this.#socket = socket;
    this.#parts = parts;
    this.#scanner = new XmlScanner(this, limits);
    this.remote = { address: plainAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
    socket.setNoDelay(true);
    socket.setKeepAlive(true, keepAlive);
  }

  /** Begins to read; the owner gets everything from now on. */
  start(owner: ConnectionOwner): void {
    this.#owner = owner;
    this.#parts.liveness.add(this);
    this.#listen(this.#socket);
  }

  /** Whoever is not being read cannot be heard. */
  takeHeard(): boolean {
    const heard = this.#heard || this.#held;
    this.#heard = false;
    return heard;
  }

  get awaiting(): boolean {
    return this.#awaiting;
  }

  doubt(): void {
    this.#owner?.doubted();
  }

  get encrypted(): boolean {
    return this.#tls !== undefined;
  }

  get transport(): 'tcp' | 'tls' {
    return this.encrypted ? 'tls' : 'tcp';
  }

  get securePath(): boolean {
    return this.encrypted || isLoopback(this.remote.address);
  }

  get backlog(): number {
    return this.#queued.length + this.#socket.writableLength;
  }

  get received(): number {
    return this.#received + markupCost * this.#scanner.opened;
  }

  /** RFC 5929 §4, and RFC 9266 §4.2: the exporter only from TLS 1.3 on. */
  bindings(): ChannelBindings {
    if (!(this.#socket instanceof TLSSocket) || this.#handshaking) return {};
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
    if (this.#queued === '') this.#parts.turn.add(this);
    this.#queued += text;
  }

  pauseReading(paused: boolean): void {
    this.#held = paused;
    if (paused) {
      this.#scanner.pause();
      this.#socket.pause();
      return;
    }
    const rest = this.#rest;
    this.#rest = undefined;
    if (rest !== undefined) this.#read(rest);
    if (!this.#held) this.#socket.resume();
  }

  restart(limits: Limits): void {
    this.#scanner.pause();
    this.#scanner.reset();
    this.#scanner.limits = limits;
  }

  /**
   * Goes on over TLS, at once (XEP-0368) or after `<proceed/>` has been queued (RFC 6120 §5.4.2.3). Bytes that came in
   * the clear behind the request end the connection: they may be somebody else's (RFC 6120 §5.4.3.3, checklist 8).
   */
  upgrade(tls: TlsPort, alpn: readonly string[]): void {
    this.flush();
    const plain = this.#socket;
    this.#scanner.pause();
    if (this.#rest !== undefined || plain.readableLength > 0) {
      this.destroy();
      return;
    }
    plain.removeAllListeners('data');
    this.#tls = tls;
    this.#secure = tls.context(undefined);
    const secured = new TLSSocket(plain, {
      isServer: true,
      secureContext: this.#secure,
      ALPNProtocols: [...alpn],
      SNICallback: (name, done) => {
        this.#secure = tls.context(name);
        done(null, this.#secure);
      },
    });
    this.#handshaking = true;
    secured.once('secure', () => {
      this.#handshaking = false;
    });
    this.#socket = secured;
    if (this.#owner !== undefined) this.#listen(secured);
  }

  end(): void {
    if (this.#ended) return;
    this.flush();
    this.#ended = true;
    this.#scanner.pause();
    this.#rest = undefined;
    if (this.#handshaking) this.#socket.destroy();
    else this.#socket.end();
    this.#socket.resume();
  }

  destroy(): void {
    this.#ended = true;
    this.#scanner.pause();
    this.#socket.destroy();
  }

  /** Writes what was queued in this turn. */
  flush(): void {
    if (this.#queued === '') return;
    const text = this.#queued;
    this.#queued = '';
    if (this.#ended) return;
    this.#awaiting = true;
    this.#socket.write(text, 'utf8');
  }

  open(root: Element): void {
    this.#owner?.opened(root);
  }

  element(element: Element): void {
    this.#owner?.element(element);
  }

  close(): void {
    this.#owner?.ended();
  }

  #listen(socket: Socket): void {
    socket.on('data', (bytes: Buffer) => {
      this.#received += readCost;
      this.#read(bytes);
    });
    socket.on('drain', () => this.#owner?.drained());
    // A broken connection is a closed one: 'close' follows.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (socket !== this.#socket) return;
      this.#ended = true;
      this.#parts.liveness.remove(this);
      this.#owner?.closed();
    });
  }

  /** Scans until the bytes end, reading is held, or the socket they came from is no longer ours to read. */
  #read(bytes: Uint8Array): void {
    this.#heard = true;
    this.#awaiting = false;
    const socket = this.#socket;
    let rest = bytes;
    try {
      while (rest.length > 0 && !this.#held && !this.#ended && this.#socket === socket) {
        const used = this.#scanner.write(rest.subarray(0, portion));
        this.#received += used;
        rest = rest.subarray(used);
        if (this.#socket === socket) this.#owner?.heard();
      }
    } catch (error) {
      this.#owner?.broken(error);
      return;
    }
    if (rest.length === 0 || this.#ended) return;
    if (this.#socket === socket) this.#rest = rest;
    else this.destroy();
  }
}

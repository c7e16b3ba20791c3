// A connection over a Node socket, plain or TLS, with the upgrade from one to the other (RFC 6120 §5.4.3.3).
import { createHash } from 'node:crypto';
import type { Socket } from 'node:net';
import { connect, TLSSocket } from 'node:tls';
import type { ChannelBindings, Connection, ConnectionOwner } from '../transport.ts';
import { certificateHash } from './certificate-hash.ts';
import { type TlsTrust, tlsOptions } from './tls-trust.ts';

/** `socket` is connected (a TLSSocket: authenticated) and belongs to this connection from now on. */
export class SocketConnection implements Connection {
  #socket: Socket;
  readonly #owner: ConnectionOwner;
  readonly #domain: string;
  readonly #trust: TlsTrust;
  #corked = false;
  #closed = false;

  constructor(socket: Socket, owner: ConnectionOwner, domain: string, trust: TlsTrust) {
    this.#socket = socket;
    this.#owner = owner;
    this.#domain = domain;
    this.#trust = trust;
    socket.setNoDelay(true);
    this.#listen(socket);
  }

  get secure(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  write(text: string): void {
    if (!this.#corked) {
      this.#corked = true;
      this.#socket.cork();
      process.nextTick(() => {
        this.#corked = false;
        this.#socket.uncork();
      });
    }
    this.#socket.write(text);
  }

  async startTls(): Promise<void> {
    const plain = this.#socket;
    plain.removeAllListeners('data');
    plain.removeAllListeners('close');
    plain.removeAllListeners('error');
    const secure = connect({ ...tlsOptions(this.#domain, this.#trust), socket: plain });
    await handshake(secure);
    this.#socket = secure;
    this.#listen(secure);
  }

  channelBindings(): ChannelBindings {
    return this.#socket instanceof TLSSocket && this.#trust.bind !== false ? bindingsOf(this.#socket) : new Map();
  }

  /** A server that does not close its side is not waited for. */
  end(): void {
    this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  #listen(socket: Socket): void {
    let failure: Error | undefined;
    socket.on('data', (bytes: Buffer) => this.#owner.received(bytes));
    socket.on('error', (error) => {
      failure = error;
    });
    socket.on('close', () => {
      if (this.#closed) return;
      this.#closed = true;
      this.#owner.closed(failure);
    });
  }
}

/** Resolves when the handshake is done and the peer's certificate is believed. Rejects and destroys otherwise. */
const handshake = (socket: TLSSocket): Promise<void> =>
  new Promise((resolve, reject) => {
    const failed = (error: Error): void => {
      socket.destroy();
      reject(error);
    };
    const ended = (): void => failed(new Error('the server closed the connection during the TLS handshake'));
    socket.once('error', failed);
    socket.once('close', ended);
    socket.once('secureConnect', () => {
      socket.off('close', ended);
      resolve();
    });
  });

const bindingsOf = (socket: TLSSocket): ChannelBindings => {
  const bindings = new Map<'tls-exporter' | 'tls-server-end-point', Uint8Array>();
  // RFC 9266 §4.2: only from TLS 1.3 on is the exporter unique without further conditions.
  if (socket.getProtocol() === 'TLSv1.3') {
    bindings.set('tls-exporter', socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)));
  }
  const certificate = socket.getPeerCertificate().raw;
  const hash = certificate && certificateHash(certificate);
  if (hash !== undefined) bindings.set('tls-server-end-point', createHash(hash).update(certificate).digest());
  return bindings;
};

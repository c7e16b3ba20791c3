// The load generator's client: as little of XMPP as a fair measurement needs (RFC 6120, XEP-0198), the same for every subject.
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Element } from '@parlance/xml/element';
import { storedLimits } from '@parlance/xml/limits';
import { XmlScanner } from '@parlance/xml/scanner';
import { namespaces } from '@parlance/xmpp/namespaces';

export interface Target {
  readonly port: number;
  readonly domain: string;
  /** TLS before the stream opens. */
  readonly directTls?: boolean;
}

/** Every certificate here is the subject's own, made for this run on this machine. */
const unverified = { rejectUnauthorized: false };

export class LoadConnection {
  /** Called for every stanza once the negotiation is over. */
  onStanza: (stanza: Element) => void = () => undefined;
  /** Called with the server's count of our stanzas. */
  onAcknowledged: (h: number) => void = () => undefined;
  readonly #socket: Socket;
  readonly #domain: string;
  readonly #scanner: XmlScanner;
  readonly #waiting: Element[] = [];
  #reader: ((element: Element) => void) | undefined;
  #failed: (error: Error) => void = () => undefined;
  #live = false;
  #handled = 0;
  #queued = '';

  private constructor(socket: Socket, domain: string) {
    this.#socket = socket;
    this.#domain = domain;
    const nothing = (): void => undefined;
    this.#scanner = new XmlScanner({ open: nothing, element: (e) => this.#arrived(e), close: nothing }, storedLimits);
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('error', (error) => this.#failed(error));
    socket.on('close', () => this.#failed(new Error('the server closed the connection')));
  }

  static open({ port, domain, directTls = false }: Target): Promise<LoadConnection> {
    return new Promise((resolve, reject) => {
      const options = { host: '127.0.0.1', port };
      const socket = directTls
        ? connectTls({ ...options, ...unverified, servername: domain, ALPNProtocols: ['xmpp-client'] })
        : connectTcp(options);
      socket.once('error', reject);
      socket.once(directTls ? 'secureConnect' : 'connect', () => {
        socket.off('error', reject);
        resolve(new LoadConnection(socket, domain));
      });
    });
  }

  /** A stream header; resolves with the features (RFC 6120 §4.3). */
  header(): Promise<Element> {
    this.#scanner.reset();
    this.#socket.write(
      `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='${namespaces.stream}' to='${this.#domain}' version='1.0'>`,
    );
    return this.next();
  }

  /** The next first-level element of the negotiation. */
  next(): Promise<Element> {
    const element = this.#waiting.shift();
    if (element !== undefined) return Promise.resolve(element);
    return new Promise((resolve, reject) => {
      this.#reader = resolve;
      this.#failed = reject;
    });
  }

  ask(text: string): Promise<Element> {
    this.#socket.write(text);
    return this.next();
  }

  /** The negotiation is over: stanzas go to `onStanza`, acknowledgements are answered. `failed` hears of a broken connection. */
  live(failed: (error: Error) => void): void {
    this.#live = true;
    this.#failed = failed;
    for (const element of this.#waiting.splice(0)) this.#arrived(element);
  }

  /** Queues text; what is queued in one turn leaves in one write. */
  send(text: string): void {
    if (this.#queued === '') setImmediate(() => this.#flush());
    this.#queued += text;
  }

  /** Drops the connection. */
  end(): void {
    this.#failed = () => undefined;
    this.#socket.destroy();
  }

  /** Closes the stream properly (RFC 6120 §4.4). */
  goodbye(): void {
    this.#failed = () => undefined;
    this.#socket.end('</stream:stream>');
  }

  #flush(): void {
    const text = this.#queued;
    this.#queued = '';
    this.#socket.write(text);
  }

  #read(bytes: Uint8Array): void {
    let used = this.#scanner.write(bytes);
    while (used < bytes.length) used += this.#scanner.write(bytes.subarray(used));
  }

  #arrived(element: Element): void {
    if (!this.#live) {
      const reader = this.#reader;
      this.#reader = undefined;
      if (reader === undefined) this.#waiting.push(element);
      else reader(element);
    } else if (element.ns === namespaces.sm) this.#management(element);
    else if (element.name === 'error')
      this.#failed(new Error(`the server says ${element.elements()[0]?.name ?? 'error'}`));
    else {
      this.#handled++;
      this.onStanza(element);
    }
  }

  #management(element: Element): void {
    if (element.name === 'r') this.send(`<a xmlns='${namespaces.sm}' h='${this.#handled}'/>`);
    else if (element.name === 'a') this.onAcknowledged(Number(element.attr('h')));
  }
}

// A wire to the server that says exactly what an attacker wants, one for each listener: TCP, direct TLS, WebSocket, BOSH.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { House } from '../house.ts';

/** Milliseconds to wait for something expected. */
const patience = 5_000;

/** Everything that came, and waiting for what is to come. */
class Heard {
  text = '';
  closed = false;
  #wake: () => void = () => undefined;

  add(text: string): void {
    this.text += text;
    this.#wake();
  }

  close(): void {
    this.closed = true;
    this.#wake();
  }

  async until(done: () => boolean, what: string): Promise<void> {
    const end = performance.now() + patience;
    while (!done()) {
      const left = end - performance.now();
      if (left <= 0) throw new Error(`${what} did not come; heard: ${this.text.slice(-2_000)}`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }
}

export type WireName = 'tcp' | 'tls' | 'websocket' | 'bosh';

export const wireNames: readonly WireName[] = ['tcp', 'tls', 'websocket', 'bosh'];

/** One connection, or one session of BOSH. */
export abstract class Wire {
  protected readonly heard = new Heard();

  /** Sends a stream header for a domain, first or again. */
  abstract header(to: string): void;

  /** Sends first-level XML, or whatever else there is inside a stream. */
  abstract say(xml: string | Uint8Array): void;

  abstract destroy(): void;

  /** The server has closed it. */
  get closed(): boolean {
    return this.heard.closed;
  }

  /** What was heard and not taken yet. */
  get rest(): string {
    return this.heard.text;
  }

  /** Everything up to and with the first match, which is then forgotten. */
  async hears(what: RegExp): Promise<string> {
    const { heard } = this;
    await heard.until(() => what.test(heard.text) || heard.closed, String(what));
    const found = what.exec(heard.text);
    if (found === null) throw new Error(`closed, and ${String(what)} was not in: ${heard.text}`);
    const end = found.index + found[0].length;
    const text = heard.text.slice(0, end);
    heard.text = heard.text.slice(end);
    return text;
  }

  /** What was heard until the server closed the connection. */
  async end(): Promise<string> {
    await this.heard.until(() => this.heard.closed, 'the end');
    return this.heard.text;
  }
}

export const streamHeader = (to: string): string =>
  `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='${to}' version='1.0'>`;

/** TCP and TLS. */
export class SocketWire extends Wire {
  readonly socket: Socket;

  constructor(socket: Socket) {
    super();
    this.socket = socket;
    socket.on('data', (bytes: Buffer) => this.heard.add(bytes.toString()));
    socket.on('error', () => undefined);
    socket.on('close', () => this.heard.close());
  }

  header(to: string): void {
    this.say(streamHeader(to));
  }

  say(xml: string | Uint8Array): void {
    this.socket.write(xml);
  }

  destroy(): void {
    this.socket.destroy();
  }
}

/** A masked frame of a client (RFC 6455 §5.2). */
export const frame = (opcode: number, content: string | Uint8Array, last = true): Buffer => {
  const payload = Buffer.from(content);
  const mask = randomBytes(4);
  const { length } = payload;
  const head = Buffer.alloc(length < 126 ? 2 : length < 65_536 ? 4 : 10);
  head[0] = (last ? 0x80 : 0) | opcode;
  head[1] = 0x80 | (length < 126 ? length : length < 65_536 ? 126 : 127);
  if (head.length === 4) head.writeUInt16BE(length, 2);
  else if (head.length === 10) head.writeBigUInt64BE(BigInt(length), 2);
  for (let at = 0; at < length; at++) payload[at] = (payload[at] ?? 0) ^ (mask[at % 4] ?? 0);
  return Buffer.concat([head, mask, payload]);
};

/** Frames of the server are unmasked; `undefined` while the first is not complete. */
const readFrame = (
  bytes: Buffer,
): { readonly opcode: number; readonly payload: Buffer; readonly size: number } | undefined => {
  const short = (bytes[1] ?? 0) & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (bytes.length < head) return undefined;
  const length = head === 2 ? short : head === 4 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  const size = head + length;
  return bytes.length < size ? undefined : { opcode: (bytes[0] ?? 0) & 0xf, payload: bytes.subarray(head, size), size };
};

export class WebSocketWire extends Wire {
  readonly socket: Socket;
  #bytes = Buffer.alloc(0);
  #upgraded = false;

  constructor(socket: Socket) {
    super();
    this.socket = socket;
    socket.write(
      'GET /xmpp-websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
        'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: xmpp\r\n\r\n',
    );
    socket.on('data', (bytes: Buffer) => this.#read(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => this.heard.close());
  }

  header(to: string): void {
    this.say(`<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='${to}' version='1.0'/>`);
  }

  say(xml: string | Uint8Array): void {
    this.socket.write(frame(1, xml));
  }

  destroy(): void {
    this.socket.destroy();
  }

  #read(bytes: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (!this.#upgraded) {
      const end = this.#bytes.indexOf('\r\n\r\n');
      if (end === -1) return;
      this.#upgraded = true;
      this.#bytes = this.#bytes.subarray(end + 4);
    }
    for (let next = readFrame(this.#bytes); next !== undefined; next = readFrame(this.#bytes)) {
      this.#bytes = this.#bytes.subarray(next.size);
      if (next.opcode === 1) this.heard.add(next.payload.toString());
      else if (next.opcode === 8) this.socket.end();
      else if (next.opcode === 9) this.socket.write(frame(10, next.payload));
    }
  }
}

const bodyNamespaces = "xmlns='http://jabber.org/protocol/httpbind' xmlns:xmpp='urn:xmpp:xbosh'";

const goodbye = "type='terminate'";

class BoshWire extends Wire {
  readonly #port: number;
  readonly #agent = new Agent({ keepAlive: true });
  sid = '';
  #rid = 1_000;
  #queue: Promise<void> = Promise.resolve();

  constructor(port: number) {
    super();
    this.#port = port;
  }

  header(to: string): void {
    const restart = `xmpp:restart='true' xmlns:stream='http://etherx.jabber.org/streams'`;
    const create = `wait='1' hold='1' content='text/xml' ver='1.6' xmpp:version='1.0'`;
    this.#queue = this.#queue.then(() => this.post('', `to='${to}' ${this.sid === '' ? create : restart}`));
  }

  say(xml: string | Uint8Array): void {
    const bytes = Buffer.from(xml);
    this.#queue = this.#queue.then(() => this.post(bytes));
  }

  /** One request, whatever the turn of the others. */
  async post(content: string | Uint8Array, attributes = ''): Promise<void> {
    if (this.closed && attributes !== goodbye) return;
    const sid = this.sid === '' ? '' : `sid='${this.sid}' `;
    const head = `<body ${bodyNamespaces} ${sid}rid='${++this.#rid}' ${attributes}`;
    const body = Buffer.concat([Buffer.from(`${head}>`), Buffer.from(content), Buffer.from('</body>')]);
    const answer = await this.raw(body);
    this.sid ||= /\ssid='([^']+)'/.exec(answer)?.[1] ?? '';
    this.heard.add(answer);
    if (!answer.startsWith('HTTP 200')) this.#rid--;
    if (answer.includes("type='terminate'") || !answer.startsWith('HTTP 200')) this.heard.close();
  }

  async raw(body: Uint8Array): Promise<string> {
    const sent = request({
      port: this.#port,
      host: '127.0.0.1',
      path: '/http-bind',
      method: 'POST',
      agent: this.#agent,
      headers: { 'content-type': 'text/xml' },
    });
    sent.end(body);
    try {
      const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
      let text = `HTTP ${response.statusCode ?? 0} `;
      for await (const piece of response) text += String(piece);
      return text;
    } catch {
      return 'HTTP 0 ';
    }
  }

  /** A session is not its connections: the server has to be told. */
  destroy(): void {
    this.#queue = this.#queue.then(() => this.post('', goodbye)).then(() => this.#agent.destroy());
  }
}

/** Connects to one of the house's listeners. */
export const wireTo = async (house: House, name: WireName): Promise<Wire> => {
  if (name === 'bosh') return new BoshWire(house.port('http'));
  if (name === 'tls') {
    const socket = connectTls({
      port: house.port('c2sTls'),
      host: '127.0.0.1',
      rejectUnauthorized: false,
      ALPNProtocols: ['xmpp-client'],
    });
    await once(socket, 'secureConnect');
    return new SocketWire(socket);
  }
  const socket = connect(house.port(name === 'tcp' ? 'c2s' : 'http'), '127.0.0.1');
  await once(socket, 'connect');
  return name === 'tcp' ? new SocketWire(socket) : new WebSocketWire(socket);
};

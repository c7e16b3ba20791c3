// One stream over one connection: elements out, elements in. Read one by one while negotiating, handed over afterwards.
import type { Element } from '@parlance/xml/element';
import { XmlError } from '@parlance/xml/error';
import { namespaces } from '@parlance/xmpp/namespaces';
import { streamErrorElement } from '@parlance/xmpp/stream-error';
import { ConnectionLost, ProtocolError, StreamError } from '../errors.ts';
import type { ChannelBindings, Connection, ConnectionOwner, Transport } from '../transport.ts';
import type { Framing, StreamHeader } from './framing.ts';
import { websocketFrames } from './websocket-frames.ts';
import { xmlStream } from './xml-stream.ts';

/** Who takes the elements of an established stream, in order. Nothing comes after `closed`. */
export interface ChannelOwner {
  element(element: Element): void;
  /** The stream is over: by a stream error, a broken connection, or properly (undefined). */
  closed(error: Error | undefined): void;
}

/** Elements that may wait to be read before a server is cut off: what one read of a resumed stream can bring. */
const waitingLimit = 10_000;

export class Channel {
  readonly #transport: Transport;
  readonly #framing: Framing;
  #connection: Connection | undefined;
  #owner: ChannelOwner | undefined;
  #waiting: Element[] = [];
  #reader: { resolve: (element: Element) => void; reject: (error: Error) => void } | undefined;
  #over: { error: Error | undefined } | undefined;
  /** An XML element that says "TLS begins after this". */
  #upgrading = false;
  /** The connection closes when everything has been written. */
  #ending = false;

  constructor(transport: Transport) {
    this.#transport = transport;
    const handler = {
      opened: (header: Element) => this.#arrived(header),
      element: (element: Element) => this.#element(element),
      closed: (elsewhere?: string) => this.#closedByPeer(elsewhere),
    };
    this.#framing = transport.framing === 'stream' ? xmlStream(handler) : websocketFrames(handler);
  }

  get transport(): Transport {
    return this.#transport;
  }

  get secure(): boolean {
    return this.#connection?.secure ?? false;
  }

  get over(): boolean {
    return this.#over !== undefined;
  }

  channelBindings(): ChannelBindings {
    return this.#connection?.channelBindings() ?? new Map();
  }

  /** Connects. Rejects when the server cannot be reached. */
  async connect(signal: AbortSignal): Promise<void> {
    const owner: ConnectionOwner = {
      received: (data) => this.#received(data),
      closed: (error) => this.#finish(new ConnectionLost(undefined, error ? { cause: error } : undefined)),
    };
    this.#connection = await this.#transport.open(owner, signal);
    if (signal.aborted) this.destroy(new ConnectionLost('given up while connecting'));
  }

  /** Sends a stream header and returns the server's (RFC 6120 §4.2, §4.3.3). */
  open(header: StreamHeader): Promise<Element> {
    this.#waiting = [];
    this.#connection?.write(this.#framing.open(header));
    return this.next();
  }

  send(element: Element): void {
    if (this.#over === undefined) this.#connection?.write(this.#framing.encode(element));
  }

  /** The next element of the server. Rejects with what ended the stream. One reader at a time. */
  next(): Promise<Element> {
    const element = this.#waiting.shift();
    if (element !== undefined) return Promise.resolve(element);
    if (this.#over !== undefined) return Promise.reject(this.#over.error ?? new ConnectionLost());
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  /** TLS over the connection, asked for by `request` and granted by the element `granted` of the same namespace. */
  async startTls(request: Element, granted: string): Promise<void> {
    this.#upgrading = true;
    this.send(request);
    const answer = await this.next();
    if (answer.ns !== request.ns || answer.name !== granted) throw new ProtocolError('the server refuses to start TLS');
    await this.#connection?.startTls();
    this.#upgrading = false;
  }

  /** The server has proven who it is: larger stanzas are read from now on. */
  trust(): void {
    this.#framing.trust();
  }

  /** Hands the stream over: elements that wait, then those that come. */
  attach(owner: ChannelOwner): void {
    this.#owner = owner;
    for (const element of this.#waiting.splice(0)) owner.element(element);
    if (this.#over !== undefined) owner.closed(this.#over.error);
  }

  /** Says goodbye (RFC 6120 §4.4); the server answers in kind and the channel closes. */
  close(): void {
    if (this.#over === undefined) this.#connection?.write(this.#framing.close);
  }

  /** Sends a stream error (RFC 6120 §4.9.1.1) and closes. */
  fail(condition: Element, error: Error): void {
    this.send(condition);
    this.close();
    this.#end();
    this.#finish(error);
  }

  /** Drops the connection without a word: a resumable session stays resumable (XEP-0198 §7). */
  destroy(error?: Error): void {
    this.#finish(error);
    if (!this.#ending) this.#connection?.destroy();
  }

  #received(data: Uint8Array | string): void {
    if (this.#over !== undefined) return;
    try {
      this.#framing.received(data);
    } catch (error) {
      this.#broken(error);
    }
  }

  /** Tells the server what is wrong with its stream (RFC 6120 §4.9), but for one that may be somebody else's (§5.4.3.3). */
  #broken(error: unknown): void {
    if (error instanceof XmlError && !this.#upgrading) this.fail(streamErrorElement(error.condition), error);
    else if (error instanceof ProtocolError && !this.#upgrading)
      this.fail(streamErrorElement('undefined-condition'), error);
    else this.destroy(error instanceof Error ? error : new ProtocolError(String(error)));
  }

  /** What has been written still goes out. */
  #end(): void {
    this.#ending = true;
    this.#connection?.end();
  }

  #element(element: Element): boolean {
    if (element.ns === namespaces.stream && element.name === 'error') {
      this.#finish(streamError(element));
      this.#end();
      return false;
    }
    this.#arrived(element);
    return this.#upgrading;
  }

  #arrived(element: Element): void {
    if (this.#over !== undefined) return;
    if (this.#owner !== undefined) {
      this.#owner.element(element);
      return;
    }
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader !== undefined) reader.resolve(element);
    else if (this.#waiting.push(element) > waitingLimit) throw new ProtocolError('the server floods the negotiation');
  }

  #closedByPeer(elsewhere: string | undefined): void {
    if (this.#over === undefined) this.#connection?.write(this.#framing.close);
    this.#finish(elsewhere === undefined ? undefined : new StreamError('see-other-host', undefined, elsewhere));
    this.#end();
  }

  #finish(error: Error | undefined): void {
    if (this.#over !== undefined) return;
    this.#over = { error };
    this.#reader?.reject(error ?? new ConnectionLost('the server closed the stream'));
    this.#reader = undefined;
    this.#owner?.closed(error);
  }
}

/** RFC 6120 §4.9.2: the defined condition, its content, and a text for people. */
const streamError = (element: Element): StreamError => {
  const condition = element.elements().find((child) => child.ns === namespaces.streamErrors && child.name !== 'text');
  const text = element.childText('text', namespaces.streamErrors);
  return new StreamError(condition?.name ?? 'undefined-condition', text, condition?.text().trim());
};

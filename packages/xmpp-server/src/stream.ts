// One client stream: header, features, negotiation, then stanzas; errors and the close handshake (RFC 6120 §4).
import type { Timer } from '@parlance/base/clock';
import { Lane } from '@parlance/base/lane';
import type { Account } from '@parlance/core/account';
import type { Endpoint } from '@parlance/core/session';
import type { Element } from '@parlance/xml/element';
import { XmlError } from '@parlance/xml/error';
import { XmlScanner } from '@parlance/xml/scanner';
import { escapeAttr, serialise } from '@parlance/xml/serialise';
import { parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import { type StreamCondition, StreamError, streamErrorElement } from '@parlance/xmpp/stream-error';
import type { Connection, ConnectionOwner } from './connection.ts';
import type { Negotiator } from './negotiation/negotiator.ts';
import type { StreamServices } from './services.ts';
import type { XmppSession } from './session/session.ts';
import type { Carrier } from './session/sessions.ts';

/** How a stream is framed: `<stream:stream>` on sockets, `<open/>` on WebSockets, bodies on BOSH. */
export interface Framing {
  /** The header that opens our half. */
  open(from: string, id: string, language: string | undefined): string;
  readonly close: string;
  features(features: Element): string;
  /** The element as first-level text of this framing. */
  element(element: Element): string;
}

/** Stanzas a session may have waiting in its lane before reading from its socket stops. */
const laneBudget = 64;

export class ClientStream implements ConnectionOwner, Carrier {
  readonly connection: Connection;
  readonly services: StreamServices;
  readonly framing: Framing;
  /** The local domain this stream is for; '' before the header. It may not change at a restart (checklist 22). */
  domain = '';
  language: string | undefined;
  account: Account | undefined;
  session: XmppSession | undefined;
  readonly #scanner: XmlScanner;
  readonly #lane: Lane;
  #negotiator: Negotiator | undefined;
  #deadline: Timer | undefined;
  #opened = false;
  #upgrading = false;
  #closed = false;

  constructor(connection: Connection, services: StreamServices, framing: Framing) {
    this.connection = connection;
    this.services = services;
    this.framing = framing;
    this.#scanner = new XmlScanner(
      { open: (root) => this.#open(root), element: (e) => this.#element(e), close: () => this.#peerClosed() },
      services.context.limits.before,
    );
    this.#lane = new Lane((error) => this.#fault(error));
    this.#negotiator = services.negotiator(this);
    this.#deadline = services.context.clock.after(services.context.limits.negotiation, () =>
      this.fail('connection-timeout'),
    );
  }

  get remote(): Endpoint {
    return this.connection.remote;
  }

  get backlog(): number {
    return this.connection.backlog;
  }

  received(bytes: Uint8Array): number {
    try {
      let used = this.#scanner.write(bytes);
      while (used < bytes.length && !this.#upgrading && !this.#closed)
        used += this.#scanner.write(bytes.subarray(used));
      if (used < bytes.length && this.#upgrading) this.connection.destroy();
      this.#upgrading = false;
      return bytes.length;
    } catch (error) {
      if (error instanceof XmlError) this.fail(error.condition);
      else if (error instanceof StreamError) this.fail(error.condition);
      else this.#fault(error);
      return bytes.length;
    }
  }

  closed(): void {
    this.#closed = true;
    this.#deadline?.cancel();
    const { session } = this;
    this.session = undefined;
    if (session !== undefined) this.services.sessions.lost(session, this);
  }

  drained(): void {
    this.session?.flush();
  }

  write(text: string): void {
    this.connection.write(text);
  }

  /** Writes a first-level element. */
  send(element: Element): void {
    this.connection.write(this.framing.element(element));
  }

  /** Writes the features; on sockets they carry the stream prefix (RFC 6120 §4.3.2). */
  sendFeatures(features: Element): void {
    this.connection.write(this.framing.features(features));
  }

  /** STARTTLS is possible: a plain socket with certificates behind it. */
  get canUpgrade(): boolean {
    return this.connection.transport === 'tcp' && this.services.upgrade !== undefined;
  }

  /** Goes on over TLS. Bytes that came behind the request in the clear end the connection (RFC 6120 §5.4.3.3, checklist 8). */
  upgrade(): void {
    this.#upgrading = true;
    this.restart(false);
    this.services.upgrade?.(this.connection);
  }

  /** Expects a new header from the peer (RFC 6120 §4.3.3): after TLS and after SASL. Bytes already read are handled after it. */
  restart(authenticated: boolean): void {
    this.#opened = false;
    this.#scanner.pause();
    this.#scanner.reset();
    if (authenticated) this.#scanner.limits = this.services.context.limits.after;
  }

  /** From now on first-level elements are the session's stanzas. */
  bound(session: XmppSession): void {
    this.session = session;
    this.#negotiator = undefined;
    this.#deadline?.cancel();
    this.#deadline = undefined;
  }

  /** Ends the stream with an error, opening our half first if it is not open yet (RFC 6120 §4.9.1.2). */
  fail(condition: StreamCondition, text?: string): void {
    if (this.#closed) return;
    if (!this.#opened) this.#header();
    this.send(streamErrorElement(condition, text));
    this.#shut();
  }

  close(condition?: StreamCondition): void {
    this.session = undefined;
    if (condition === undefined) this.#shut();
    else this.fail(condition);
  }

  #shut(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#deadline?.cancel();
    this.connection.write(this.framing.close);
    this.connection.end();
    const { session } = this;
    this.session = undefined;
    if (session !== undefined) this.services.sessions.end(session);
  }

  #open(root: Element): void {
    if (root.ns !== namespaces.stream || root.name !== 'stream') throw new StreamError('invalid-namespace');
    const to = parseJid(root.attr('to') ?? '')?.domain;
    if (root.attr('to') === undefined || to === undefined) throw new StreamError('host-unknown');
    if (!this.services.context.isLocal(to)) throw new StreamError('host-unknown');
    if (this.domain !== '' && to !== this.domain) throw new StreamError('not-authorized');
    this.domain = to;
    this.language = root.attr('xml:lang');
    this.#header();
    if (root.attr('version') === undefined) throw new StreamError('unsupported-version');
    this.#negotiator?.opened();
  }

  #header(): void {
    this.#opened = true;
    const { random } = this.services.context;
    this.connection.write(this.framing.open(this.domain, random.token(96), this.language));
  }

  #element(element: Element): void {
    if (this.#closed) return;
    const { session } = this;
    if (session === undefined) this.#lane.run(() => this.#negotiator?.element(element));
    else this.#lane.run(() => this.#stanza(session, element));
    this.#considerPause();
  }

  #stanza(session: XmppSession, element: Element): Promise<void> | undefined {
    if (this.session !== session) return undefined;
    if (element.ns !== namespaces.client) return this.services.nonza(session, element, this);
    if (element.name !== 'message' && element.name !== 'presence' && element.name !== 'iq')
      throw new StreamError('unsupported-stanza-type');
    const waiting = this.services.inbound.handle(session, element);
    if (waiting !== undefined) return waiting.then(() => session.count());
    session.count();
    return undefined;
  }

  /** A source whose work waits pauses only itself (DESIGN §2, back-pressure). */
  #considerPause(): void {
    if (this.#lane.length < laneBudget) return;
    this.connection.pauseReading(true);
    this.#lane.run(() => {
      this.connection.pauseReading(false);
      return undefined;
    });
  }

  #peerClosed(): void {
    this.#lane.run(() => {
      this.#shut();
      return undefined;
    });
  }

  #fault(error: unknown): void {
    if (error instanceof StreamError) {
      this.fail(error.condition);
      return;
    }
    this.services.context.log.error('stream fault', { error });
    this.fail('internal-server-error');
  }
}

/** An element of the streams namespace under its customary prefix. */
const prefixed = (element: Element): string => {
  const inner = element
    .elements()
    .map((child) => serialise(child, namespaces.client))
    .join('');
  return `<stream:${element.name}>${inner}</stream:${element.name}>`;
};

/** RFC 6120 §4.2: the framing of TCP and TLS streams. */
export const socketFraming: Framing = {
  open: (from, id, language) =>
    `<?xml version='1.0'?><stream:stream xmlns='${namespaces.client}' xmlns:stream='${namespaces.stream}' id='${id}' from='${escapeAttr(from)}' version='1.0' xml:lang='${escapeAttr(language ?? 'en')}'>`,
  close: '</stream:stream>',
  features: prefixed,
  element: (element) => (element.ns === namespaces.stream ? prefixed(element) : serialise(element, namespaces.client)),
};

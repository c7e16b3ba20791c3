// One client stream: header, features, negotiation, then stanzas; errors and the close handshake (RFC 6120 §4).
import type { Timer } from '@parlance/base/clock';
import { Lane } from '@parlance/base/lane';
import type { Account } from '@parlance/core/account';
import type { Endpoint } from '@parlance/core/session';
import { type Element, el } from '@parlance/xml/element';
import { XmlError } from '@parlance/xml/error';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { iqRequest, isStanza } from '@parlance/xmpp/stanza';
import { type StreamCondition, StreamError, streamErrorElement } from '@parlance/xmpp/stream-error';
import type { Connection, ConnectionOwner } from './connection.ts';
import type { Framing } from './framing.ts';
import { answerLanguage, checkRoot, readHeader } from './header.ts';
import type { Negotiator } from './negotiation/negotiator.ts';
import { Credit, Pace } from './pace.ts';
import type { StreamServices } from './services.ts';
import type { XmppSession } from './session/session.ts';
import type { Carrier } from './session/sessions.ts';

/** Stanzas a session may have waiting in its lane before reading from its connection stops. */
const laneBudget = 64;

/** Milliseconds the peer has to close its half after we closed ours (RFC 6120 §4.4, rule 3). */
const lingering = 5000;

/** UTF-16 units of answers that may wait for who has no session yet: nobody's are as long (checklist 3). */
const unreadBefore = 65_536;

/** Nobody waits for the answer: that there is one is enough. */
const pingOf = (domain: string, { jid, id }: XmppSession): Element =>
  iqRequest('get', `alive-${id}`, el('ping', namespaces.ping), jid).withAttrs({ from: domain });

export class ClientStream implements ConnectionOwner, Carrier {
  readonly connection: Connection;
  readonly services: StreamServices;
  readonly framing: Framing;
  /** The local domain this stream is for; '' before the header. It may not change at a restart (checklist 22). */
  domain = '';
  /** The language of what the peer says, and that it asks for; undefined when it is none (RFC 6120 §4.7.4). */
  language: string | undefined;
  account: Account | undefined;
  session: XmppSession | undefined;
  readonly #lane: Lane;
  #negotiator: Negotiator | undefined;
  #timer: Timer | undefined;
  /** The peer's bare address as its header has it. */
  #peer: string | undefined;
  /** Our header is out and theirs was in. */
  #opened = false;
  #closed = false;
  readonly #pace = new Pace();
  /** Until there is a session, which shares its account's. */
  readonly #credit: Credit;
  /** Reading waits for the lane, for the session's commits, or for everybody else. */
  #laneFull = false;
  #sessionFull = false;
  #resting = false;

  constructor(connection: Connection, services: StreamServices, framing: Framing) {
    this.connection = connection;
    this.services = services;
    this.framing = framing;
    this.#lane = new Lane((error) => this.broken(error));
    this.#negotiator = services.negotiator(this);
    const { clock, limits } = services.context;
    this.#credit = new Credit(clock, limits.rate);
    this.#timer = clock.after(limits.negotiation, () => this.fail('connection-timeout', 'signing in took too long'));
  }

  get remote(): Endpoint {
    return this.connection.remote;
  }

  get backlog(): number {
    return this.connection.backlog;
  }

  /** Neither side has closed it, and the connection is there. */
  get isOpen(): boolean {
    return !this.#closed;
  }

  opened(root: Element): void {
    if (this.#closed) return;
    try {
      this.#open(root);
    } catch (error) {
      this.broken(error);
    }
  }

  /** The hot path: no promise and no closure while nothing is being waited for. */
  element(element: Element): void {
    if (this.#closed) return;
    const lane = this.#lane;
    if (lane.busy || lane.length > 0) {
      lane.run(() => this.#handle(element));
    } else {
      try {
        const wait = this.#handle(element);
        if (wait !== undefined) lane.run(() => wait);
      } catch (error) {
        this.broken(error);
        return;
      }
    }
    this.#considerPause();
    this.#considerRest(1);
  }

  heard(): void {
    this.#considerRest(0);
  }

  /** The peer closed its half: what it sent before is handled first, then ours is closed too (RFC 6120 §4.4). */
  ended(): void {
    this.#lane.run(() => this.#finish());
  }

  /** Ends the stream with the condition that the error carries; anything else is our fault. */
  broken(error: unknown): void {
    if (error instanceof StreamError) this.#fail(error);
    else if (error instanceof XmlError) this.fail(error.condition, error.message);
    else {
      this.services.context.log.error('stream fault', { error });
      this.fail('internal-server-error');
    }
  }

  closed(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#negotiator = undefined;
    const { session } = this;
    this.session = undefined;
    if (session !== undefined) this.services.sessions.lost(session, this);
  }

  drained(): void {
    this.session?.flush();
  }

  /** Asks for an acknowledgement, or with a ping (RFC 6120 §4.6.1, XEP-0198 §4, XEP-0199 §4.1). */
  doubted(): void {
    const { session } = this;
    if (session === undefined) return;
    if (session.resumption !== undefined) session.resumption.ask();
    else session.send(serialise(pingOf(this.domain, session), namespaces.client));
  }

  /** Writes one first-level element that is text already, in the context of `jabber:client`. */
  write(text: string): void {
    if (!this.#closed) this.#put(this.framing.text(text));
  }

  /** The session's own budget: it has too much that waits for the disk. */
  pause(paused: boolean): void {
    this.#sessionFull = paused;
    this.#hold();
  }

  #hold(): void {
    this.connection.pauseReading(this.#laneFull || this.#sessionFull || this.#resting);
  }

  /** Writes a first-level element. */
  send(element: Element): void {
    if (!this.#closed) this.#put(this.framing.element(element));
  }

  /** A peer that does not take what it is sent loses its connection, not its session (DESIGN §2, back-pressure). */
  #put(text: string): void {
    this.connection.write(text);
    const most = this.session === undefined ? unreadBefore : this.services.context.limits.outbound;
    if (this.connection.backlog > most) this.connection.destroy();
  }

  /** STARTTLS is possible: a plain socket with certificates behind it, and nobody has signed in yet. */
  get canUpgrade(): boolean {
    return this.connection.transport === 'tcp' && this.services.upgrade !== undefined && this.account === undefined;
  }

  /** Goes on over TLS with a new header (RFC 6120 §5.4.3.3). */
  upgrade(): void {
    this.restart(false);
    this.services.upgrade?.(this.connection);
  }

  /** Expects a new header from the peer (RFC 6120 §4.3.3): after TLS and after SASL. */
  restart(authenticated: boolean): void {
    this.#opened = false;
    const { before, after } = this.services.context.limits;
    this.connection.restart(authenticated ? after : before);
  }

  /** From now on first-level elements are the session's stanzas. */
  bound(session: XmppSession): void {
    this.session = session;
    session.language = this.language;
    this.#negotiator = undefined;
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  /** Ends the stream with an error, opening our half first if it is not open yet (RFC 6120 §4.9.1.2). */
  fail(condition: StreamCondition, text?: string): void {
    this.#fail(new StreamError(condition, text));
  }

  close(condition?: StreamCondition): void {
    this.session = undefined;
    if (condition === undefined) this.#shut(!this.#opened);
    else this.fail(condition);
  }

  #fail({ condition, text, app }: StreamError): void {
    if (this.#closed) return;
    if (!this.#opened) this.#header();
    this.send(streamErrorElement(condition, text, app));
    this.#shut(true);
  }

  /**
   * Closes our half. After an error the connection is ended at once (RFC 6120 §4.9.1.1), otherwise when the peer has
   * closed its half; in either case it does not outlive the lingering time.
   */
  #shut(end: boolean): void {
    if (this.#closed) return;
    if (this.#opened) this.connection.write(this.framing.close);
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = this.services.context.clock.after(lingering, () => this.connection.destroy());
    if (end) this.connection.end();
    const { session } = this;
    this.session = undefined;
    if (session !== undefined) this.services.sessions.end(session);
  }

  #finish(): undefined {
    if (this.#closed) this.connection.end();
    else this.#shut(true);
  }

  #open(root: Element): void {
    if (this.#opened) throw new StreamError('bad-format', 'a second header');
    checkRoot(root, this.framing);
    const { to, from, language } = readHeader(root, this.services.context.isLocal);
    if (this.domain !== '' && to !== this.domain) throw new StreamError('not-authorized', 'another host than before');
    if (from !== undefined && this.account !== undefined && from !== this.account.address)
      throw new StreamError('invalid-from');
    this.domain = to;
    this.#peer = from;
    this.language = language;
    this.#header();
    this.#negotiator?.opened();
  }

  #header(): void {
    this.#opened = true;
    this.connection.write(
      this.framing.open({
        from: this.domain,
        to: this.#peer,
        id: this.services.context.random.token(128),
        language: answerLanguage(this.language),
      }),
    );
  }

  #handle(element: Element): Promise<void> | undefined {
    if (this.#closed) return undefined;
    if (!this.#opened) throw new StreamError('bad-format', 'an element in front of the header');
    if (element.ns === namespaces.stream) return this.#streamElement(element);
    const { session } = this;
    if (session === undefined) return this.#negotiator?.element(element);
    if (!isStanza(element)) return this.#nonza(session, element);
    const waiting = this.services.inbound.handle(session, element);
    if (waiting !== undefined) return session.countAfter(waiting);
    session.count();
    return undefined;
  }

  /** The default namespace of a client stream is `jabber:client` and no other (RFC 6120 §4.8.3, §4.9.3.10). */
  #nonza(session: XmppSession, element: Element): undefined {
    if (element.ns === namespaces.client) throw new StreamError('unsupported-stanza-type');
    if (element.ns === '' || element.ns === namespaces.server) throw new StreamError('invalid-namespace');
    return this.services.nonza(session, element, this);
  }

  /** A peer that reports an error has closed its stream (RFC 6120 §4.9.1.1); it sends no other element of this namespace. */
  #streamElement({ name, children }: Element): undefined {
    if (name !== 'error') throw new StreamError('unsupported-stanza-type');
    const condition = children.find((child) => typeof child !== 'string');
    this.services.context.log.debug('stream error from a client', { condition: condition?.name });
    return this.#finish();
  }

  /** A source whose work waits pauses only itself (DESIGN §2); during negotiation nothing overtakes a step. */
  #considerPause(): void {
    const budget = this.session === undefined ? 0 : laneBudget;
    if (this.#laneFull || this.#lane.length < budget || !this.#lane.busy) return;
    this.#laneFull = true;
    this.#hold();
    this.#lane.run(() => {
      this.#laneFull = false;
      this.#hold();
      return undefined;
    });
  }

  /** Whoever says much lets everybody else have a turn, and whoever says too much has to wait. */
  #considerRest(elements: number): void {
    const rest = this.#pace.step(this.connection.received, this.session?.credit ?? this.#credit, elements);
    if (rest === undefined || this.#resting || this.#closed) return;
    this.#resting = true;
    this.#hold();
    const { clock } = this.services.context;
    const goOn = (): void => {
      this.#resting = false;
      this.#hold();
    };
    if (rest === 0) clock.soon(goOn);
    else clock.after(rest, goOn);
  }
}

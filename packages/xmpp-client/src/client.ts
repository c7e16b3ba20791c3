// The client: one account's session with its server, kept alive over any number of connections (RFC 6120, RFC 6121, XEP-0198).
import { type Element, el } from '@parlance/xml/element';
import { formatJid, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { KeptKeys, Password } from '@parlance/xmpp/sasl/kept-keys';
import { iqRequest } from '@parlance/xmpp/stanza';
import { Emitter, type Stop } from './emitter.ts';
import { ConnectionLost } from './errors.ts';
import { type Platform, systemPlatform } from './platform.ts';
import { Answers, type RequestHandler } from './session/answers.ts';
import { Connector, type ReconnectPolicy } from './session/connector.ts';
import type { Delivery } from './session/delivery.ts';
import type { Negotiated } from './session/negotiation.ts';
import { type OwnAddresses, Requests, type Seen } from './session/requests.ts';
import { Session } from './session/session.ts';
import type { Channel } from './stream/channel.ts';
import type { Transport } from './transport.ts';

export interface ClientOptions {
  /** `local@domain`, or with the resource to ask for; a domain alone signs in anonymously. */
  readonly address: string;
  readonly password: Password;
  /** Is given the keys that may be kept instead of the password, each time that they have opened the account. */
  readonly keep?: (keys: KeptKeys) => void;
  /** How to reach the server: transports/tcp.ts, websocket-node.ts or websocket-browser.ts. */
  readonly transport: Transport;
  /** The language of texts that the server writes for people (RFC 6120 §4.7.4). */
  readonly language?: string;
  /** `always` when not given. */
  readonly reconnect?: ReconnectPolicy;
  readonly platform?: Platform;
  /** Hears of our own bugs: listeners and handlers that threw. Thrown when not given. */
  readonly fault?: (error: unknown) => void;
}

/** `waiting`: between two attempts. `closed`: by close(), a fatal error, or not connected yet. */
export type ClientState = 'closed' | 'connecting' | 'online' | 'waiting';

export interface ClientEvents {
  /** A new session: nothing that the server knew of the one before holds. Presence has not been sent. */
  readonly online: { readonly address: string };
  /** The same session over a new connection: nothing was lost, nothing need be asked again (XEP-0198 §5). */
  readonly resumed: { readonly address: string };
  /** The connection is gone; when `resumable`, the session may yet go on. */
  readonly offline: { readonly error: Error | undefined; readonly resumable: boolean };
  /** The next attempt begins in `after` milliseconds. */
  readonly reconnecting: { readonly after: number; readonly failures: number; readonly error: Error | undefined };
  /** No more attempts: AuthenticationError, StreamError, or what the policy did not forgive. */
  readonly fatal: Error;
  /** After every change of `state`. */
  readonly state: ClientState;
  readonly message: Element;
  readonly presence: Element;
  /** A stanza given to send() has changed its state, e.g. to `acked`. */
  readonly delivery: Delivery;
}

/** Milliseconds that a server has to answer to a goodbye, or a doubtful connection to a question. */
const shortPatience = 3_000;

/** True: the stanza has been dealt with, nobody else sees it. */
type Taker = (stanza: Element) => boolean;

/** A fault belongs to nobody who called us: it is thrown where nobody catches it. */
const throwLater = (error: unknown): void =>
  queueMicrotask(() => {
    throw error;
  });

export class XmppClient {
  readonly platform: Platform;
  /** Hears of our own bugs. */
  readonly fault: (error: unknown) => void;
  /** The account's bare address, prepared; the domain alone when anonymous. */
  readonly account: string;
  readonly domain: string;
  readonly #options: ClientOptions;
  readonly #emitter: Emitter<ClientEvents>;
  readonly #requests: Requests;
  readonly #answers: Answers;
  readonly #session: Session;
  readonly #takers = { message: new Set<Taker>(), presence: new Set<Taker>() };
  readonly #features = new Set<string>();
  #connector: Connector | undefined;
  #state: ClientState = 'closed';
  #address = '';
  #serverFeatures = el('features', namespaces.stream);
  #over: ((error: Error | undefined) => void) | undefined;

  /** Throws RangeError when the address is malformed. */
  constructor(options: ClientOptions) {
    const jid = parseJid(options.address);
    if (jid === undefined) throw new RangeError(`not an address: ${options.address}`);
    this.fault = options.fault ?? throwLater;
    this.#options = options;
    this.platform = options.platform ?? systemPlatform;
    this.account = formatJid({ ...jid, resource: '' });
    this.domain = jid.domain;
    this.#emitter = new Emitter(this.fault);
    this.#requests = new Requests(this.platform.clock);
    this.#answers = new Answers((iq) => void this.send(iq.withAttrs({ from: undefined })), this.fault);
    this.#session = new Session(this.platform, {
      stanza: (stanza) => this.#stanza(stanza),
      delivery: (delivery) => this.#delivery(delivery),
      over: (error) => this.#offline(error),
    });
  }

  get state(): ClientState {
    return this.#state;
  }

  /** The full address of the present session; '' before the first. */
  get address(): string {
    return this.#address;
  }

  /** The stream features after signing in: what the server offers (RFC 6120 §4.3.2). */
  get serverFeatures(): Element {
    return this.#serverFeatures;
  }

  /** What the client says it can do (XEP-0030), in the order of advertising. */
  get features(): ReadonlySet<string> {
    return this.#features;
  }

  on<Name extends keyof ClientEvents>(name: Name, listener: (event: ClientEvents[Name]) => void): Stop {
    return this.#emitter.on(name, listener);
  }

  once<Name extends keyof ClientEvents>(name: Name): Promise<ClientEvents[Name]> {
    return this.#emitter.once(name);
  }

  /** Connects and stays connected. Resolves when online for the first time; rejects when it is given up before. */
  connect(): Promise<void> {
    if (this.#connector !== undefined) return Promise.reject(new Error('the client is connected already'));
    const { transport, reconnect = 'always', password, language, address, keep = () => undefined } = this.#options;
    const asked = parseJid(this.#address) ?? parseJid(address);
    if (asked === undefined) throw new RangeError(`not an address: ${address}`);
    const party = { jid: asked, password, keep, language, platform: this.platform };
    const connector = new Connector(party, transport, reconnect, this.#connectorOwner());
    this.#connector = connector;
    this.#become('connecting');
    return new Promise((resolve, reject) => {
      const stop = this.on('online', () => resolve());
      void connector.run().then((error) => {
        stop();
        this.#ended(connector, error);
        reject(error ?? new ConnectionLost('closed before it was connected'));
      });
    });
  }

  /** Says goodbye and disconnects, for good. What was not acknowledged by then has failed. */
  async close(): Promise<void> {
    const connector = this.#connector;
    if (connector === undefined) return;
    if (this.#session.live) {
      const gone = this.once('offline');
      this.#session.end();
      const late = this.platform.clock.after(shortPatience, () => this.#session.abandon(new ConnectionLost()));
      connector.stop();
      await gone;
      late.cancel();
    }
    connector.stop();
    this.#ended(connector, undefined);
  }

  /** The network may have changed: tries at once, or asks whether the connection still holds. */
  wake(): void {
    this.#connector?.hurry();
    this.#session.probe(shortPatience);
  }

  /** An unpredictable id for a stanza. */
  id(): string {
    return this.platform.random.token(120);
  }

  /**
   * Sends now, or when there is a connection: a message outlives sessions, anything else only its own.
   * The delivery's outcome is `acked` once the server has taken responsibility (XEP-0198 §4).
   */
  send(stanza: Element): Delivery {
    const id = stanza.attr('id') ?? this.id();
    return this.#session.send(stanza.attr('id') === undefined ? stanza.withAttrs({ id }) : stanza, id);
  }

  /**
   * Asks the server, or `to`. The payload of the result; the answer must come from whom was asked (RFC 6120 §8.1.2.1).
   * Rejects with StanzaError, TimeoutError after 30 seconds, or ConnectionLost. What came close behind the answer has been
   * heard before a promise resolves: whoever must not be late takes the payload from `seen`.
   */
  request(
    type: 'get' | 'set',
    payload: Element,
    to?: string,
    seen: Seen = () => undefined,
  ): Promise<Element | undefined> {
    if (!this.#session.live && this.#session.resumption === undefined) return Promise.reject(new ConnectionLost());
    const id = this.id();
    const answer = this.#requests.wait(id, to, seen);
    this.send(iqRequest(type, id, payload, to));
    return answer;
  }

  /** Answers requests with that payload; without a handler they get `service-unavailable` (RFC 6120 §8.4). */
  handle(type: 'get' | 'set', name: string, ns: string, handler: RequestHandler): Stop {
    return this.#answers.handle(type, name, ns, handler);
  }

  /** Sees stanzas before the events do, and may keep them from them. */
  take(kind: 'message' | 'presence', taker: (stanza: Element) => boolean): Stop {
    this.#takers[kind].add(taker);
    return () => void this.#takers[kind].delete(taker);
  }

  /** Writes an element that is no stanza, e.g. of XEP-0352; dropped while there is no connection. */
  write(element: Element): void {
    this.#session.write(element);
  }

  /** Says in service discovery that the client knows this namespace (XEP-0030 §3). */
  advertise(feature: string): void {
    this.#features.add(feature);
  }

  /** Whether a stanza speaks for the account itself: from its bare address, or from nobody (RFC 6120 §8.1.2.1). */
  isFromAccount(stanza: Element): boolean {
    const from = stanza.attr('from');
    if (from === undefined) return true;
    const jid = parseJid(from);
    return jid !== undefined && formatJid(jid) === this.account;
  }

  #connectorOwner(): ConstructorParameters<typeof Connector>[3] {
    const session = this.#session;
    return {
      get resumption() {
        return session.resumption;
      },
      established: (channel, negotiated) => this.#established(channel, negotiated),
      waiting: (attempt) => {
        this.#become('waiting');
        this.#emitter.emit('reconnecting', attempt);
      },
    };
  }

  #established(channel: Channel, negotiated: Negotiated): Promise<Error | undefined> {
    const over = new Promise<Error | undefined>((resolve) => {
      this.#over = resolve;
    });
    this.#session.adopt(channel, negotiated);
    if (negotiated.kind === 'bound') {
      this.#address = negotiated.address;
      this.#serverFeatures = negotiated.features;
    }
    this.#become('online');
    this.#emitter.emit(negotiated.kind === 'bound' ? 'online' : 'resumed', { address: this.#address });
    this.#session.start();
    return over;
  }

  #stanza(stanza: Element): void {
    if (stanza.name === 'iq') this.#iq(stanza);
    else {
      const kind = stanza.name === 'message' ? 'message' : 'presence';
      const taken = [...this.#takers[kind]].some((taker) => taker(stanza));
      if (!taken) this.#emitter.emit(kind, stanza);
    }
  }

  #iq(iq: Element): void {
    const type = iq.attr('type');
    const own: OwnAddresses = { bare: this.account, full: this.#address, domain: this.domain };
    // An answer that nobody waits for gets none itself (RFC 6120 §8.2.3).
    if (type === 'result' || type === 'error') this.#requests.settle(iq, own);
    else this.#answers.answer(iq);
  }

  #delivery(delivery: Delivery): void {
    if (delivery.state === 'failed' && delivery.stanza.name === 'iq')
      this.#requests.fail(delivery.id, delivery.error ?? new ConnectionLost());
    this.#emitter.emit('delivery', delivery);
  }

  #offline(error: Error | undefined): void {
    const resumable = this.#session.resumption !== undefined;
    if (!resumable) this.#requests.failAll(error ?? new ConnectionLost());
    this.#become('connecting');
    this.#emitter.emit('offline', { error, resumable });
    this.#over?.(error);
    this.#over = undefined;
  }

  #ended(connector: Connector, error: Error | undefined): void {
    if (this.#connector !== connector) return;
    this.#connector = undefined;
    const reason = error ?? new ConnectionLost('the client is closed');
    this.#session.abandon(reason);
    this.#requests.failAll(reason);
    this.#become('closed');
    if (error !== undefined) this.#emitter.emit('fatal', error);
  }

  #become(state: ClientState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#emitter.emit('state', state);
  }
}

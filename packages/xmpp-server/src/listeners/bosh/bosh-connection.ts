// One BOSH session as a Connection: requests held, answered in order, or given up for dead (XEP-0124, XEP-0206).
import type { Clock, Timer } from '@parlance/base/clock';
import type { Turn } from '@parlance/base/turn';
import type { Endpoint } from '@parlance/core/session';
import type { Element } from '@parlance/xml/element';
import type { XmlError } from '@parlance/xml/error';
import type { Limits } from '@parlance/xml/limits';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { ChannelBindings, Connection, ConnectionOwner } from '../../connection.ts';
import { type Framing, standing } from '../../framing.ts';
import type { WebPeer } from '../web-peer.ts';
import { type BindingCondition, conditionOf, headerOf, restarts, terminal, wholeNumber, writeBody } from './body.ts';
import { RequestWindow } from './window.ts';

/** The end of our half is the end of the session: a BOSH session is not half open. */
const closing = '</body>';

/** What a request costs besides its body, in bytes: it comes by HTTP. */
const requestCost = 2_048;

/** Requests that may wait until reading goes on; a client has no more than these under way (XEP-0124 §11). */
const mostPostponed = 8;

/** BOSH has no header of its own: the first answer's attributes are it (XEP-0206 §3). */
export const boshFraming: Framing = {
  root: { ns: namespaces.bosh, name: 'body' },
  open: () => '',
  close: closing,
  ...standing,
};

/** One HTTP request. */
export interface BoshRequest {
  readonly body: Element;
  /** UTF-16 units of the body. */
  readonly length: number;
  readonly rid: number;
  answer(body: string): void;
}

/** What was agreed on when the session was created; times in seconds. */
export interface BoshTerms {
  readonly sid: string;
  readonly wait: number;
  readonly hold: number;
  readonly inactivity: number;
  readonly polling: number;
  readonly maxpause: number;
  /** Acknowledgements are wanted (XEP-0124 §9). */
  readonly ack: boolean;
}

export interface BoshConnectionParts {
  readonly first: BoshRequest;
  readonly terms: BoshTerms;
  readonly peer: WebPeer;
  readonly clock: Clock;
  readonly turn: Turn;
  readonly limits: Limits;
  readonly left: () => void;
}

interface Held {
  readonly request: BoshRequest;
  readonly timer: Timer;
}

export class BoshConnection implements Connection {
  readonly remote: Endpoint;
  readonly transport = 'bosh';
  readonly securePath: boolean;
  limits: Limits;
  readonly #terms: BoshTerms;
  readonly #clock: Clock;
  readonly #turn: Turn;
  readonly #window: RequestWindow<BoshRequest>;
  /** The header with which the session began. */
  readonly #begun: Element;
  readonly #left: () => void;
  /** The highest request id below which nothing is missing. */
  #received: number;
  #owner: ConnectionOwner | undefined;
  /** Attributes of the first answer, until it is sent. */
  #greeting: Readonly<Record<string, string | undefined>> | undefined;
  #held: Held[] = [];
  #queued = '';
  #taken = 0;
  #flushing = false;
  #paused = false;
  /** Elements that came while reading was held, and requests behind them. */
  #waiting: Element[] = [];
  #postponed: BoshRequest[] = [];
  /** Nobody waits for the answers to these, which have been received all the same. */
  readonly #abandoned = new WeakSet<BoshRequest>();
  #inactivity: Timer | undefined;
  /** When an empty request last came, for sessions that poll. */
  #polled = Number.NEGATIVE_INFINITY;
  #condition: BindingCondition | undefined;
  #ended = false;
  #closed = false;

  /** `left` is called when the session is over. */
  constructor({ first, terms, peer, clock, turn, limits, left }: BoshConnectionParts) {
    this.remote = peer.remote;
    this.securePath = peer.securePath;
    this.limits = limits;
    this.#left = left;
    this.#received = first.rid;
    this.#begun = headerOf(first.body);
    this.#terms = terms;
    this.#clock = clock;
    this.#turn = turn;
    this.#window = new RequestWindow(first.rid, terms.hold + 1);
  }

  /** Handles the request that created the session; `greeting` goes with the first answer. */
  start(owner: ConnectionOwner, first: BoshRequest, greeting: Readonly<Record<string, string | undefined>>): void {
    this.#owner = owner;
    this.#greeting = greeting;
    this.#hold(first);
    owner.opened(headerOf(first.body));
  }

  get encrypted(): boolean {
    return this.securePath;
  }

  /** None: the TLS that the client sees may end elsewhere (ADR 0005). */
  bindings(): ChannelBindings {
    return {};
  }

  get backlog(): number {
    return this.#queued.length;
  }

  /** Takes a request of this session, in whatever order they arrive. Who is made to rest gets no answers meanwhile either. */
  request(request: BoshRequest): void {
    if (this.#paused) this.#postpone(request);
    else this.#take(request);
  }

  /** One that is sent again takes the place of the one before. */
  #postpone(request: BoshRequest): void {
    const at = this.#postponed.findIndex(({ rid }) => rid === request.rid);
    if (at !== -1) this.#postponed.splice(at, 1, request)[0]?.answer(writeBody({}));
    else if (this.#postponed.length < mostPostponed) this.#postponed.push(request);
    else this.#abort('policy-violation', request);
  }

  #take(request: BoshRequest): void {
    this.#taken += request.length + requestCost;
    const place = this.#window.place(request.rid);
    if (place === 'next') this.#inOrder(request);
    else if (place === 'early') this.#window.keep(request.rid, request)?.answer(writeBody({}));
    else if (place === 'again') this.#again(request);
    else this.#abort('item-not-found', request);
    if (!this.#closed) this.#owner?.heard();
  }

  /** A body that is no XML, or too much of it, ends the session like any stream; its sender is told why (XEP-0206 §6). */
  malformed(error: XmlError, answer: (body: string) => void): void {
    this.#owner?.broken(error);
    answer(terminal(this.#condition, this.#queued));
    this.#queued = '';
    this.#close();
  }

  /** The client no longer waits for the answer; it will ask again under the same id (XEP-0124 §14.3). */
  gone(request: BoshRequest): void {
    if (this.#postponed.includes(request)) this.#abandoned.add(request);
    const held = this.#held.find((each) => each.request === request);
    if (held === undefined) return;
    held.timer.cancel();
    this.#held = this.#held.filter((each) => each !== held);
    this.#considerInactivity(this.#terms.inactivity);
  }

  get received(): number {
    return this.#taken;
  }

  write(text: string): void {
    if (this.#ended || text === '') return;
    if (text === closing) {
      this.end();
      return;
    }
    if (text.startsWith('<stream:error')) this.#condition = conditionOf(text);
    this.#queued += text;
    this.#flushLater();
  }

  pauseReading(paused: boolean): void {
    this.#paused = paused;
    if (!paused) this.#read();
    while (!this.#paused && !this.#closed) {
      const request = this.#postponed.shift();
      if (request === undefined) return;
      this.#take(request);
      if (this.#abandoned.has(request)) this.gone(request);
    }
  }

  restart(limits: Limits): void {
    this.limits = limits;
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#flushLater();
  }

  destroy(): void {
    this.#ended = true;
    this.#close();
  }

  /** Answers with what was queued in this turn, and lets go of what is held beyond the agreed number. */
  flush(): void {
    this.#flushing = false;
    if (this.#closed) return;
    if (this.#ended && (this.#held.length > 0 || this.#queued === '')) {
      this.#close();
      return;
    }
    const { hold, wait } = this.#terms;
    if (this.#queued !== '') this.#respond();
    while (this.#held.length > (wait === 0 ? 0 : hold)) this.#respond();
  }

  #inOrder(first: BoshRequest): void {
    for (let request: BoshRequest | undefined = first; request !== undefined; request = this.#window.advance()) {
      if (this.#pollsTooOften(request)) {
        this.#abort('policy-violation', request);
        return;
      }
      this.#received = request.rid;
      this.#hold(request);
      this.#handle(request);
    }
  }

  #handle({ body }: BoshRequest): void {
    const pause = wholeNumber(body.attr('pause'), 1, this.#terms.maxpause);
    if (pause !== undefined) {
      while (this.#held.length > 0) this.#respond('');
      this.#considerInactivity(pause);
      return;
    }
    if (restarts(body)) this.#owner?.opened(headerOf(body, this.#begun));
    this.#waiting.push(...body.elements());
    this.#read();
    if (body.attr('type') === 'terminate') this.#owner?.ended();
  }

  #read(): void {
    while (!this.#paused && !this.#ended) {
      const element = this.#waiting.shift();
      if (element === undefined) return;
      this.#owner?.element(element);
    }
  }

  /** XEP-0124 §12: empty requests of a session that polls come no more often than agreed. */
  #pollsTooOften({ body }: BoshRequest): boolean {
    if (this.#terms.wait > 0 && this.#terms.hold > 0) return false;
    const before = this.#polled;
    this.#polled = body.elements().length === 0 ? this.#clock.monotonic() : Number.NEGATIVE_INFINITY;
    return this.#polled - before < this.#terms.polling * 1000;
  }

  #hold(request: BoshRequest): void {
    this.#inactivity?.cancel();
    this.#inactivity = undefined;
    const timer = this.#clock.after(this.#terms.wait * 1000, () => this.#respondTo(request));
    this.#held.push({ request, timer });
    this.#held.sort((a, b) => a.request.rid - b.request.rid);
    this.#flushLater();
  }

  /** The client has not seen the answer, or has lost the connection on which it waited for it (XEP-0124 §14.3). */
  #again(request: BoshRequest): void {
    const answer = this.#window.answerTo(request.rid);
    if (answer !== undefined) {
      request.answer(answer);
      return;
    }
    const before = this.#held.find((held) => held.request.rid === request.rid)?.request;
    if (before !== undefined) this.gone(before);
    before?.answer(writeBody({}));
    this.#hold(request);
  }

  /** The waiting time of a request is over: it and those before it are answered, in order. */
  #respondTo({ rid }: BoshRequest): void {
    while ((this.#held[0]?.request.rid ?? Number.POSITIVE_INFINITY) <= rid) this.#respond();
  }

  /** Answers the oldest request that is held, if there is one. */
  #respond(payload = this.#queued): void {
    const held = this.#held.shift();
    if (held === undefined) return;
    held.timer.cancel();
    const { rid } = held.request;
    const ack = this.#terms.ack && this.#received !== rid ? String(this.#received) : undefined;
    this.#answer(held.request, writeBody({ ack, ...this.#greeting }, payload));
    this.#greeting = undefined;
    if (payload !== '') {
      this.#queued = '';
      this.#owner?.drained();
    }
    this.#considerInactivity(this.#terms.inactivity);
  }

  #answer(request: BoshRequest, text: string): void {
    this.#window.answered(request.rid, text);
    request.answer(text);
  }

  #considerInactivity(seconds: number): void {
    this.#inactivity?.cancel();
    this.#inactivity = undefined;
    if (this.#held.length === 0 && !this.#closed)
      this.#inactivity = this.#clock.after(seconds * 1000, () => this.destroy());
  }

  /** The client breaks the rules: its session ends at once (XEP-0124 §17.2). */
  #abort(condition: BindingCondition, request: BoshRequest): void {
    request.answer(terminal(condition));
    this.#condition = condition;
    this.destroy();
  }

  /** The oldest request gets what is left and the reason, all others a plain end. */
  #close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#inactivity?.cancel();
    let payload = this.#queued;
    for (const { request, timer } of this.#held) {
      timer.cancel();
      this.#answer(request, terminal(this.#condition, payload));
      payload = '';
    }
    for (const request of [...this.#window.kept(), ...this.#postponed]) request.answer(terminal(this.#condition));
    this.#held = [];
    this.#postponed = [];
    this.#owner?.closed();
    this.#left();
  }

  #flushLater(): void {
    if (this.#flushing) return;
    this.#flushing = true;
    this.#turn.add(this);
  }
}

// A SIP user agent: one account at one server, over one flow (RFC 3261 §8, §10; RFC 3428).
import type { Clock } from '@parlance/base/clock';
import type { DigestHash } from '@parlance/base/crypto';
import { faultOf } from '@parlance/sip/check';
import type { Dialog, Content as DialogContent } from '@parlance/sip/dialog/dialog';
import { nameOfRequest } from '@parlance/sip/dialog/names';
import { DigestClient } from '@parlance/sip/digest/client';
import { SipError } from '@parlance/sip/error';
import { Field } from '@parlance/sip/field';
import type { Flow } from '@parlance/sip/flow';
import { contact, from, type NameAddr, to } from '@parlance/sip/headers/name-addr';
import { contentType, cseq, expires } from '@parlance/sip/headers/plain';
import { isRequest, make, type SipMessage, SipRequest, type SipResponse } from '@parlance/sip/message';
import type { Parameters } from '@parlance/sip/parameters';
import { type Answer, respond } from '@parlance/sip/response';
import { encodeText } from '@parlance/sip/text';
import type { ServerTransaction } from '@parlance/sip/transaction/server';
import { Transactions } from '@parlance/sip/transaction/transactions';
import { hostPort } from '@parlance/sip/uri';
import type { AudioSession } from './audio/rtp.ts';
import { Call } from './call.ts';
import { Calls } from './calls.ts';
import { type FlowTarget, type OwnFlow, openFlow } from './flows.ts';
import { isReadable } from './readable.ts';
import { Subscription, type Watching } from './subscription.ts';

export interface AgentParts {
  readonly clock: Clock;
  /** Unpredictable, of characters of a token. */
  readonly random: () => string;
  /** From 0 up to 1. */
  readonly chance: () => number;
  readonly hash: DigestHash;
  readonly server: FlowTarget;
  /** `local@domain`, both as they stand in a URI. */
  readonly account: string;
  readonly password: string;
  /** Tells this device from others of the account, also after a restart: a URN (RFC 5626 §4.1). */
  readonly instance?: string;
}

/** A call that nobody has taken yet. */
export interface Dialling {
  readonly result: Promise<Call | Result>;
  giveUp(): void;
}

/** What stays the same when a request is sent again with credentials (RFC 3261 §8.1.3.5). */
interface Name {
  readonly callId: string;
  readonly tag: string;
}

/** What came of a request: a response, or nobody answered. */
export type Result = SipResponse | 'timeout' | 'failed' | 'cancelled';

export interface Content {
  readonly type: string;
  readonly body: Uint8Array;
}

/** Answers a request that came in; undefined: it will respond by itself. */
export type RequestHandler = (request: SipRequest, transaction: ServerTransaction) => Answer | undefined;

/** One flow of a device; a new one takes its place (RFC 5626 §4.2). Over UDP that would take STUN for keep-alive (§4.4.2). */
const instanceOf = (instance: string, reliable: boolean): Parameters => [
  { name: '+sip.instance', value: `"<${instance}>"` },
  ...(reliable ? [{ name: 'reg-id', value: '1' }] : []),
];

const notHere: RequestHandler = () => ({ status: 405 });

export class UserAgent {
  /** By method. MESSAGE gets 200 and OPTIONS 200 unless somebody else answers them. */
  readonly handlers = new Map<string, RequestHandler>([
    ['MESSAGE', () => ({ status: 200 })],
    ['OPTIONS', () => ({ status: 200 })],
  ]);
  /** Somebody calls: to be answered by `ring`, or on the transaction. Without a handler we are not there. */
  onCall: ((request: SipRequest, transaction: ServerTransaction) => void) | undefined;
  /** A connection to the server is gone; `reopen` makes another one. */
  onLost: () => void = () => undefined;
  readonly transactions: Transactions;
  readonly #parts: AgentParts;
  readonly #calls = new Calls();
  readonly #subscriptions = new Set<Subscription>();
  readonly #digest: DigestClient;
  readonly #registration: Name & { cseq: number };
  #flow: OwnFlow | undefined;
  #closed = false;
  /** Requests that wait for their answer. */
  readonly #waiting = new Set<Promise<Result>>();

  private constructor(parts: AgentParts) {
    const { clock, random, hash, account, password } = parts;
    this.#parts = parts;
    const [username = '', realm = ''] = account.split('@');
    this.#digest = new DigestClient({ hash, cnonce: random, login: { username, realm, password } });
    this.#registration = { callId: random(), tag: random(), cseq: 0 };
    this.transactions = new Transactions({ clock, random, user: { stray: (message) => this.#calls.stray(message) } });
  }

  /** Opens the way to the server; nothing is sent yet. */
  static async open(parts: AgentParts): Promise<UserAgent> {
    const agent = new UserAgent(parts);
    await agent.reopen();
    return agent;
  }

  /** A new way in the place of the one that was. Rejects when there is none. */
  async reopen(): Promise<void> {
    const { clock, chance, server } = this.#parts;
    const flow = await openFlow(server, {
      clock,
      chance,
      message: (message, way) => this.#receive(message, way),
      closed: (gone) => {
        this.transactions.lost(gone);
        if (gone === this.#flow) this.onLost();
      },
    });
    if (this.#closed) {
      flow.close();
      return;
    }
    this.#flow = flow;
    for (const subscription of this.#subscriptions) void subscription.begin();
  }

  get flow(): OwnFlow {
    if (this.#flow === undefined) throw new Error('not open');
    return this.#flow;
  }

  get uri(): string {
    return `sip:${this.#parts.account}`;
  }

  /** Where we can be reached: our own end of the flow. */
  get contact(): string {
    const { local, transport } = this.flow;
    const [user] = this.#parts.account.split('@');
    return `sip:${user}@${hostPort(local.address, local.port)};transport=${transport.toLowerCase()}`;
  }

  /** Binds our contact for so many seconds; 0 ends it (RFC 3261 §10.2). */
  register(seconds = 3600): Promise<Result> {
    const { account, instance } = this.#parts;
    const [, domain] = account.split('@');
    const parameters = instance === undefined ? [] : instanceOf(instance, this.flow.reliable);
    return this.send((number) => {
      const fields = [
        ...this.#usual('REGISTER', this.uri, this.#registration, number),
        make(contact, { display: '', uri: this.contact, parameters }),
        make(expires, seconds),
        Field.make('supported', 'path, outbound'),
      ];
      return new SipRequest({ method: 'REGISTER', uri: `sip:${domain}`, fields });
    }, this.#registration);
  }

  /** A request outside of dialogs, sent again with credentials when they are asked for. */
  request(
    method: string,
    target: string,
    { fields = [], content }: { readonly fields?: readonly Field[]; readonly content?: Content } = {},
  ): Promise<Result> {
    const name = this.#name();
    const typed = content === undefined ? [] : [Field.make(contentType.id, content.type)];
    return this.send(
      (number) =>
        new SipRequest({
          method,
          uri: target,
          fields: [...this.#usual(method, target, name, number), ...fields, ...typed],
          ...(content === undefined ? {} : { body: content.body }),
        }),
      { cseq: 0 },
    );
  }

  /** An independent message (RFC 3428 §4). */
  message(target: string, text: string): Promise<Result> {
    return this.request('MESSAGE', target, { content: { type: 'text/plain;charset=utf-8', body: encodeText(text) } });
  }

  /** Calls somebody. `audio` belongs to the call from now on. Resolves when it is taken, refused, or nobody answers. */
  call(target: string, audio: AudioSession, onEnd: (why: string) => void): Promise<Call | Result> {
    return this.dial(target, audio, onEnd).result;
  }

  /** As `call`, to be given up while it rings. `progress` is told of provisional responses: 180 rings. */
  dial(
    target: string,
    audio: AudioSession,
    onEnd: (why: string) => void,
    progress: (status: number) => void = () => undefined,
  ): Dialling {
    const call = this.#newCall(audio, onEnd);
    return { result: this.#dial(call, target, progress), giveUp: () => call.hangUp() };
  }

  async #dial(call: Call, target: string, progress: (status: number) => void): Promise<Call | Result> {
    const name = this.#name();
    for (let number = 1; ; number++) {
      const { fields = [], body } = call.offer();
      const plain = new SipRequest({
        method: 'INVITE',
        uri: target,
        fields: [...this.#usual('INVITE', target, name, number), make(contact, this.#own), ...fields],
        ...(body === undefined ? {} : { body }),
      });
      const request = this.authorised(plain);
      const refusal = await new Promise<Result | undefined>((resolve) => call.place(request, resolve, progress));
      if (refusal === undefined) return call;
      const challenged = typeof refusal !== 'string' && (refusal.status === 401 || refusal.status === 407);
      if (challenged && number < 3 && this.#digest.challenged(refusal, request)) continue;
      call.over('refused');
      return refusal;
    }
  }

  /** A request within a dialog, sent again with credentials when they are asked for. */
  within(dialog: Dialog, method: string, content: DialogContent = {}): Promise<Result> {
    return this.send(() => dialog.request(method, content), { cseq: 0 });
  }

  /** The request with credentials, if any were asked for before. */
  authorised(request: SipRequest): SipRequest {
    return request.with({ fields: [...request.fields, ...this.#digest.fields(request)] });
  }

  /** Watches somebody's state until it is ended (RFC 6665 §4.1). */
  subscribe(target: string, watching: Watching): Subscription {
    const { clock, random } = this.#parts;
    const subscription: Subscription = new Subscription({
      ...watching,
      agent: this,
      clock,
      random,
      target,
      own: () => this.#own,
      ended: (why) => {
        this.#subscriptions.delete(subscription);
        watching.ended(why);
      },
    });
    this.#subscriptions.add(subscription);
    void subscription.begin();
    return subscription;
  }

  /** A call's dialog is there: what comes for it goes to it. */
  joined(call: Call): void {
    this.#calls.join(call);
  }

  /** A call that comes in; `audio` as above. False when it was refused, having nothing for us. */
  ring(transaction: ServerTransaction, audio: AudioSession, onEnd: (why: string) => void): Call | undefined {
    const call = this.#newCall(audio, onEnd);
    this.#calls.begin(transaction, call);
    return call.ring(transaction, this.#own) ? call : undefined;
  }

  /** Resolves when everything that was asked until now has its answer, or nobody answered. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#waiting]);
  }

  close(): void {
    this.#closed = true;
    const flow = this.#flow;
    this.#flow = undefined;
    flow?.close();
  }

  get #own(): NameAddr {
    return { display: '', uri: this.contact, parameters: [] };
  }

  #newCall(audio: AudioSession, onEnd: (why: string) => void): Call {
    const { clock, random } = this.#parts;
    const call: Call = new Call({
      agent: this,
      clock,
      random,
      audio,
      onEnd: (why) => {
        this.#calls.leave(call);
        onEnd(why);
      },
    });
    return call;
  }

  #name(): Name {
    return { callId: this.#parts.random(), tag: this.#parts.random() };
  }

  /** Fields of every request (RFC 3261 §8.1.1). */
  #usual(method: string, target: string, { callId, tag }: Name, number: number): readonly Field[] {
    return [
      Field.make('max-forwards', '70'),
      make(from, { display: '', uri: this.uri, parameters: [{ name: 'tag', value: tag }] }),
      make(to, { display: '', uri: target, parameters: [] }),
      Field.make('call-id', callId),
      make(cseq, { number, method }),
    ];
  }

  /** Sends, answers one challenge, and then another if the nonce was stale (RFC 3261 §22.2: a new CSeq, the same Call-ID). */
  async send(makeRequest: (number: number) => SipRequest, order: { cseq: number }): Promise<Result> {
    for (let tries = 0; ; tries++) {
      if (this.#closed) return 'failed';
      const request = this.authorised(makeRequest(++order.cseq));
      const result = await this.#once(request);
      const challenged = typeof result !== 'string' && (result.status === 401 || result.status === 407);
      if (!challenged || tries > 1 || !this.#digest.challenged(result, request)) return result;
    }
  }

  async #once(request: SipRequest): Promise<Result> {
    const result = this.#ask(request);
    this.#waiting.add(result);
    try {
      return await result;
    } finally {
      this.#waiting.delete(result);
    }
  }

  #ask(request: SipRequest): Promise<Result> {
    return new Promise((resolve) => {
      this.transactions.send(request, this.flow, {
        response: (response) => {
          if (response.status >= 200) resolve(response);
        },
        timeout: () => resolve('timeout'),
        failed: () => resolve('failed'),
      });
    });
  }

  #receive(message: SipMessage, flow: Flow): void {
    if (!isRequest(message)) {
      if (isReadable(message)) this.transactions.absorb(message, flow);
      return;
    }
    if (faultOf(message) !== undefined || this.transactions.absorb(message, flow)) return;
    const transaction = this.transactions.serve(message, flow);
    if (transaction === undefined) return;
    const answer = this.#answer(message, transaction);
    if (answer !== undefined) transaction.respond(respond(message, answer, this.#parts.random()));
  }

  /** What cannot be read is refused by whoever reads it first. */
  #answer(request: SipRequest, transaction: ServerTransaction): Answer | undefined {
    try {
      return this.#dispatch(request, transaction);
    } catch (error) {
      if (error instanceof SipError) return { status: error.status, reason: error.message };
      throw error;
    }
  }

  #dispatch(request: SipRequest, transaction: ServerTransaction): Answer | undefined {
    if (request.method === 'CANCEL') return this.#cancel(request, transaction);
    const watching = request.method === 'NOTIFY' && [...this.#subscriptions].find((each) => each.expects(request));
    if (watching) return watching.receive(request);
    const name = nameOfRequest(request);
    const handler = this.handlers.get(request.method);
    // Subscriptions are the handler's, where there is one (RFC 6665 §4.4.1).
    const isCall = name !== undefined && !(request.method === 'NOTIFY' && handler !== undefined);
    if (isCall) return this.#calls.receive(name, request, transaction, this.#own);
    if (request.method !== 'INVITE') return (handler ?? notHere)(request, transaction);
    if (this.onCall === undefined) return { status: 480 };
    this.onCall(request, transaction);
    return undefined;
  }

  #cancel(request: SipRequest, transaction: ServerTransaction): Answer | undefined {
    const meant = this.transactions.find(request);
    const response = meant === undefined ? undefined : this.#calls.cancel(meant, request);
    if (response === undefined) return { status: 481 };
    transaction.respond(response);
    return undefined;
  }
}

// A SIP user agent: one account at one server, over one flow (RFC 3261 §8, §10; RFC 3428).
import type { Clock } from '@parlance/base/clock';
import type { DigestHash } from '@parlance/base/crypto';
import { faultOf, isUsable } from '@parlance/sip/check';
import { DigestClient } from '@parlance/sip/digest/client';
import { Field } from '@parlance/sip/field';
import type { Flow } from '@parlance/sip/flow';
import { contact, from, to } from '@parlance/sip/headers/name-addr';
import { contentType, cseq, expires } from '@parlance/sip/headers/plain';
import { isRequest, make, type SipMessage, SipRequest, type SipResponse } from '@parlance/sip/message';
import { type Answer, respond } from '@parlance/sip/response';
import { encodeText } from '@parlance/sip/text';
import type { ServerTransaction } from '@parlance/sip/transaction/server';
import { Transactions } from '@parlance/sip/transaction/transactions';
import { hostPort } from '@parlance/sip/uri';
import { type FlowTarget, type OwnFlow, openFlow } from './flows.ts';

export interface AgentParts {
  readonly clock: Clock;
  /** Unpredictable, of characters of a token. */
  readonly random: () => string;
  readonly hash: DigestHash;
  readonly server: FlowTarget;
  /** `local@domain`, both as they stand in a URI. */
  readonly account: string;
  readonly password: string;
  /** Tells this device from others of the account, also after a restart: a URN (RFC 5626 §4.1). */
  readonly instance?: string;
}

/** What came of a request: a response, or nobody answered. */
export type Result = SipResponse | 'timeout' | 'failed';

export interface Content {
  readonly type: string;
  readonly body: Uint8Array;
}

/** Answers a request that came in; undefined: it will respond by itself. */
export type RequestHandler = (request: SipRequest, transaction: ServerTransaction) => Answer | undefined;

const notHere: RequestHandler = () => ({ status: 405 });

export class UserAgent {
  /** By method. MESSAGE gets 200 and OPTIONS 200 unless somebody else answers them. */
  readonly handlers = new Map<string, RequestHandler>([
    ['MESSAGE', () => ({ status: 200 })],
    ['OPTIONS', () => ({ status: 200 })],
  ]);
  readonly transactions: Transactions;
  readonly #parts: AgentParts;
  readonly #digest: DigestClient;
  readonly #registration: { readonly callId: string; cseq: number };
  #flow: OwnFlow | undefined;

  private constructor(parts: AgentParts) {
    const { clock, random, hash, account, password } = parts;
    this.#parts = parts;
    const [username = '', realm = ''] = account.split('@');
    this.#digest = new DigestClient({ hash, cnonce: random, login: { username, realm, password } });
    this.#registration = { callId: random(), cseq: 0 };
    this.transactions = new Transactions({ clock, random, user: { stray: () => undefined } });
  }

  /** Opens the way to the server; nothing is sent yet. */
  static async open(parts: AgentParts): Promise<UserAgent> {
    const agent = new UserAgent(parts);
    agent.#flow = await openFlow(parts.server, {
      message: (message, flow) => agent.#receive(message, flow),
      closed: () => {
        if (agent.#flow !== undefined) agent.transactions.lost(agent.#flow);
      },
    });
    return agent;
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
    const parameters = instance === undefined ? [] : [{ name: '+sip.instance', value: `"<${instance}>"` }];
    return this.#send((number) => {
      const { callId } = this.#registration;
      const fields = [
        ...this.#usual('REGISTER', this.uri, callId, number),
        make(contact, { display: '', uri: this.contact, parameters }),
        make(expires, seconds),
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
    const callId = this.#parts.random();
    const typed = content === undefined ? [] : [Field.make(contentType.id, content.type)];
    return this.#send(
      (number) =>
        new SipRequest({
          method,
          uri: target,
          fields: [...this.#usual(method, target, callId, number), ...fields, ...typed],
          ...(content === undefined ? {} : { body: content.body }),
        }),
      { cseq: 0 },
    );
  }

  /** An independent message (RFC 3428 §4). */
  message(target: string, text: string): Promise<Result> {
    return this.request('MESSAGE', target, { content: { type: 'text/plain;charset=utf-8', body: encodeText(text) } });
  }

  close(): void {
    this.#flow?.close();
  }

  /** Fields of every request (RFC 3261 §8.1.1). */
  #usual(method: string, target: string, callId: string, number: number): readonly Field[] {
    const tag = { name: 'tag', value: this.#parts.random() };
    return [
      Field.make('max-forwards', '70'),
      make(from, { display: '', uri: this.uri, parameters: [tag] }),
      make(to, { display: '', uri: target, parameters: [] }),
      Field.make('call-id', callId),
      make(cseq, { number, method }),
    ];
  }

  /** Sends, answers one challenge, and then another if the nonce was stale (RFC 3261 §22.2: a new CSeq, the same Call-ID). */
  async #send(makeRequest: (number: number) => SipRequest, order: { cseq: number }): Promise<Result> {
    for (let tries = 0; ; tries++) {
      const plain = makeRequest(++order.cseq);
      const request = plain.with({ fields: [...plain.fields, ...this.#digest.fields(plain)] });
      const result = await this.#once(request);
      const challenged = typeof result !== 'string' && (result.status === 401 || result.status === 407);
      if (!challenged || tries > 1 || !this.#digest.challenged(result, request)) return result;
    }
  }

  #once(request: SipRequest): Promise<Result> {
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
      if (isUsable(message)) this.transactions.absorb(message, flow);
      return;
    }
    if (faultOf(message) !== undefined || this.transactions.absorb(message, flow)) return;
    const transaction = this.transactions.serve(message, flow);
    if (transaction === undefined) return;
    const answer = (this.handlers.get(message.method) ?? notHere)(message, transaction);
    if (answer !== undefined) transaction.respond(respond(message, answer, this.#parts.random()));
  }
}

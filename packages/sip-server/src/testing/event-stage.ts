// A stage for tests of event packages: real transactions, dialogs, bindings and board on the test's clock, and phones that watch and publish.
import type { Clock } from '@parlance/base/clock';
import { silent } from '@parlance/base/log';
import type { Account } from '@parlance/core/account';
import type { Accounts } from '@parlance/core/accounts';
import type { AddressTable } from '@parlance/core/address-table';
import type { CommitLoop } from '@parlance/core/commit-loop';
import type { Address, DeviceId } from '@parlance/core/ids';
import type { Board } from '@parlance/core/presence';
import type { Stores } from '@parlance/core/store';
import { event, subscriptionState } from '@parlance/sip/headers/plain';
import { isRequest, type SipRequest, SipResponse } from '@parlance/sip/message';
import { parameterOf } from '@parlance/sip/parameters';
import { type Answer, respond } from '@parlance/sip/response';
import { counting } from '@parlance/sip/testing/counting';
import { MemoryFlow } from '@parlance/sip/testing/memory-flow';
import { readRequest } from '@parlance/sip/testing/messages';
import { Transactions } from '@parlance/sip/transaction/transactions';
import type { EventContext } from '../events/context.ts';
import type { Events } from '../events/events.ts';
import type { Binding } from '../registrar/binding.ts';
import { Bindings } from '../registrar/bindings.ts';
import { answerTag } from '../tag.ts';

export interface EventStageParts extends Pick<EventContext, 'contacts' | 'tupleOf'> {
  readonly clock: Clock & { turn(): void };
  readonly accounts: Accounts;
  readonly table: AddressTable;
  readonly commits: CommitLoop;
  readonly stores: Stores;
  readonly board: Board;
}

export class EventStage {
  readonly context: EventContext;
  readonly bindings: Bindings;
  readonly clock: EventStageParts['clock'];

  constructor(parts: EventStageParts) {
    const { clock } = parts;
    const token = counting('t');
    const random = { bytes: (count: number) => new Uint8Array(count), token };
    this.clock = clock;
    this.bindings = new Bindings({ ...parts, random, log: silent });
    this.context = {
      ...parts,
      random,
      log: silent,
      transactions: new Transactions({ clock, random: token, user: { stray: () => undefined } }),
      transports: { sentBy: ({ local }) => local, flowTo: () => Promise.reject(new Error('no way')) },
      limits: { longest: 7_200 },
      seal: (...of) =>
        of
          .join('')
          .replaceAll(/[^A-Za-z0-9]/g, '')
          .slice(-40),
    };
  }
}

/** How a notification looks in a test: state, reason or nothing, body. */
export interface Notification {
  readonly state: string;
  readonly event: string;
  readonly body: string;
  readonly request: SipRequest;
}

/** A request's own lines, and its body. */
export interface Wanted {
  readonly fields?: readonly string[];
  readonly body?: string;
  /** In the dialog of this answer. */
  readonly within?: SipResponse;
}

export class EventPhone {
  readonly account: Account;
  readonly flow: MemoryFlow;
  /** What NOTIFYs are answered; undefined: nothing. */
  answers: number | undefined = 200;
  binding: Binding | undefined;
  readonly #stage: EventStage;
  readonly #events: Events;
  readonly #calls: () => string;
  #sequence = 0;
  #taken = 0;

  constructor(stage: EventStage, events: Events, account: Account, name: string) {
    this.#stage = stage;
    this.#events = events;
    this.account = account;
    this.flow = new MemoryFlow(stage.clock, 'TCP', name);
    this.#calls = counting(`${name}-`);
    this.flow.onSend = (message) => {
      if (!isRequest(message) || this.answers === undefined) return;
      const answer = respond(message, { status: this.answers }, 'p');
      stage.clock.soon(() => stage.context.transactions.absorb(answer, this.flow));
    };
  }

  register(): Binding {
    const { clock } = this.#stage;
    const { id: label, remote, transport } = this.flow;
    this.binding = this.#stage.bindings.create(
      this.account,
      label,
      {
        contact: `sip:${label}@192.0.2.2`,
        parameters: [],
        callId: label,
        cseq: 1,
        q: 1000,
        since: clock.now(),
        instance: undefined,
        flowNumber: undefined,
        path: [],
        userAgent: '',
        device: label as DeviceId,
        remote,
        transport,
      },
      clock.now() + 3_600_000,
      this.flow,
    );
    return this.binding;
  }

  /** A SUBSCRIBE to an address, or in the dialog of an answer. */
  async subscribe(to: Address, wanted: Wanted = {}): Promise<SipResponse> {
    const fields = [...(wanted.fields ?? ['Event: presence']), 'Contact: <sip:p@192.0.2.2;transport=tcp>'];
    const request = this.#request('SUBSCRIBE', to, { ...wanted, fields });
    const target = wanted.within === undefined ? to : undefined;
    const answer = await this.#events.subscribe(request, this.flow, this.#sender, target);
    return this.#answered(request, answer);
  }

  publish(to: Address, wanted: Wanted = {}): SipResponse {
    const fields = wanted.fields ?? ['Event: presence', 'Content-Type: application/pidf+xml'];
    const request = this.#request('PUBLISH', to, { ...wanted, fields });
    return this.#answered(request, this.#events.publish(request, this.#sender, to));
  }

  /** Notifications since the last call. */
  notified(): readonly Notification[] {
    this.#stage.clock.turn();
    const fresh = this.flow.sent.slice(this.#taken).map(({ message }) => message);
    this.#taken = this.flow.sent.length;
    return fresh.filter(isRequest).map((request) => {
      const { value, parameters } = request.one(subscriptionState);
      const reason = parameterOf(parameters, 'reason');
      return {
        state: reason === undefined ? value : `${value} ${reason}`,
        event: request.one(event).value,
        body: new TextDecoder().decode(request.body),
        request,
      };
    });
  }

  get #sender(): { readonly address: Address; readonly account: Account; readonly binding: Binding | undefined } {
    return { address: this.account.address, account: this.account, binding: this.binding };
  }

  #request(method: string, to: Address, { fields = [], body = '', within }: Wanted): SipRequest {
    this.#sequence++;
    const call = within?.text('call-id') ?? this.#calls();
    const request = readRequest(
      `${method} sip:${to} SIP/2.0`,
      `Via: SIP/2.0/TCP 192.0.2.2;branch=z9hG4bK${call}${this.#sequence}`,
      'Max-Forwards: 70',
      `From: <sip:${this.account.address}>;tag=w`,
      `To: ${within?.text('to') ?? `<sip:${to}>`}`,
      `Call-ID: ${call}`,
      `CSeq: ${this.#sequence} ${method}`,
      ...fields,
    );
    return request.with({ body: new TextEncoder().encode(body) });
  }

  #answered(request: SipRequest, answer: Answer): SipResponse {
    const response = respond(request, answer, answerTag(this.#stage.context, request));
    if (!(response instanceof SipResponse)) throw new Error('No response');
    return response;
  }
}

// A house for tests of registrar and messages: the core over a real store, flows in memory, and phones. Opened again, it is the next process.
import { createHash } from 'node:crypto';
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Clock } from '@parlance/base/clock';
import { silent } from '@parlance/base/log';
import type { Account } from '@parlance/core/account';
import { Accounts } from '@parlance/core/accounts';
import { AddressTable } from '@parlance/core/address-table';
import { CommitLoop } from '@parlance/core/commit-loop';
import { type Address, addressOf } from '@parlance/core/ids';
import { Router } from '@parlance/core/router';
import type { Committer, Stores } from '@parlance/core/store';
import { Trace } from '@parlance/core/trace';
import type { Flow, TransportName } from '@parlance/sip/flow';
import { isRequest, type SipRequest, SipResponse } from '@parlance/sip/message';
import { respond } from '@parlance/sip/response';
import { counting } from '@parlance/sip/testing/counting';
import { MemoryFlow } from '@parlance/sip/testing/memory-flow';
import { readRequest } from '@parlance/sip/testing/messages';
import { Transactions } from '@parlance/sip/transaction/transactions';
import type { SipContext } from '../context.ts';
import { SipAdapter } from '../message/deliver.ts';
import { MessageService } from '../message/service.ts';
import { Bindings } from '../registrar/bindings.ts';
import { Registrar } from '../registrar/registrar.ts';

type HouseClock = Clock & { turn(): void; advance(ms: number): void };

interface Disk {
  readonly stores: Stores;
  readonly committer: Committer;
}

const limits = { bindings: 3, shortest: 60, longest: 7_200, messageBytes: 10_000, archiving: true };

/** Turns of the event loop that the disk may take. */
const mostTurns = 6_000;

/** Of them, those that do not sleep. */
const quickTurns = 1_000;

export class MessageHouse {
  readonly clock: HouseClock;
  readonly context: SipContext;
  readonly bindings: Bindings;
  readonly registrar: Registrar;
  readonly messages: MessageService;
  /** Phones that anybody can send to, by their transport. */
  readonly ways = new Map<TransportName, Flow>();

  constructor(clock: HouseClock, { stores, committer }: Disk, own: Partial<SipContext['limits']> = {}) {
    this.clock = clock;
    const table = new AddressTable();
    const commits = new CommitLoop(committer, clock, () => undefined);
    const store = stores.accounts;
    const settled = (): Promise<void> => commits.settled();
    const accounts = new Accounts({ store, clock, capacity: 100, pinned: () => true, settled });
    const isLocal = (domain: string): boolean => domain === 'a.example';
    const trace = new Trace(100);
    const mailbox = { pending: 1_000, strangerDay: 1_000 };
    const router = new Router({ accounts, table, commits, mailbox: stores.mailbox, trace, isLocal, limits: mailbox });
    const random = { bytes: (count: number) => new Uint8Array(count), token: counting('t') };
    const flowTo = async ({ transport }: Pick<Flow, 'transport'>): Promise<Flow> => {
      const way = this.ways.get(transport);
      if (way === undefined) throw new Error('nobody there');
      return way;
    };
    const mustSwitch = (bytes: number, { transport }: Flow): boolean => transport === 'UDP' && bytes > 1300;
    const user = { stray: () => undefined };
    this.context = {
      ...{ clock, random, log: silent, table, accounts, commits, router, stores, isLocal },
      transactions: new Transactions({ clock, random: random.token, user }),
      transports: { flowTo, mustSwitch },
      limits: { ...limits, ...own },
      addressFrom: (name: string, host: string) => addressOf(name.toLowerCase(), host),
      fromForeign: () => undefined,
      seal: (...parts: readonly string[]) => createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 40),
    } as unknown as SipContext;
    this.bindings = new Bindings(this.context);
    this.registrar = new Registrar(this.context, this.bindings);
    this.messages = new MessageService(this.context);
    router.register(new SipAdapter(this.context, this.bindings));
  }

  /** What the last process left. */
  async restore(): Promise<void> {
    await this.finish(this.messages.accepted.restore());
    await this.finish(this.bindings.restore());
  }

  /** Lets the disk and all turns go on until a promise is settled. */
  async finish<Value>(promise: Promise<Value>): Promise<Value> {
    let done = false;
    const end = (): void => {
      done = true;
    };
    promise.then(end, end);
    await this.until(() => done);
    return promise;
  }

  /** Lets the disk and all turns go on until something is true; time stands still. */
  async until(isTrue: () => boolean): Promise<void> {
    for (let turns = 0; !isTrue(); turns++) {
      if (turns > mostTurns) throw new Error('It did not come');
      this.clock.turn();
      await (turns < quickTurns ? setImmediate() : setTimeout(1));
    }
  }

  /** Until nothing happens any more: several empty batches are on disk. */
  async calm(): Promise<void> {
    for (let round = 0; round < 4; round++) await this.finish(this.context.commits.flushed());
  }

  async account(address: Address): Promise<Account> {
    const found = await this.finish(this.context.accounts.load(address));
    if (found === null) throw new Error(`no account ${address}`);
    return found;
  }
}

export class MessagePhone {
  readonly account: Account;
  readonly flow: MemoryFlow;
  readonly name: string;
  /** What it was given, without retransmissions. */
  readonly given: SipRequest[] = [];
  /** What it answers; undefined: nothing. */
  answer: (request: SipRequest) => number | undefined = () => 200;
  readonly #house: MessageHouse;
  #sequence = 0;

  constructor(house: MessageHouse, account: Account, name: string, transport: TransportName = 'TCP') {
    this.#house = house;
    this.account = account;
    this.name = name;
    this.flow = new MemoryFlow(house.clock, transport, name);
    this.flow.onSend = (message) => {
      if (!isRequest(message)) return;
      const known = this.flow.sent.filter((each) => each.message.text('via') === message.text('via')).length > 1;
      if (!known) this.given.push(message);
      const status = this.answer(message);
      if (status === undefined) return;
      const answer = respond(message, { status }, 'p');
      house.clock.soon(() => house.context.transactions.absorb(answer, this.flow));
    };
  }

  get texts(): readonly string[] {
    return this.given.map(({ body }) => new TextDecoder().decode(body));
  }

  get instance(): string {
    return `<urn:uuid:${this.name}>`;
  }

  /** A REGISTER with these lines beside the necessary ones; without any: its own contact. */
  async register(...lines: readonly string[]): Promise<SipResponse> {
    const own = `Contact: <sip:${this.name}@192.0.2.2>;+sip.instance="${this.instance}"`;
    const request = this.request('REGISTER', this.account.address, ...(lines.length === 0 ? [own] : lines));
    const answer = await this.#house.finish(this.#house.registrar.register(request, this.flow, this.account));
    const response = respond(request, answer, 'h');
    if (!(response instanceof SipResponse)) throw new Error('No response');
    return response;
  }

  /** A MESSAGE; resolves with the status. */
  async say(to: Address, text: string, ...lines: readonly string[]): Promise<number> {
    const type = lines.some((line) => line.startsWith('Content-Type')) ? [] : ['Content-Type: text/plain'];
    const request = this.request('MESSAGE', to, ...type, ...lines);
    return this.send(request.with({ body: new TextEncoder().encode(text) }), to);
  }

  async send(request: SipRequest, to: Address): Promise<number> {
    const { address } = this.account;
    const binding = this.#house.bindings.of(this.account).find(({ flow }) => flow === this.flow);
    const sender = { address, account: this.account, binding };
    return (await this.#house.finish(this.#house.messages.receive(request, sender, to))).status;
  }

  request(method: string, to: Address, ...lines: readonly string[]): SipRequest {
    this.#sequence++;
    const has = (name: string): boolean => lines.some((line) => line.startsWith(`${name}:`));
    return readRequest(
      `${method} sip:${method === 'REGISTER' ? 'a.example' : to} SIP/2.0`,
      `Via: SIP/2.0/${this.flow.transport} 192.0.2.2;branch=z9hG4bK${this.name}${this.#sequence}`,
      'Max-Forwards: 70',
      `From: <sip:${this.account.address}>;tag=w`,
      `To: <sip:${to}>`,
      ...(has('Call-ID') ? [] : [`Call-ID: ${this.name}`]),
      ...(has('CSeq') ? [] : [`CSeq: ${this.#sequence} ${method}`]),
      ...lines,
    );
  }
}

// A proxy with its address table on a network in memory, and phones that tests speak through.
import { silent } from '@parlance/base/log';
import type { Random } from '@parlance/base/random';
import { Account, type AccountView, emptyView } from '@parlance/core/account';
import { Accounts } from '@parlance/core/accounts';
import { AddressTable } from '@parlance/core/address-table';
import { type Contact, stranger } from '@parlance/core/contact';
import {
  type AccountId,
  type Address,
  addressOf,
  type DeviceId,
  type Sequence,
  type SessionId,
} from '@parlance/core/ids';
import type { AccountStore } from '@parlance/core/store';
import { Trace } from '@parlance/core/trace';
import { faultOf } from '@parlance/sip/check';
import type { Field } from '@parlance/sip/field';
import type { Endpoint, Flow, TransportName } from '@parlance/sip/flow';
import { from } from '@parlance/sip/headers/name-addr';
import { isRequest, type SipMessage, type SipRequest, type SipResponse } from '@parlance/sip/message';
import { readDatagram } from '@parlance/sip/parse';
import { respond } from '@parlance/sip/response';
import { serialise } from '@parlance/sip/serialise';
import { Transactions } from '@parlance/sip/transaction/transactions';
import { addressOfUri } from '../addresses.ts';
import type { SipContext } from '../context.ts';
import type { Sender } from '../message/service.ts';
import { Policy, type PolicySettings } from '../proxy/policy.ts';
import { SipProxy } from '../proxy/proxy.ts';
import { Binding, type BindingState } from '../registrar/binding.ts';
import { Bindings } from '../registrar/bindings.ts';
import type { Dns } from '../resolve/dns.ts';
import { Resolver } from '../resolve/resolver.ts';
import { type Target, Unreachable } from '../transport/parts.ts';
import type { Network, Node, StageClock } from './network.ts';

const nobody: Dns = { naptr: async () => [], srv: async () => [], addresses: async () => [] };

const noRules: PolicySettings = { routes: [], peers: [], redirects: new Set() };

export interface StageParts {
  readonly network: Network;
  readonly domain?: string;
  readonly place?: Endpoint;
  readonly hosts?: Readonly<Record<string, string>>;
  readonly policy?: Partial<PolicySettings>;
  readonly dns?: Dns;
}

/** A home server: whoever has an account here is believed, everybody else has nobody to speak for him. */
export class ProxyStage implements Node {
  readonly name: string;
  readonly domain: string;
  readonly place: Endpoint;
  readonly clock: StageClock;
  readonly network: Network;
  readonly trace = new Trace(100);
  readonly policy: Policy;
  readonly proxy: SipProxy;
  readonly table = new AddressTable();
  readonly transactions: Transactions;
  readonly #accounts = new Map<Address, Account>();
  readonly #context: Pick<SipContext, 'addressFrom'>;
  #made = 0;

  constructor({ network, domain = 'home.example', place, hosts = {}, policy = {}, dns = nobody }: StageParts) {
    this.domain = domain;
    this.name = domain.split('.')[0] ?? domain;
    this.place = place ?? { address: '192.0.2.1', port: 5060 };
    this.network = network;
    this.clock = this.network.clock;
    this.network.join(this);
    const { clock } = this.network;
    const random: Random = { bytes: (count) => new Uint8Array(count), token: () => `${this.name}${++this.#made}` };
    this.transactions = new Transactions({
      clock,
      random: () => random.token(96),
      user: { stray: (message, flow) => this.proxy.stray(message, flow) },
    });
    const store = {
      load: async (wanted: readonly Address[]) => wanted.flatMap((each) => this.#accounts.get(each) ?? []),
    };
    const context = {
      clock,
      random,
      log: silent,
      transactions: this.transactions,
      isLocal: (name: string) => name === domain,
      addressFrom: (user: string, host: string) => addressOf(user.toLowerCase(), host),
      seal: (...parts: readonly string[]) => sealed(`${domain} ${parts.join(' ')}`),
      accounts: new Accounts({
        store: store as unknown as AccountStore,
        clock,
        capacity: 100,
        pinned: () => true,
        settled: () => Promise.resolve(),
      }),
      transports: {
        flowTo: (target: Target) => this.#flowTo(target),
        byId: (id: string) => this.network.byId(id),
        sentBy: () => this.place,
        mustSwitch: (bytes: number, { transport }: Flow) => transport === 'UDP' && bytes > 1300,
      },
    };
    this.#context = context;
    this.policy = new Policy({ ...noRules, ...policy });
    const bindings = new Bindings({ ...context, table: this.table } as unknown as SipContext);
    const resolver = new Resolver({ clock, random, dns, hosts });
    this.proxy = new SipProxy(context, bindings, { policy: this.policy, resolver, trace: this.trace });
  }

  /** Somebody who lives here. */
  account(user: string, contacts: readonly Partial<Contact>[] = [], view: Partial<AccountView> = {}): Account {
    const address = addressOf(user, this.domain);
    const list = contacts.map((each) => ({ ...stranger(each.address ?? address, 1), ...each }));
    const known = new Map(list.map((each) => [each.address as string, each]));
    const account = new Account(
      ++this.#made as AccountId,
      address,
      { ...emptyView, contacts: known, ...view },
      1 as Sequence,
    );
    this.#accounts.set(address, account);
    return account;
  }

  /** Registers a phone, as if it had sent REGISTER. */
  register(account: Account, phone: Phone, state: Partial<BindingState> = {}): Binding {
    const id = `b${++this.#made}`;
    const binding = new Binding(
      id as SessionId,
      account,
      `phone-${phone.name}`,
      {
        contact: phone.contact,
        parameters: [],
        callId: id,
        cseq: 1,
        q: 1000,
        since: 0,
        instance: undefined,
        flowNumber: undefined,
        path: [],
        userAgent: '',
        device: phone.name as DeviceId,
        remote: phone.place,
        transport: phone.transport,
        ...state,
      },
      this.clock.now() + 3_600_000,
    );
    binding.flow = this.network.flow(this.place, phone.place, phone.transport);
    this.table.add(binding);
    return binding;
  }

  receive(message: SipMessage, flow: Flow): void {
    if (!isRequest(message)) {
      this.transactions.absorb(message, flow);
      return;
    }
    const fault = faultOf(message);
    if (fault !== undefined) throw fault;
    if (this.transactions.absorb(message, flow)) return;
    if (message.method === 'CANCEL') {
      if (!this.proxy.cancel(message, flow)) flow.send(serialise(respond(message, { status: 481 }, 'none')));
    } else {
      const routed = this.proxy.route(message, flow);
      this.proxy.forward(routed, flow, routed.dialog ? undefined : this.#senderOf(message, flow));
    }
  }

  #senderOf(request: SipRequest, flow: Flow): Sender | undefined {
    const address = addressOfUri(this.#context, request.one(from).uri);
    const account = address && this.#accounts.get(address);
    if (account !== undefined) return { address: account.address, account, binding: undefined };
    const domain = address?.split('@')[1] ?? '';
    return address !== undefined && this.policy.believes(domain, flow, [])
      ? { address, account: undefined, binding: undefined }
      : undefined;
  }

  #flowTo({ transport, address, port }: Target): Flow | Promise<Flow> {
    const place = { address, port };
    if (transport !== 'UDP' && !this.network.has(place)) return Promise.reject(new Unreachable('nobody there'));
    return this.network.flow(this.place, place, transport);
  }
}

/** No secret, but good to tell texts apart (FNV-1a, twice). */
const sealed = (text: string): string =>
  [2_166_136_261, 84_696_351]
    .map((seed) =>
      new TextEncoder().encode(text).reduce((hash, byte) => Math.imul(hash ^ byte, 16_777_619) >>> 0, seed),
    )
    .map((hash) => hash.toString(16).padStart(8, '0'))
    .join('')
    .padEnd(20, '0');

/** A user agent without a mind of its own: it says what a test says, and keeps what it hears. */
export class Phone implements Node {
  readonly name: string;
  readonly place: Endpoint;
  readonly transport: TransportName;
  readonly heard: SipMessage[] = [];
  /** Answers requests as they come. */
  onRequest: (request: SipRequest, flow: Flow) => void = () => undefined;
  readonly #network: Network;
  readonly #server: Endpoint;

  constructor(
    network: Network,
    server: Endpoint,
    name: string,
    transport: TransportName = 'UDP',
    host = '198.51.100.7',
  ) {
    this.name = name;
    this.#network = network;
    this.#server = server;
    this.transport = transport;
    this.place = { address: host, port: 10_000 + network.size };
    network.join(this);
  }

  get contact(): string {
    const parameter = this.transport === 'UDP' ? '' : `;transport=${this.transport.toLowerCase()}`;
    return `sip:${this.name}@${this.place.address}:${this.place.port}${parameter}`;
  }

  receive(message: SipMessage, flow: Flow): void {
    this.heard.push(message);
    if (isRequest(message)) this.onRequest(message, flow);
  }

  /** Sends a request as it is written; Via, Call-ID and the like must be in it. */
  say(...lines: readonly string[]): void {
    const bytes = new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
    if (readDatagram(bytes) === undefined) throw new Error('No SIP message');
    this.#network.flow(this.place, this.#server, this.transport).send(bytes);
  }

  /** Asks for something out of any dialog; the branch is the Call-ID. */
  ask(method: string, uri: string, callId: string, ...more: readonly string[]): void {
    this.say(
      `${method} ${uri} SIP/2.0`,
      this.via(callId),
      `From: <sip:${this.name}@home.example>;tag=${this.name}`,
      `To: <${uri}>`,
      `Call-ID: ${callId}`,
      `CSeq: 1 ${method}`,
      `Contact: <${this.contact}>`,
      ...more,
    );
  }

  via(branch: string): string {
    return `Via: SIP/2.0/${this.transport} ${this.place.address}:${this.place.port};branch=z9hG4bK${branch}`;
  }

  answer(request: SipRequest, status: number, ...fields: readonly Field[]): void {
    const bytes = serialise(respond(request, { status, fields }, this.name));
    this.#network.flow(this.place, this.#server, this.transport).send(bytes);
  }

  get requests(): readonly SipRequest[] {
    return this.heard.filter(isRequest);
  }

  get responses(): readonly SipResponse[] {
    return this.heard.filter((each): each is SipResponse => !isRequest(each));
  }

  /** The statuses that came. */
  get statuses(): readonly number[] {
    return this.responses.map(({ status }) => status);
  }

  /** The last request of this method. */
  last(method: string): SipRequest {
    const found = this.requests.findLast((each) => each.method === method);
    if (found === undefined) throw new Error(`${this.name} has no ${method}`);
    return found;
  }
}

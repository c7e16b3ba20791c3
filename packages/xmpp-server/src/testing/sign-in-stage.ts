// A house to sign in to, for tests: real streams, features and accounts over a given store, with clients that speak elements.
import type { Clock } from '@parlance/base/clock';
import type { Crypto } from '@parlance/base/crypto';
import { silent } from '@parlance/base/log';
import { Accounts } from '@parlance/core/accounts';
import { AddressTable } from '@parlance/core/address-table';
import { CommitLoop } from '@parlance/core/commit-loop';
import { passwordCredentials } from '@parlance/core/credentials';
import type { Address } from '@parlance/core/ids';
import type { Committer, Stores } from '@parlance/core/store';
import { parseDocument } from '@parlance/xml/document';
import { type Element, el } from '@parlance/xml/element';
import type { Limits } from '@parlance/xml/limits';
import { namespaces } from '@parlance/xmpp/namespaces';
import { preparePassword } from '@parlance/xmpp/sasl/prepare';
import { AnonymousAccounts } from '../auth/anonymous-accounts.ts';
import { Likenesses } from '../auth/likenesses.ts';
import { SignIn } from '../auth/sign-in.ts';
import type { Context } from '../context.ts';
import { anonymous } from '../ext/xep-0175.anonymous.ts';
import type { Registrar } from '../extension.ts';
import { socketFraming } from '../framing.ts';
import { bind } from '../negotiation/bind.ts';
import { FeatureNegotiator } from '../negotiation/negotiator.ts';
import { sasl } from '../negotiation/sasl.ts';
import { makePoints } from '../points.ts';
import type { StreamServices } from '../services.ts';
import { Sessions } from '../session/sessions.ts';
import { ClientStream } from '../stream.ts';
import { MemoryConnection, type MemoryTraits } from './memory-connection.ts';

export interface SignInStageParts {
  readonly clock: Clock & { turn(): void };
  readonly stores: Stores;
  readonly committer: Committer;
  readonly crypto: Crypto;
}

const ns = namespaces.sasl;
const limits: Limits = { bytes: 10_000, depth: 8, children: 64, attributes: 32, name: 128, namespaces: 16 };

/** Waits on the real clock, two seconds at most, and lets the fake one turn meanwhile. */
const until = async (clock: SignInStageParts['clock'], done: () => boolean): Promise<void> => {
  const start = process.hrtime.bigint();
  while (!done()) {
    if (process.hrtime.bigint() - start > 2_000_000_000n) throw new Error('nothing happened for two seconds');
    clock.turn();
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
};

/** `plain.example` takes passwords off a secure path, `guests.example` anybody; every `.example` is local. */
export class SignInStage {
  readonly context: Context;
  readonly services: StreamServices;
  /** Temporary accounts that were removed. */
  readonly removed: Address[] = [];
  /** Passwords that were proven in clear, where phones have none yet. */
  readonly learned: (readonly [address: Address, password: string])[] = [];
  readonly #parts: SignInStageParts;

  constructor(parts: SignInStageParts) {
    this.#parts = parts;
    const { clock, crypto } = parts;
    this.context = this.#makeContext();
    const { context } = this;
    const points = makePoints();
    const sessions = new Sessions(context, points);
    const guests = new AnonymousAccounts(context, (address) => this.#remove(address));
    anonymous(guests).register({ context, points } as Partial<Registrar> as Registrar);
    const secret = new Uint8Array(32).fill(9);
    const features = [
      sasl(
        context,
        new SignIn({
          context,
          crypto,
          secret,
          anonymous: guests,
          derivations: 2,
          likenesses: new Likenesses(context.stores.credentials),
          learn: (...known) => this.learned.push(known),
        }),
      ),
      bind(context, sessions),
    ];
    this.services = {
      context,
      sessions,
      negotiator: (stream: ClientStream) => new FeatureNegotiator(stream, features),
    } as Partial<StreamServices> as StreamServices;
    clock.turn();
  }

  /** Gives an account that is in the store its password. */
  async setPassword(address: string, password: string): Promise<void> {
    const { stores, crypto, committer } = this.#parts;
    const [account] = await stores.accounts.load([address as Address]);
    const prepared = preparePassword(password);
    if (account === undefined || prepared === undefined) throw new Error(`no password for ${address}`);
    const rows = await passwordCredentials(crypto, this.context.random, prepared, 1);
    await committer.commit(rows.map((row) => stores.credentials.put(account.id, row)));
  }

  until(done: () => boolean): Promise<void> {
    return until(this.#parts.clock, done);
  }

  client(traits: Partial<MemoryTraits> = {}, to = 'capulet.example'): SignInClient {
    return new SignInClient(this, traits, to);
  }

  async #remove(address: Address): Promise<void> {
    const { accounts, clock, commits, stores } = this.context;
    const account = await accounts.load(address);
    if (account !== null) commits.write(...stores.accounts.remove(account.id, clock.now()));
    await commits.flushed();
    this.removed.push(address);
  }

  #makeContext(): Context {
    const { clock, stores, committer } = this.#parts;
    const table = new AddressTable();
    const commits = new CommitLoop(committer, clock, () => undefined);
    const token = (): string => crypto.randomUUID();
    return {
      clock,
      random: { bytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)), token },
      log: silent,
      table,
      accounts: new Accounts({
        store: stores.accounts,
        clock,
        capacity: 100,
        pinned: (address) => table.sessions(address).length > 0,
        settled: () => commits.settled(),
      }),
      commits,
      stores,
      limits: {
        before: limits,
        after: limits,
        negotiation: 30_000,
        resumption: 300,
        rate: 10_000_000,
        outbound: 1_000_000,
        sessions: 20,
      },
      auth: {
        plaintext: new Set(['plain.example']),
        anonymous: new Set(['guests.example']),
      },
      isLocal: (domain: string) => domain.endsWith('.example'),
    } as Partial<Context> as Context;
  }
}

/** A client that says elements and hears text. */
export class SignInClient {
  readonly connection: MemoryConnection;
  readonly stream: ClientStream;
  readonly #stage: SignInStage;
  readonly #to: string;

  constructor(stage: SignInStage, traits: Partial<MemoryTraits>, to: string) {
    this.#stage = stage;
    this.#to = to;
    this.connection = new MemoryConnection({ securePath: true, bindings: {}, address: '192.0.2.1', ...traits });
    this.stream = new ClientStream(this.connection, stage.services, socketFraming);
    this.open();
  }

  /** Sends a header. */
  open(): void {
    this.stream.opened(el('stream', namespaces.stream, { to: this.#to, version: '1.0' }));
  }

  /** The features that were announced last. */
  features(): Element {
    const found = /<stream:features>(.*)<\/stream:features>/s.exec(this.connection.take())?.[1] ?? '';
    return parseDocument(`<features xmlns='${namespaces.client}'>${found}</features>`);
  }

  /** Says it and waits for what comes back. */
  async ask(element: Element): Promise<string> {
    this.connection.take();
    this.stream.element(element);
    let heard = '';
    await this.#stage.until(() => {
      heard = this.connection.take();
      return heard !== '';
    });
    return heard;
  }

  auth(mechanism: string, text?: string): Promise<string> {
    return this.ask(el('auth', ns, { mechanism }, ...(text === undefined ? [] : [text])));
  }

  respond(text: string): Promise<string> {
    return this.ask(el('response', ns, {}, text));
  }
}

/** Names of the mechanisms in a features element. */
export const mechanismsIn = (features: Element): readonly string[] =>
  features
    .child('mechanisms', ns)
    ?.elements()
    .map((each) => each.text()) ?? [];

/** Types of channel binding in a features element; undefined when none are announced (XEP-0440). */
export const bindingTypesIn = (features: Element): readonly string[] | undefined =>
  features
    .child('sasl-channel-binding', namespaces.channelBindings)
    ?.elements()
    .map((each) => each.attr('type') ?? '');

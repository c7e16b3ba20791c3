// Signing in: the mechanisms a stream may use, and the machine behind each name (RFC 6120 §6, ADR 0005).
import { sourceOf } from '@parlance/base/addresses';
import { Lockout } from '@parlance/base/lockout';
import type { Account } from '@parlance/core/account';
import { ha1Kind } from '@parlance/core/ha1';
import type { Address } from '@parlance/core/ids';
import { scramNames } from '@parlance/xmpp/sasl/mechanisms';
import { anonymousServer, passwordFits, plainServer } from '@parlance/xmpp/sasl/plain';
import { type Bindings, ScramServer } from '@parlance/xmpp/sasl/scram-server';
import type { ServerMechanism } from '@parlance/xmpp/sasl/server';
import type { Context } from '../context.ts';
import type { ClientStream } from '../stream.ts';
import type { AnonymousAccounts } from './anonymous-accounts.ts';
import { Gate } from './gate.ts';
import { lookUp, type VerifierParts } from './verifiers.ts';

/** How many may wait for a PBKDF2. */
const waiting = 200;

/** Sources whose failures are remembered. */
const sources = 10_000;

export interface SignInParts extends VerifierParts {
  readonly context: Context;
  readonly anonymous: AnonymousAccounts;
  /** PBKDF2 at a time: each takes a core from everybody else (checklist 17). */
  readonly derivations: number;
  /** Takes a password that was proven in clear, of an account from which phones cannot sign in yet. */
  readonly learn?: (address: Address, password: string) => void;
}

/** One try to sign in. `account` tells whose it was, once the machine reports success. */
export interface Attempt {
  readonly name: string;
  readonly machine: ServerMechanism;
  account(): Promise<Account | undefined>;
}

/** What the stream's channel can be bound by, under the registered names (RFC 5929, RFC 9266). */
const bindingsOf = ({ connection }: ClientStream): Bindings => {
  const { tlsExporter, tlsServerEndPoint } = connection.bindings();
  return new Map([
    ...(tlsServerEndPoint === undefined ? [] : [['tls-server-end-point', tlsServerEndPoint] as const]),
    ...(tlsExporter === undefined ? [] : [['tls-exporter', tlsExporter] as const]),
  ]);
};

/** Shared by all streams of a server. */
export class SignIn {
  readonly #parts: SignInParts;
  readonly #lockout: Lockout;
  readonly #gate: Gate;

  constructor(parts: SignInParts) {
    this.#parts = parts;
    this.#gate = new Gate(parts.derivations, waiting);
    this.#lockout = new Lockout(parts.context.clock, sources);
  }

  /** Whether this stream may sign in at all: the secure-path rule. */
  isOpen({ account, connection, domain }: ClientStream): boolean {
    return account === undefined && (connection.securePath || this.#parts.context.auth.plaintext.has(domain));
  }

  /** Whether tries from where this stream comes from are refused unseen; never those of this machine itself. */
  isLocked({ remote }: ClientStream): boolean {
    const source = sourceOf(remote.address);
    return source !== undefined && this.#lockout.isLocked(source);
  }

  /** Somebody guessed wrong. */
  failed({ remote }: ClientStream): void {
    const source = sourceOf(remote.address);
    if (source !== undefined) this.#lockout.failed(source);
  }

  /** Names in the server's order of preference (RFC 6120 §6.3.3). */
  mechanisms(stream: ClientStream): readonly string[] {
    if (!this.isOpen(stream)) return [];
    const bound = bindingsOf(stream).size > 0;
    const { context, likenesses } = this.#parts;
    // Nobody may be offered a mechanism for which his verifier is missing: most clients try one and give up (ADR 0012).
    const weak = likenesses.needsSha1(stream.domain);
    const scram = scramNames
      .filter(({ plus, hash }) => (bound || !plus) && (!weak || hash === 'SHA-1'))
      .map(({ name }) => name);
    return [...scram, 'PLAIN', ...(context.auth.anonymous.has(stream.domain) ? ['ANONYMOUS'] : [])];
  }

  /** Types of channel binding to announce (XEP-0440 §2). */
  bindingTypes(stream: ClientStream): readonly string[] {
    return this.isOpen(stream) ? [...bindingsOf(stream).keys()] : [];
  }

  /** Begins with a mechanism that is offered; undefined for any other. */
  begin(stream: ClientStream, name: string): Attempt | undefined {
    if (!this.mechanisms(stream).includes(name)) return undefined;
    if (name === 'PLAIN') return this.#plain(stream);
    if (name === 'ANONYMOUS') return this.#nobody(stream);
    return this.#scram(stream, name);
  }

  #scram(stream: ClientStream, name: string): Attempt | undefined {
    const { context, crypto } = this.#parts;
    const scram = scramNames.find((each) => each.name === name);
    if (scram === undefined) return undefined;
    let address: Address | undefined;
    const machine = new ScramServer({
      ...scram,
      crypto,
      bindings: bindingsOf(stream),
      nonce: context.random.token(144),
      verifier: async (user) => {
        const found = await lookUp(this.#parts, user, stream.domain);
        address = found.address;
        return found.verifier(scram.hash);
      },
    });
    return { name, machine, account: () => this.#present(address) };
  }

  /** Against the SCRAM verifier: one derivation off the main thread, a bounded number at a time (checklist 17). */
  #plain(stream: ClientStream): Attempt {
    let address: Address | undefined;
    const machine = plainServer((user, password, typed) =>
      this.#gate.run(async () => {
        const found = await lookUp(this.#parts, user, stream.domain);
        address = found.address;
        const fits = await passwordFits(this.#parts.crypto, found.strongest(), password);
        if (fits && !found.has(ha1Kind)) this.#parts.learn?.(found.address, typed);
        return fits;
      }),
    );
    return { name: 'PLAIN', machine, account: () => this.#present(address) };
  }

  /** The account, loaded only for who has proven to be its owner; it may have left the house while the client thought. */
  async #present(address: Address | undefined): Promise<Account | undefined> {
    return address === undefined ? undefined : ((await this.#parts.context.accounts.load(address)) ?? undefined);
  }

  #nobody({ domain }: ClientStream): Attempt {
    return { name: 'ANONYMOUS', machine: anonymousServer, account: () => this.#parts.anonymous.create(domain) };
  }
}

// A house that phones sign in to, for tests: real accounts, app passwords and authenticator over a given store, and phones with the client's own half.
import { hash } from 'node:crypto';
import type { Clock } from '@parlance/base/clock';
import type { Crypto, DigestAlgorithm, DigestHash, Vault } from '@parlance/base/crypto';
import { silent } from '@parlance/base/log';
import { Accounts } from '@parlance/core/accounts';
import { AppPasswords } from '@parlance/core/app-passwords';
import { CommitLoop } from '@parlance/core/commit-loop';
import { ha1Credential } from '@parlance/core/ha1';
import { type Address, addressOf } from '@parlance/core/ids';
import { Membership } from '@parlance/core/membership';
import type { Committer, Stores } from '@parlance/core/store';
import { type Challenge, proxyAuthenticate, wwwAuthenticate } from '@parlance/sip/digest/challenge';
import { DigestClient, type Login } from '@parlance/sip/digest/client';
import { authorization } from '@parlance/sip/digest/credentials';
import { isOther } from '@parlance/sip/digest/scheme';
import { Field } from '@parlance/sip/field';
import type { TransportName } from '@parlance/sip/flow';
import { make, SipRequest, SipResponse } from '@parlance/sip/message';
import type { Answer } from '@parlance/sip/response';
import {
  type Authenticated,
  Authenticator,
  type AuthenticatorParts,
  isAuthenticated,
  type Role,
  type Source,
} from '../auth/authenticator.ts';

const names: Readonly<Record<DigestAlgorithm, string>> = {
  MD5: 'md5',
  'SHA-256': 'sha256',
  'SHA-512-256': 'sha512-256',
};
const digest: DigestHash = (algorithm, data) => hash(names[algorithm], data, 'hex');

/** A vault of glass: what it keeps is nobody's secret here. */
const vault: Vault = {
  seal: (secret, context) => JSON.stringify([context, secret]),
  open: (sealed, context) => {
    const [where, secret] = JSON.parse(sealed) as readonly string[];
    return where === context ? secret : undefined;
  },
};

export const domain = 'a.example';
/** The password of whoever lives here. */
export const password = 'r0m30 \u00e9';
export const [juliet, romeo, wang] = ['juliet', 'romeo', '\u738b'].map((local) => addressOf(local, domain)) as [
  Address,
  Address,
  Address,
];

export type Result = Authenticated | Answer;

const responseOf = ({ status, fields = [] }: Answer): SipResponse => new SipResponse({ status, reason: '', fields });

export const challengesIn = (result: Result): readonly Challenge[] => {
  if (isAuthenticated(result)) throw new Error('authenticated');
  const response = responseOf(result);
  return [...response.all(wwwAuthenticate), ...response.all(proxyAuthenticate)].flatMap((each) =>
    isOther(each) ? [] : [each],
  );
};

/** Who came in and with which device, or the answer: its status, `stale`, and its own reason. */
export const outcome = (result: Result): string => {
  if (isAuthenticated(result)) return `${result.account.address} ${result.device ?? ''}`.trim();
  const stale = challengesIn(result).some((each) => each.stale) ? ' stale' : '';
  return `${result.status}${stale}${result.reason === undefined ? '' : ` ${result.reason}`}`;
};

export const source = (address = '192.0.2.1', transport: TransportName = 'UDP'): Source => ({
  remote: { address, port: 5060 },
  transport,
});

interface ByHand {
  readonly nonce: string;
  readonly qop?: 'auth' | 'auth-int';
  readonly realm?: string;
  readonly nc?: string;
  /** What auth-int is computed over. */
  readonly body?: string;
}

/** MD5 credentials of Juliet for a REGISTER, made without the client's half. */
export const byHand = ({ nonce, qop = 'auth', realm = domain, nc = '00000001', body = '' }: ByHand): Field => {
  const uri = `sip:${domain}`;
  const ha1 = digest('MD5', `juliet:${realm}:${password}`);
  const ha2 = digest('MD5', `REGISTER:${uri}${qop === 'auth-int' ? `:${digest('MD5', body)}` : ''}`);
  const response = digest('MD5', `${ha1}:${nonce}:${nc}:c:${qop}:${ha2}`);
  const given = { username: 'juliet', realm, nonce, uri, response, algorithm: 'MD5', opaque: undefined };
  return make(authorization, { ...given, protection: { qop, nc, cnonce: 'c' } });
};

export interface DigestHouseParts {
  readonly clock: Clock;
  readonly crypto: Crypto;
  readonly stores: Stores;
  readonly committer: Committer;
}

/** Every request has a branch of its own. */
let requests = 0;

export const register = (fields: readonly Field[] = []): SipRequest =>
  new SipRequest({
    method: 'REGISTER',
    uri: `sip:${domain}`,
    fields: [Field.make('via', `SIP/2.0/UDP h;branch=z9hG4bK${requests++}`), ...fields],
  });

export class DigestHouse {
  readonly membership: Membership;
  readonly appPasswords: AppPasswords;
  authenticator: Authenticator;
  readonly #parts: DigestHouseParts;
  readonly #accounts: Accounts;

  constructor(parts: DigestHouseParts) {
    const { clock, stores, committer } = parts;
    this.#parts = parts;
    const commits: CommitLoop = new CommitLoop(committer, clock, () => undefined);
    const settled = (): Promise<unknown> => commits.settled();
    this.#accounts = new Accounts({ store: stores.accounts, clock, capacity: 100, pinned: () => false, settled });
    const shared = { hash: digest, vault, accounts: this.#accounts, stores, commits, clock };
    this.membership = new Membership({
      ...shared,
      isLocal: () => true,
      passwordRows: () => Promise.resolve([]),
      ha1Row: (address, typed, version) => ha1Credential(shared, { address, device: '', version }, typed),
    });
    const random = { bytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)), token: String };
    this.appPasswords = new AppPasswords({ ...shared, random, changed: this.membership.onCredentials });
    this.authenticator = this.restart();
    this.membership.onCredentials.on('act', (address) => void this.authenticator.forget(address));
  }

  /** Another authenticator over the same accounts, which knows nothing of what the first has given out. */
  restart(changes: Partial<AuthenticatorParts> = {}): Authenticator {
    const { clock, crypto: primitives, stores } = this.#parts;
    this.authenticator = new Authenticator({
      hash: digest,
      vault,
      crypto: primitives,
      log: silent,
      clock,
      accounts: this.#accounts,
      stores,
      accountPassword: true,
      md5: true,
      requireTls: false,
      nonceKey: crypto.getRandomValues(new Uint8Array(32)),
      addressFrom: (user, host) => (user === '' ? undefined : addressOf(user.toLowerCase(), host)),
      ...changes,
    });
    return this.authenticator;
  }

  nonce(address?: string, realm = domain): string {
    const answer = this.authenticator.check(register(), realm, source(address), 'server');
    if (answer instanceof Promise) throw new Error('a challenge waits for nothing');
    return challengesIn(answer)[0]?.nonce ?? '';
  }

  /** Juliet's, unless it has another login. */
  phone(login: Partial<Login> = {}, address?: string, role: Role = 'server'): Phone {
    const own = { username: 'juliet', password, realm: domain, ...login };
    return new Phone(this, new DigestClient({ hash: digest, cnonce: () => 'c', login: own }), source(address), role);
  }
}

/** Asks, answers the challenge, and goes on with its nonce. */
class Phone {
  readonly #house: DigestHouse;
  readonly #client: DigestClient;
  readonly #source: Source;
  readonly #role: Role;

  constructor(house: DigestHouse, client: DigestClient, from: Source, role: Role) {
    this.#house = house;
    this.#client = client;
    this.#source = from;
    this.#role = role;
  }

  check(request: SipRequest): Result | Promise<Result> {
    return this.#house.authenticator.check(request, domain, this.#source, this.#role);
  }

  async challenged(): Promise<void> {
    const asked = register();
    const answer = await this.check(asked);
    if (isAuthenticated(answer) || !this.#client.challenged(responseOf(answer), asked)) throw new Error('no challenge');
  }

  /** The next request with the nonce that it has. */
  next(): SipRequest {
    return register(this.#client.fields(register()));
  }

  async signIn(): Promise<Result> {
    await this.challenged();
    return this.check(this.next());
  }
}

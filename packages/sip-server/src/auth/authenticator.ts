// Who sent this request? Digest authentication without memory for strangers, without waiting for those who are known (RFC 3261 §22, RFC 7616, RFC 8760; SECURITY-CHECKLIST 48, 54).
import { plainAddress } from '@parlance/base/addresses';
import type { Clock } from '@parlance/base/clock';
import type { Log } from '@parlance/base/log';
import type { Account } from '@parlance/core/account';
import type { Accounts } from '@parlance/core/accounts';
import type { Ha1Algorithm } from '@parlance/core/ha1';
import { type Address, addressOf, type DeviceId } from '@parlance/core/ids';
import { proxyAuthenticate, wwwAuthenticate } from '@parlance/sip/digest/challenge';
import { authorization, type Credentials, proxyAuthorization } from '@parlance/sip/digest/credentials';
import { isOther } from '@parlance/sip/digest/scheme';
import { SipError } from '@parlance/sip/error';
import type { Flow } from '@parlance/sip/flow';
import { make, type SipRequest } from '@parlance/sip/message';
import type { Answer } from '@parlance/sip/response';
import { isSip, readUri } from '@parlance/sip/uri';
import { Guesses } from './guesses.ts';
import { type Key, type KeyringParts, Keyrings } from './keyrings.ts';
import { NonceCounts } from './nonce-counts.ts';
import { Nonces } from './nonces.ts';
import { fitting, type ProofParts, type Proven, proofOf } from './proof.ts';

/** Where a request came from; a `Flow` is one. */
export type Source = Pick<Flow, 'remote' | 'transport'> & Partial<Pick<Flow, 'local'>>;

/** Registrars and user agents ask with 401, proxies with 407 (RFC 3261 §22.1). */
export type Role = 'server' | 'proxy';

export interface Authenticated {
  readonly account: Account;
  /** Whose app password it was; undefined for the account's own. */
  readonly device: DeviceId | undefined;
}

export const isAuthenticated = (result: Authenticated | Answer): result is Authenticated => 'account' in result;

export interface AuthenticatorParts extends ProofParts, KeyringParts {
  readonly accounts: Pick<Accounts, 'peek' | 'load'>;
  readonly clock: Clock;
  readonly log: Log;
  /** 32 bytes that end with this process. */
  readonly nonceKey: Uint8Array;
  /** An address from a user name and a domain (RFC 8265); undefined when nobody can have it. */
  readonly addressFrom: (user: string, domain: string) => Address | undefined;
  /** MD5 is offered and accepted beside SHA-256. */
  readonly md5: boolean;
  /** Only over TLS. */
  readonly requireTls: boolean;
}

/** Nonces in use that are remembered at least. */
const nonces = 50_000;

/** One try, with all that was found of it without asking anybody. */
interface Attempt extends Proven {
  readonly address: Address;
  readonly ip: string;
  readonly domain: string;
  readonly role: Role;
  readonly madeAt: number;
}

export class Authenticator {
  readonly #parts: AuthenticatorParts;
  readonly #algorithms: readonly Ha1Algorithm[];
  readonly #nonces: Nonces;
  readonly #counts = new NonceCounts(nonces);
  readonly #keyrings: Keyrings;
  readonly #guesses: Guesses;
  /** Tries that wait for the database. */
  readonly #asked = new Map<string, Promise<Authenticated | Answer>>();

  constructor(parts: AuthenticatorParts) {
    const { clock, crypto, md5, nonceKey: key } = parts;
    this.#parts = parts;
    this.#algorithms = md5 ? ['SHA-256', 'MD5'] : ['SHA-256'];
    this.#nonces = new Nonces({ clock, crypto, key });
    this.#keyrings = new Keyrings(parts);
    this.#guesses = new Guesses(clock);
  }

  /**
   * Who sent a request to a domain of ours; else the answer that it gets. Never for ACK and CANCEL, which nobody can send again
   * (RFC 3261 §22.1). Without waiting for those whose keys are in memory. A retransmission that comes while the first is being
   * looked at gets the same result; a later one must not come here, it is a replay.
   * Throws `SipError` 400 for credentials that cannot be read.
   */
  check(
    request: SipRequest,
    domain: string,
    source: Source,
    role: Role,
  ): Authenticated | Answer | Promise<Authenticated | Answer> {
    if (this.#parts.requireTls && source.transport !== 'TLS' && source.transport !== 'WSS')
      return { status: 403, reason: 'TLS Required' };
    const attempt = this.#attempt(request, domain, source, role);
    if ('status' in attempt) return attempt;
    if (this.#guesses.areLocked(attempt.ip, attempt.address))
      return { status: 403, reason: 'Too Many Wrong Passwords' };
    const fits = proofOf(this.#parts, attempt);
    const account = this.#parts.accounts.peek(attempt.address);
    const keys = account ? this.#keyrings.peek(account) : undefined;
    const key = keys?.find(fits);
    // Memory only ever says yes: a no takes as long for who is remembered as for who is not.
    return account && key ? this.#enter(attempt, account, key) : this.#askOnce(attempt, fits);
  }

  /** What opens an account has changed, or it is gone: to be called as soon as that is so. */
  forget(address: Address): void {
    this.#keyrings.forget(address);
  }

  /** What can be said without knowing anybody. */
  #attempt(request: SipRequest, domain: string, source: Source, role: Role): Attempt | Answer {
    const ip = plainAddress(source.remote.address);
    const credentials = this.#credentials(request, domain, role);
    if (credentials === undefined || credentials.nonce === '') return this.#challenge(request, domain, ip, role, false);
    const { protection, uri, username } = credentials;
    // Digests of RFC 2069 could be used again for ever: qop was offered (RFC 8760 §2.6, 8).
    if (protection === undefined) throw new SipError(400, 'Missing qop');
    if (!matches(uri, request, domain, source)) throw new SipError(400, 'Digest URI differs');
    const algorithm = this.#algorithms.find((each) => each === credentials.algorithm.toUpperCase());
    if (algorithm === undefined) return this.#challenge(request, domain, ip, role, false);
    const madeAt = this.#nonces.madeAt(credentials.nonce, ip, domain);
    // Not even whether the password was right is found out for a nonce that is no good.
    if (madeAt === undefined) return this.#challenge(request, domain, ip, role, true);
    const whole = username.endsWith(`@${domain}`);
    const user = whole ? username.slice(0, -domain.length - 1) : username;
    const address = this.#parts.addressFrom(user, domain) ?? addressOf(user, domain);
    return { request, credentials, protection, algorithm, whole, address, ip, domain, role, madeAt };
  }

  /** Those for this realm, and for no other (RFC 3261 §22.3). */
  #credentials(request: SipRequest, realm: string, role: Role): Credentials | undefined {
    for (const each of request.all(role === 'proxy' ? proxyAuthorization : authorization))
      if (!isOther(each) && each.realm === realm) return each;
    return undefined;
  }

  /** One for each algorithm, the best on top (RFC 8760 §2.3). */
  #challenge(request: SipRequest, realm: string, ip: string, role: Role, stale: boolean): Answer {
    const nonce = this.#nonces.make(ip, realm);
    const codec = role === 'proxy' ? proxyAuthenticate : wwwAuthenticate;
    const algorithms = this.#parts.md5 && stopsAtNews(request) ? (['MD5'] as const) : this.#algorithms;
    const fields = algorithms.map((algorithm) =>
      make(codec, { realm, nonce, opaque: undefined, stale, algorithm, qop: ['auth'] }),
    );
    return { status: role === 'proxy' ? 407 : 401, fields };
  }

  #askOnce(attempt: Attempt, fits: (key: Key) => boolean): Promise<Authenticated | Answer> {
    // One transaction, and within it one digest (RFC 3261 §17.2.3).
    const same = `${attempt.request.text('via') ?? ''}\n${attempt.credentials.response}`;
    const running = this.#asked.get(same);
    if (running !== undefined) return running;
    const answer = this.#ask(attempt, fits).finally(() => this.#asked.delete(same));
    this.#asked.set(same, answer);
    return answer;
  }

  /** From the database, whoever it is. */
  async #ask(attempt: Attempt, fits: (key: Key) => boolean): Promise<Authenticated | Answer> {
    const { address, domain, ip, role } = attempt;
    const { changes } = this.#keyrings;
    const keys = await this.#keyrings.read(address);
    const key = fitting(keys, fits);
    if (key === undefined) {
      this.#guesses.failed(ip, address);
      this.#parts.log.info('sign-in refused', { domain, protocol: 'sip', remote: ip });
      return this.#challenge(attempt.request, domain, ip, role, false);
    }
    const account = await this.#parts.accounts.load(address);
    // Who lives there, or what opens the door, may have changed meanwhile: then all begins anew.
    if (account === null || changes !== this.#keyrings.changes)
      return this.#challenge(attempt.request, domain, ip, role, true);
    this.#keyrings.keep(account, keys);
    return this.#enter(attempt, account, key);
  }

  #enter(
    { address, credentials, domain, ip, madeAt, protection, request, role }: Attempt,
    account: Account,
    key: Key,
  ): Authenticated | Answer {
    const { nonce } = credentials;
    if (!this.#counts.take(nonce, madeAt, Number.parseInt(protection.nc, 16)))
      return this.#challenge(request, domain, ip, role, true);
    this.#guesses.succeeded(ip, address);
    return account.suspended ? { status: 403, reason: 'Account Suspended' } : { account, device: key.device };
  }
}

/** Phones that give up at a challenge by an algorithm that they do not know, instead of taking the next one (RFC 8760 §2.4). */
const stopping = /^(?:baresip v[01]\.|SIPp\/3\.[0-6])/;

const stopsAtNews = (request: SipRequest): boolean => stopping.test(request.text('user-agent') ?? '');

/** Whether the URI of a digest stands for that of its request: the same user and host, or this server, by its domain or its address, as some phones write it (RFC 8760 §2.6, 6). */
const matches = (uri: string, request: SipRequest, domain: string, { local }: Source): boolean => {
  if (uri === request.uri) return true;
  const [one, other] = [readUri(uri), request.target];
  if (!isSip(one)) return false;
  if (one.host === domain || one.host === local?.address) return true;
  return isSip(other) && one.user === other.user && one.host === other.host;
};

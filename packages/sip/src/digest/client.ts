// Answers to challenges: those of one's own realm alone, with the best algorithm offered, never twice the same wrong password (RFC 8760 §2.4; RFC 3261 §22).
import type { DigestHash } from '@parlance/base/crypto';
import { ha1Of } from '@parlance/base/digest-keys';
import type { HeaderCodec } from '../codec.ts';
import { Cursor } from '../cursor.ts';
import { SipError } from '../error.ts';
import type { Field } from '../field.ts';
import { make, type SipRequest, type SipResponse } from '../message.ts';
import { type Challenge, proxyAuthenticate, wwwAuthenticate } from './challenge.ts';
import { authorization, type Credentials, type Protection, proxyAuthorization } from './credentials.ts';
import { type Algorithm, algorithmOf, ha2Of, responseOf, sessionHa1 } from './response.ts';
import { isOther, type OtherScheme } from './scheme.ts';

export interface Login {
  readonly username: string;
  readonly password: string;
  /** The only realm that is answered: a challenge for another is somebody fishing for digests (SECURITY-CHECKLIST 54). */
  readonly realm: string;
}

export interface DigestClientParts {
  readonly hash: DigestHash;
  /** Unpredictable, ASCII (RFC 7616 §3.4). */
  readonly cnonce: () => string;
  readonly login: Login;
}

type Asks = HeaderCodec<Challenge | OtherScheme>;
type Answers = HeaderCodec<Credentials | OtherScheme>;

const pairs: readonly (readonly [Asks, Answers])[] = [
  [wwwAuthenticate, authorization],
  [proxyAuthenticate, proxyAuthorization],
];

/** The challenges that are understood; others are ignored, as RFC 8760 §2.4 wants, broken ones among them. */
const readable = ({ fields }: SipResponse, asks: Asks): readonly Challenge[] =>
  fields
    .filter(({ id }) => id === asks.id)
    .flatMap(({ value }) => {
      try {
        const read = asks.read(new Cursor(value, asks.id));
        return isOther(read) ? [] : [read];
      } catch (error) {
        if (error instanceof SipError) return [];
        throw error;
      }
    });

interface Usable {
  readonly challenge: Challenge;
  readonly algorithm: Algorithm;
  readonly qop: Protection['qop'];
}

/** A nonce in use. */
interface Session extends Usable {
  readonly ha1: string;
  readonly cnonce: string;
  used: number;
}

const usable = (challenge: Challenge): Usable | undefined => {
  const algorithm = algorithmOf(challenge.algorithm);
  // Without qop a digest protects next to nothing (RFC 2069): such a server gets none.
  const qop = (['auth', 'auth-int'] as const).find((each) => challenge.qop.includes(each));
  return algorithm && qop && { challenge, algorithm, qop };
};

/**
 * The credentials of one login towards one server, of which the caller has made sure that it is his: responses from anywhere
 * else are not for this class.
 */
export class DigestClient {
  readonly #parts: DigestClientParts;
  readonly #sessions = new Map<Answers, Session>();

  constructor(parts: DigestClientParts) {
    this.#parts = parts;
  }

  /**
   * Takes the challenges of a 401 or 407 to a request. False when it makes no sense to try again: none can be answered, or the
   * password was refused (RFC 3261 §22.1).
   */
  challenged(response: SipResponse, request: SipRequest): boolean {
    let taken = false;
    // Whoever forks a request gathers challenges of both kinds in one response (RFC 8760 §2.5).
    for (const [asks, answers] of pairs) taken = this.#take(readable(response, asks), answers, request) || taken;
    return taken;
  }

  /** Fields with credentials for a request; none before the first challenge. */
  fields(request: SipRequest): readonly Field[] {
    return [...this.#sessions].map(([answers, session]) => make(answers, this.#credentials(session, request)));
  }

  #take(challenges: readonly Challenge[], answers: Answers, request: SipRequest): boolean {
    const offers = challenges
      .filter(({ realm }) => realm === this.#parts.login.realm)
      .flatMap((each) => usable(each) ?? []);
    // The topmost that can be answered, but MD5 only where there is nothing else: our policy (RFC 8760 §2.4).
    const chosen = offers.find(({ algorithm }) => algorithm.hash !== 'MD5') ?? offers[0];
    if (chosen === undefined) return false;
    // A nonce that was refused at its first use was not too old.
    const refused = this.#sessions.get(answers)?.used === 1 && request.has(answers.id);
    if (refused && !chosen.challenge.stale) return false;
    this.#sessions.set(answers, this.#begin(chosen));
    return true;
  }

  #begin(chosen: Usable): Session {
    const { hash, login } = this.#parts;
    const { challenge, algorithm } = chosen;
    const cnonce = this.#parts.cnonce();
    const ha1 = ha1Of(hash, algorithm.hash, login.username, login.realm, login.password.normalize('NFC'));
    const { nonce } = challenge;
    return {
      ...chosen,
      cnonce,
      ha1: algorithm.session ? sessionHa1(hash, algorithm.hash, ha1, { nonce, cnonce }) : ha1,
      used: 0,
    };
  }

  #credentials(session: Session, request: SipRequest): Credentials {
    const { hash, login } = this.#parts;
    const { challenge, algorithm, cnonce, ha1, qop } = session;
    const { nonce, opaque } = challenge;
    const nc = (++session.used).toString(16).padStart(8, '0');
    const protection = { qop, nc, cnonce };
    const { uri } = request;
    const ha2 = ha2Of(hash, algorithm.hash, request, { uri, qop });
    const response = responseOf(hash, algorithm.hash, [ha1, ha2], { nonce, protection });
    const { username, realm } = login;
    return { username, realm, nonce, uri, response, algorithm: challenge.algorithm, opaque, protection };
  }
}

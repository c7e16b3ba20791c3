// Keeps an account registered: renews in time, and forms a new flow when the old one broke (RFC 3261 §10.2.4; RFC 5626 §4.5).
import type { Clock, Timer } from '@parlance/base/clock';
import { contact, wildcard } from '@parlance/sip/headers/name-addr';
import { expires, minExpires } from '@parlance/sip/headers/plain';
import type { SipResponse } from '@parlance/sip/message';
import { numberOf } from '@parlance/sip/parameters';
import { readUri, sameUri } from '@parlance/sip/uri';
import type { Result } from './agent.ts';

/** What of a user agent is needed here. */
export interface Registering {
  readonly contact: string;
  register(seconds: number): Promise<Result>;
  /** A new flow in the place of the broken one. Rejects when there is no way. */
  reopen(): Promise<void>;
}

export type RegistrationState = 'registered' | 'lost' | 'refused';

export interface RegistrationParts {
  readonly agent: Registering;
  readonly clock: Clock;
  /** From 0 up to 1. */
  readonly chance: () => number;
  /** How long one is asked for. */
  readonly seconds?: number;
  /** Told when it is another one than before. After `refused` nothing more is tried. */
  readonly changed: (state: RegistrationState) => void;
}

/** Milliseconds: waits after failures grow from the first to the second, when all flows are gone (RFC 5626 §4.5). */
const [shortestWait, longestWait] = [30_000, 1_800_000];

/** Answers that another try does not change: the password is wrong, or the account is not there. */
const final = new Set([401, 403, 404, 407]);

export class Registration {
  readonly #parts: RegistrationParts;
  #seconds: number;
  #state: RegistrationState | undefined;
  #failures = 0;
  #timer: Timer | undefined;
  #over = false;

  constructor(parts: RegistrationParts) {
    this.#parts = parts;
    this.#seconds = parts.seconds ?? 3_600;
  }

  /** The first time: when it fails, nothing is tried again. */
  async begin(): Promise<Result> {
    const result = await this.#ask();
    if (takenBy(result) === undefined) this.#over = true;
    return result;
  }

  /** The flow is gone. */
  lost(): void {
    if (this.#over || this.#state !== 'registered') return;
    this.#enter('lost');
    this.#timer?.cancel();
    void this.#recover();
  }

  /** Takes the contact back. */
  async end(): Promise<void> {
    const registered = this.#state === 'registered' && !this.#over;
    this.#over = true;
    this.#timer?.cancel();
    if (registered) await this.#parts.agent.register(0);
  }

  /** Registers, and again with as many seconds as the server wants at least (RFC 3261 §10.2.8). */
  async #ask(): Promise<Result> {
    const { agent } = this.#parts;
    let result = await agent.register(this.#seconds);
    const least = typeof result !== 'string' && result.status === 423 ? result.optional(minExpires) : undefined;
    if (least !== undefined && least > this.#seconds) {
      this.#seconds = least;
      result = await agent.register(least);
    }
    const response = takenBy(result);
    if (!this.#over && response !== undefined) this.#taken(granted(response, agent.contact) ?? this.#seconds);
    return result;
  }

  #taken(seconds: number): void {
    this.#failures = 0;
    this.#enter('registered');
    this.#later(renewal(seconds) * 1_000, () => this.#renew());
  }

  async #renew(): Promise<void> {
    const result = await this.#ask();
    if (this.#over || takenBy(result) !== undefined) return;
    if (typeof result !== 'string' && final.has(result.status)) {
      this.#over = true;
      this.#enter('refused');
      return;
    }
    this.#enter('lost');
    this.#failed();
  }

  async #recover(): Promise<void> {
    try {
      await this.#parts.agent.reopen();
    } catch {
      this.#failed();
      return;
    }
    await this.#renew();
  }

  /** Waits between half and all of a time that doubles with each failure. */
  #failed(): void {
    if (this.#over) return;
    const most = Math.min(longestWait, shortestWait * 2 ** this.#failures++);
    this.#later(most * (0.5 + 0.5 * this.#parts.chance()), () => this.#recover());
  }

  #later(ms: number, run: () => Promise<void>): void {
    this.#timer?.cancel();
    this.#timer = this.#parts.clock.after(ms, () => void run());
  }

  #enter(state: RegistrationState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#parts.changed(state);
  }
}

const takenBy = (result: Result): SipResponse | undefined =>
  typeof result !== 'string' && result.status < 300 ? result : undefined;

/** Seconds after which to renew: ten minutes before the end, or at half of a shorter time. */
export const renewal = (seconds: number): number => (seconds > 1_200 ? seconds - 600 : Math.ceil(seconds / 2));

/** Seconds for which our contact is bound, as the answer says beside it, or for all (RFC 3261 §10.2.4). */
const granted = (response: SipResponse, own: string): number | undefined => {
  const ours = readUri(own);
  const found = response.all(contact).find((each) => each !== wildcard && sameUri(readUri(each.uri), ours));
  const seconds = found === undefined || found === wildcard ? undefined : numberOf(found.parameters, 'expires');
  return seconds ?? response.optional(expires);
};

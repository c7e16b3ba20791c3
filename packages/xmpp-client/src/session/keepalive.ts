// Is anybody there: asks after silence, gives the connection up when nothing comes back (XEP-0199 §4.3, RFC 6120 §4.6.4).
import type { Clock, Timer } from '@parlance/base/clock';

export interface KeepalivePolicy {
  /** Milliseconds of silence before asking. */
  readonly silence: number;
  /** Milliseconds to wait for any sign of life after asking. */
  readonly patience: number;
}

/** A pulled cable is noticed within a minute. */
export const defaultKeepalive: KeepalivePolicy = { silence: 40_000, patience: 15_000 };

export class Keepalive {
  readonly #clock: Clock;
  readonly #policy: KeepalivePolicy;
  readonly #ask: () => void;
  readonly #dead: () => void;
  #timer: Timer | undefined;
  #last = 0;
  #asking = false;

  /** `ask` sends something that must be answered; `dead` hears that nothing came. */
  constructor(clock: Clock, policy: KeepalivePolicy, ask: () => void, dead: () => void) {
    this.#clock = clock;
    this.#policy = policy;
    this.#ask = ask;
    this.#dead = dead;
  }

  start(): void {
    this.stop();
    this.heard();
    this.#wait(this.#policy.silence);
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#asking = false;
  }

  /** Something came from the server. */
  heard(): void {
    this.#last = this.#clock.monotonic();
    this.#asking = false;
  }

  /** Asks at once and waits at most `patience` milliseconds: the network may have changed. */
  probe(patience: number): void {
    if (this.#timer === undefined) return;
    this.#timer.cancel();
    this.#question(patience);
  }

  #wait(ms: number): void {
    this.#timer = this.#clock.after(ms, () => this.#check());
  }

  #question(patience: number): void {
    this.#asking = true;
    this.#ask();
    this.#wait(patience);
  }

  #check(): void {
    const quiet = this.#clock.monotonic() - this.#last;
    if (this.#asking) {
      this.stop();
      this.#dead();
    } else if (quiet >= this.#policy.silence) this.#question(this.#policy.patience);
    else this.#wait(this.#policy.silence - quiet);
  }
}

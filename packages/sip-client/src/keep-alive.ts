// Keep-alive of a connection: a double CRLF from time to time, answered by a single one (RFC 5626 §3.5.1, §4.4.1).
import type { Clock, Timer } from '@parlance/base/clock';

/** Milliseconds between two, when the server names no time: between 80 and 100% of it by chance. */
const usual = 120_000;

/** Milliseconds in which the answer must come. */
const patience = 10_000;

export interface Line {
  ping(): void;
  /** No answer came: the connection is of no use any more. */
  dead(): void;
}

export class KeepAlive {
  readonly #clock: Clock;
  readonly #chance: () => number;
  readonly #line: Line;
  /** A server that has never answered one may not know of them. */
  #answers = false;
  #timer: Timer | undefined;

  /** `chance`: from 0 up to 1. */
  constructor(clock: Clock, chance: () => number, line: Line) {
    this.#clock = clock;
    this.#chance = chance;
    this.#line = line;
    this.#wait();
  }

  /** A single CRLF came. */
  answered(): void {
    this.#answers = true;
    this.end();
    this.#wait();
  }

  end(): void {
    this.#timer?.cancel();
  }

  #wait(): void {
    this.#timer = this.#clock.after(usual * (0.8 + 0.2 * this.#chance()), () => this.#ask());
  }

  #ask(): void {
    this.#line.ping();
    if (this.#answers) this.#timer = this.#clock.after(patience, () => this.#line.dead());
    else this.#wait();
  }
}

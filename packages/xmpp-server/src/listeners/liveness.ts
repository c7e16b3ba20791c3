// Dead peers on sockets: whoever was written to and says nothing is asked, and then given up within a minute (DESIGN §1, row 2; RFC 6120 §4.6).
import type { Clock } from '@parlance/base/clock';

/** A connection that is watched. Both calls come from the sweep, at most once each for one silence. */
export interface Watched {
  /** Whether anything came since the last call. */
  takeHeard(): boolean;
  /** Something was written after what was heard last: the kernel's own question is not asked while it is on its way. */
  readonly awaiting: boolean;
  /** Is anybody there? */
  doubt(): void;
  /** Nobody is. */
  destroy(): void;
}

/** Milliseconds between two sweeps. */
const interval = 5_000;

/** Silent sweeps in a row before a peer is asked, and before it is given up: 25 to 30 and 45 to 50 seconds. */
const doubtful = 5;
const dead = 9;

/** One for all connections of a process: a timer, and a number for each connection that is silent. */
export class Liveness {
  readonly #clock: Clock;
  readonly #silent = new Map<Watched, number>();
  #sweeping = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(connection: Watched): void {
    this.#silent.set(connection, 0);
    if (!this.#sweeping) this.#later();
  }

  remove(connection: Watched): void {
    this.#silent.delete(connection);
  }

  #later(): void {
    this.#sweeping = this.#silent.size > 0;
    if (this.#sweeping) this.#clock.after(interval, () => this.#sweep());
  }

  #sweep(): void {
    for (const [connection, sweeps] of this.#silent) {
      const silent = connection.takeHeard() || !connection.awaiting ? 0 : sweeps + 1;
      if (silent !== sweeps) this.#silent.set(connection, silent);
      if (silent === doubtful) connection.doubt();
      else if (silent === dead) connection.destroy();
    }
    this.#later();
  }
}

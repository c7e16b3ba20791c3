// How often each nonce was used: a count that came before is a replay (RFC 7616 §3.4, `nc`; SECURITY-CHECKLIST 54).

/** Counts below the highest that may still come: requests overtake each other. */
const window = 32;

interface Count {
  highest: number;
  /** The highest and those below it that have come, from the lowest bit on. */
  seen: number;
}

/** Nonces of about the same age. */
interface Generation {
  readonly counts: Map<string, Count>;
  /** When the youngest of them was made, in milliseconds of the monotonic clock. */
  youngest: number;
}

const empty = (): Generation => ({ counts: new Map(), youngest: Number.NEGATIVE_INFINITY });

/**
 * Remembers the nonces that somebody has signed in with: at least the `capacity` used first last, and at most twice as many. Of a
 * nonce as old as one that was forgotten nobody knows whether it was used, so that it is good no more.
 */
export class NonceCounts {
  readonly #capacity: number;
  #young = empty();
  #old = empty();
  /** No nonce made up to this time may begin. */
  #floor = Number.NEGATIVE_INFINITY;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  /** Uses a nonce once more. False for a count that came before or is too far behind, and for a nonce that may have been forgotten. */
  take(nonce: string, madeAt: number, count: number): boolean {
    const known = this.#young.counts.get(nonce) ?? this.#old.counts.get(nonce);
    if (known !== undefined) return again(known, count);
    if (madeAt <= this.#floor) return false;
    this.#young.counts.set(nonce, { highest: count, seen: 1 });
    this.#young.youngest = Math.max(this.#young.youngest, madeAt);
    if (this.#young.counts.size >= this.#capacity) this.#forget();
    return true;
  }

  #forget(): void {
    this.#floor = Math.max(this.#floor, this.#old.youngest);
    this.#old = this.#young;
    this.#young = empty();
  }
}

const again = (known: Count, count: number): boolean => {
  const behind = known.highest - count;
  if (behind < 0) {
    known.seen = -behind < window ? (known.seen << -behind) | 1 : 1;
    known.highest = count;
    return true;
  }
  const bit = 1 << behind;
  if (behind >= window || (known.seen & bit) !== 0) return false;
  known.seen |= bit;
  return true;
};

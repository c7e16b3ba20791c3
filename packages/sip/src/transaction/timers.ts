// The timers of transactions: RFC 3261 appendix A (table 4) with L and M of RFC 6026, and how retransmissions slow down (§17).

/** Milliseconds. */
export interface Timers {
  /** An estimate of the round trip; nearly all others are made of it. */
  readonly t1: number;
  /** The longest pause between retransmissions, other than those of an INVITE. */
  readonly t2: number;
  /** As long as the network holds a message back. */
  readonly t4: number;
  /** How long the answer to an INVITE may be sent again by a server whose T1 is not known (timer D). */
  readonly d: number;
  /** An INVITE that got no other answer gets 100 after this (§17.2.1). */
  readonly trying: number;
  /** An INVITE of which neither side spoke for so long is forgotten; longer than any proxy's timer C (§16.6). */
  readonly idle: number;
}

export const usual: Timers = { t1: 500, t2: 4000, t4: 5000, d: 32_000, trying: 200, idle: 600_000 };

/** Timers that run once more after each time. */
export type Repeating = 'A' | 'E' | 'G';
/** Timers that end a state. */
export type Ending = 'B' | 'D' | 'F' | 'H' | 'I' | 'J' | 'K' | 'L' | 'M' | 'idle' | 'late';
/** Timers after which the server says 100. */
export type Trying = 'trying' | 'slow';
export type TimerName = Repeating | Ending | Trying;

/** The time that timer E takes until it is set to T2 (RFC 4320 §4.1). */
const untilT2 = ({ t1, t2 }: Timers): number => {
  let [pause, sum] = [t1, t1];
  while (2 * pause < t2) {
    pause *= 2;
    sum += pause;
  }
  return sum;
};

const never = Number.POSITIVE_INFINITY;

/** What a timer is first set to, by what is reliable about the flow. */
const settings: Readonly<Record<TimerName, (timers: Timers, reliable: boolean) => number>> = {
  A: ({ t1 }, reliable) => (reliable ? never : t1),
  B: ({ t1 }) => 64 * t1,
  D: ({ d }, reliable) => (reliable ? 0 : d),
  E: ({ t1 }, reliable) => (reliable ? never : t1),
  F: ({ t1 }) => 64 * t1,
  G: ({ t1 }, reliable) => (reliable ? never : t1),
  H: ({ t1 }) => 64 * t1,
  I: ({ t4 }, reliable) => (reliable ? 0 : t4),
  J: ({ t1 }, reliable) => (reliable ? 0 : 64 * t1),
  K: ({ t4 }, reliable) => (reliable ? 0 : t4),
  L: ({ t1 }) => 64 * t1,
  M: ({ t1 }) => 64 * t1,
  idle: ({ idle }) => idle,
  // Nobody waits for an answer any more: the client's timer F has fired, and its last retransmission has arrived.
  late: ({ t1, t4 }) => 64 * t1 + t4,
  trying: ({ trying }) => trying,
  slow: untilT2,
};

/** Milliseconds; 0 for a state that ends as it begins, infinite for a timer that is not set. */
export const lengthOf = (name: TimerName, timers: Timers, reliable: boolean): number =>
  settings[name](timers, reliable);

/** How a timer is set again when it has fired. */
export type Pace = (last: number, timers: Timers) => number;

/** Timer A (§17.1.1.2). */
export const doubled: Pace = (last) => 2 * last;
/** Timer E while nothing came, and timer G (§17.1.2.2, §17.2.1). */
export const capped: Pace = (last, { t2 }) => Math.min(2 * last, t2);
/** Timer E once something came (§17.1.2.2). */
export const steady: Pace = (_, { t2 }) => t2;
/** Not at all. */
export const once: Pace = () => never;

// The port of time: everything that waits or stamps takes a Clock, so that tests own time.

/** A timer that has been set and may be cancelled; cancelling twice or after firing does nothing. */
export interface Timer {
  cancel(): void;
}

export interface Clock {
  /** Wall-clock time in milliseconds since 1970-01-01 UTC; may jump. For stamps and retention only. */
  now(): number;
  /** Milliseconds from an arbitrary origin; never goes back. For time-outs and durations. */
  monotonic(): number;
  /** Calls `run` once after at least `ms` milliseconds. A pending timer does not keep the process alive. */
  after(ms: number, run: () => void): Timer;
  /** Calls `run` once after the input that is being handled now (one turn of the event loop), in the order asked. */
  soon(run: () => void): void;
}

// Gives memory back once the server has come to rest: what signing in left behind is collected when nobody waits for it.
import { performance } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock, Timer } from '@parlance/base/clock';

/** Milliseconds between two looks. */
const interval = 5_000;

/** Share of an interval that the event loop may be busy in for it to count as rest. */
const busy = 0.05;

/** Bytes by which the heap must have grown since the last time for it to be worth a pause. */
const growth = 4_194_304;

export interface RestParts {
  readonly clock: Clock;
  /** The share of time since the last call in which the event loop was busy, 0…1. */
  readonly load: () => number;
  readonly heapBytes: () => number;
  readonly collect: () => void;
}

/** Looks every five seconds, until the returned function is called. A pause is about a millisecond for each two megabytes in use. */
export const collectAtRest = ({ clock, load, heapBytes, collect }: RestParts): (() => void) => {
  let least = heapBytes();
  let timer: Timer;
  const look = (): void => {
    timer = clock.after(interval, look);
    const resting = load() < busy;
    const bytes = heapBytes();
    least = Math.min(least, bytes);
    if (!resting || bytes - least < growth) return;
    collect();
    least = heapBytes();
  };
  timer = clock.after(interval, look);
  return () => timer.cancel();
};

const loadMeter = (): (() => number) => {
  let last = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, last);
    last = now;
    return utilization;
  };
};

/** V8 shows its collector on request only; asking when it is running already changes nothing else. */
const collector = (): (() => void) => {
  setFlagsFromString('--expose-gc');
  const gc: unknown = runInNewContext('gc');
  if (typeof gc !== 'function') return () => undefined;
  // What the first pass finalises, the second frees.
  return () => {
    gc();
    gc();
  };
};

/** `collectAtRest` for this process. */
export const restAtLeisure = (clock: Clock): (() => void) =>
  collectAtRest({ clock, load: loadMeter(), heapBytes: () => process.memoryUsage().heapUsed, collect: collector() });

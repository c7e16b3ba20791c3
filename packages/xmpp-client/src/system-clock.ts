// The clock of a running client: the port of time over what Node and browsers share.
import type { Clock } from '@parlance/base/clock';

const after: Clock['after'] = (ms, run) => {
  const timer: unknown = setTimeout(run, ms);
  // Node gives an object, browsers a number.
  if (typeof timer === 'object' && timer !== null && 'unref' in timer && typeof timer.unref === 'function')
    timer.unref();
  return { cancel: () => clearTimeout(timer as ReturnType<typeof setTimeout>) };
};

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after,
  soon: (run) => void setTimeout(run, 0),
};

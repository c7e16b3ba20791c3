// Sending again until the other end has it: 2xx and reliable 1xx, over whatever flow (RFC 3261 §13.3.1.4, RFC 3262 §3).
import type { Clock, Timer } from '@parlance/base/clock';
import type { Pace, Timers } from '../transaction/timers.ts';

/**
 * Calls `send` after T1 and then after pauses as `pace` says; after 64·T1 in all it stops and calls `giveUp`. What was sent first
 * is the caller's to send.
 */
export const repeat = (clock: Clock, timers: Timers, pace: Pace, send: () => void, giveUp: () => void): Timer => {
  let next: Timer | undefined;
  const again = (pause: number): void => {
    next = clock.after(pause, () => {
      send();
      again(pace(pause, timers));
    });
  };
  const end = clock.after(64 * timers.t1, () => {
    next?.cancel();
    giveUp();
  });
  again(timers.t1);
  return {
    cancel() {
      next?.cancel();
      end.cancel();
    },
  };
};

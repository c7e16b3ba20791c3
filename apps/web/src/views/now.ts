// The present moment for views: moves on by itself, so that "5 minutes ago" stays true. One ticker for all who wait alike.
import { systemPlatform } from '@parlance/xmpp-client/platform';
import { useSyncExternalStore } from 'react';

interface Ticker {
  readonly subscribe: (changed: () => void) => () => void;
  readonly snapshot: () => number;
}

const { clock } = systemPlatform;

const tickers = new Map<number, Ticker>();

/** Runs only while somebody listens. */
const makeTicker = (step: number): Ticker => {
  const listeners = new Set<() => void>();
  let now = clock.now();
  let timer: ReturnType<typeof setInterval> | undefined;
  const tick = (): void => {
    now = clock.now();
    for (const listener of [...listeners]) listener();
  };
  return {
    snapshot: () => now,
    subscribe: (changed) => {
      listeners.add(changed);
      if (timer === undefined) {
        now = clock.now();
        timer = setInterval(tick, step);
      }
      return () => {
        listeners.delete(changed);
        if (listeners.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
};

const tickerOf = (step: number): Ticker => {
  const ticker = tickers.get(step) ?? makeTicker(step);
  tickers.set(step, ticker);
  return ticker;
};

/** Milliseconds since 1970, renewed every `step` milliseconds. */
export const useNow = (step: number): number => {
  const { subscribe, snapshot } = tickerOf(step);
  return useSyncExternalStore(subscribe, snapshot);
};

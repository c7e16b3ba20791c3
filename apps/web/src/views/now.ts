// The present moment for views: moves on by itself, so that "5 minutes ago" stays true.
import { systemPlatform } from '@parlance/xmpp-client/platform';
import { useEffect, useState } from 'react';

const { clock } = systemPlatform;

/** Milliseconds since 1970, renewed every `step` milliseconds. */
export const useNow = (step: number): number => {
  const [now, setNow] = useState(() => clock.now());
  useEffect(() => {
    const tick = setInterval(() => setNow(clock.now()), step);
    return () => clearInterval(tick);
  }, [step]);
  return now;
};

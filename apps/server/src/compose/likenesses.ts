// What verifiers of people are like, also after somebody has moved in with some from elsewhere (SECURITY-CHECKLIST 16, ADR 0012).
import { Likenesses } from '@parlance/xmpp-server/auth/likenesses';
import type { Core } from './core.ts';
import type { Ports } from './ports.ts';

/** Milliseconds: after an import of many, all accounts are looked at once, not once for each. */
const interval = 1_000;

/** To be refreshed at the start; then they follow by themselves. */
export const likenessesOf = ({ membership, stores }: Core, { clock, log }: Ports): Likenesses => {
  const likenesses = new Likenesses(stores.credentials);
  let waiting = false;
  membership.onImport.on('act', () => {
    if (waiting) return;
    waiting = true;
    clock.after(interval, () => {
      waiting = false;
      likenesses.refresh().catch((error: unknown) => log.warn('credentials could not be read', { error }));
    });
  });
  return likenesses;
};

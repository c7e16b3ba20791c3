// Domains with people who came from a server that kept verifiers for SHA-1 alone; until all have a new password, SHA-1 is offered there.
import type { ScramKind } from '@parlance/core/credentials';
import type { Core } from './core.ts';
import type { Ports } from './ports.ts';

const [weak, better]: readonly [ScramKind, ScramKind] = ['scram-sha-1', 'scram-sha-256'];

/** Milliseconds: after an import of many, all credentials are gone through once, not once for each. */
const interval = 1_000;

/** The domains, as they are from `refresh` on, and soon after an account has moved in. */
export const sha1OnlyDomains = (
  { stores, membership }: Core,
  { clock, log }: Ports,
): { readonly domains: ReadonlySet<string>; readonly refresh: () => Promise<void> } => {
  const domains = new Set<string>();
  const refresh = async (): Promise<void> => {
    const found = await stores.credentials.lacking(weak, better);
    domains.clear();
    for (const domain of found) domains.add(domain);
  };
  let waiting = false;
  membership.onSettled.on('act', () => {
    if (waiting) return;
    waiting = true;
    clock.after(interval, () => {
      waiting = false;
      refresh().catch((error: unknown) => log.warn('credentials could not be read', { error }));
    });
  });
  return { domains, refresh };
};

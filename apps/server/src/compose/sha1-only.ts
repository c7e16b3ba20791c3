// Domains with people who came from a server that kept verifiers for SHA-1 alone; until all have a new password, SHA-1 is offered there.
import type { Log } from '@parlance/base/log';
import type { ScramKind } from '@parlance/core/credentials';
import type { Core } from './core.ts';

const [weak, better]: readonly [ScramKind, ScramKind] = ['scram-sha-1', 'scram-sha-256'];

/** The domains, as they are from `refresh` on, and after each account that moves in. */
export const sha1OnlyDomains = (
  { stores, membership }: Core,
  log: Log,
): { readonly domains: ReadonlySet<string>; readonly refresh: () => Promise<void> } => {
  const domains = new Set<string>();
  const refresh = async (): Promise<void> => {
    const found = await stores.credentials.lacking(weak, better);
    domains.clear();
    for (const domain of found) domains.add(domain);
  };
  membership.onSettled.on('act', () => {
    refresh().catch((error: unknown) => log.error('credentials could not be read', { error }));
  });
  return { domains, refresh };
};

// The domain name system as Node asks it: the servers of this machine, a few seconds, no record is no error.
import { Resolver } from 'node:dns/promises';
import type { Dns } from './dns.ts';

/** Milliseconds for one try, and tries. */
const settings = { timeout: 2_000, tries: 2 };

/** What a name without such records is answered with. */
const none = new Set(['ENODATA', 'ENOTFOUND']);

const orNone = async <T>(asked: Promise<readonly T[]>): Promise<readonly T[]> => {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string' && none.has(error.code)) return [];
    throw error;
  }
};

export const nodeDns = (): Dns => {
  const resolver = new Resolver(settings);
  return {
    naptr: (name) => orNone(resolver.resolveNaptr(name)),
    srv: async (name) =>
      (await orNone(resolver.resolveSrv(name))).map(({ priority, weight, port, name: target }) => ({
        priority,
        weight,
        port,
        target,
      })),
    addresses: async (name) => {
      const found = await Promise.allSettled([orNone(resolver.resolve4(name)), orNone(resolver.resolve6(name))]);
      const known = found.flatMap((each) => (each.status === 'fulfilled' ? each.value : []));
      const failed = found.find((each) => each.status === 'rejected');
      if (known.length === 0 && failed !== undefined) throw failed.reason;
      return known;
    },
  };
};

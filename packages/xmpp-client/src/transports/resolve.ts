// Where a domain's server is: SRV records, weighted (RFC 6120 §3.2, RFC 2782), or the fallback port.
import { randomInt } from 'node:crypto';
import { resolveSrv } from 'node:dns/promises';
import { isIP } from 'node:net';

export interface Address {
  readonly host: string;
  readonly port: number;
}

type Weighted = Address & { readonly priority: number; readonly weight: number };

/** RFC 2782: lowest priority first; within one, by chance in proportion to weight. `below(n)` gives 0 … n-1. */
export const order = (records: readonly Weighted[], below: (limit: number) => number): Address[] => {
  const waiting = records.toSorted((a, b) => a.priority - b.priority || a.weight - b.weight);
  const ordered: Address[] = [];
  while (waiting.length > 0) {
    const group = waiting.filter((record) => record.priority === waiting[0]?.priority);
    let ticket = below(group.reduce((sum, record) => sum + record.weight, 0) + 1);
    const index = group.findIndex((record) => {
      ticket -= record.weight;
      return ticket <= 0;
    });
    ordered.push(...waiting.splice(index, 1).map(({ host, port }) => ({ host, port })));
  }
  return ordered;
};

/**
 * The addresses to try, in order. `service`: 'xmpp-client', or 'xmpps-client' for direct TLS (XEP-0368).
 * A target of '.' says that the service is not there: an empty list.
 */
export const resolve = async (domain: string, service: string, port: number): Promise<readonly Address[]> => {
  const fallback = [{ host: domain, port }];
  if (isIP(domain) !== 0 || domain === 'localhost') return fallback;
  try {
    const records = await resolveSrv(`_${service}._tcp.${domain}`);
    if (records.length === 1 && (records[0]?.name === '.' || records[0]?.name === '')) return [];
    const weighted = records.map(({ name, ...rest }) => ({ ...rest, host: name }));
    return records.length === 0 ? fallback : order(weighted, (limit) => randomInt(limit));
  } catch {
    return fallback;
  }
};

/** Reads "host", "host:port", "[v6]:port" or a bare IPv6 address; undefined when it is none of these. */
export const parseAddress = (text: string, port: number): Address | undefined => {
  const [, bracketed, plain, given] = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? (isIP(text) === 6 ? text : undefined);
  const chosen = given === undefined ? port : Number(given);
  return host === undefined || chosen < 1 || chosen > 65_535 ? undefined : { host, port: chosen };
};

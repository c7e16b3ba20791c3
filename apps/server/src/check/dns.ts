// Can clients find the domains by DNS? SRV records (RFC 6120 §3.2.1, XEP-0368), else addresses of the domain itself.
import { Resolver } from 'node:dns/promises';
import type { Configuration } from '../config/configuration.ts';
import type { Texts } from '../texts/en.ts';
import { type Finding, note, ok } from './finding.ts';

/** Names that never stand in the DNS of the world (RFC 6761 §6, RFC 6762 §3). */
const isLocalName = (domain: string): boolean =>
  !domain.includes('.') || /\.(localhost|test|invalid|local|internal)$/.test(domain) || /^[\d.]+$|:/.test(domain);

const records = async (resolver: Resolver, domain: string): Promise<readonly string[]> => {
  const asked: readonly (readonly [string, Promise<unknown>])[] = [
    ['SRV _xmpp-client', resolver.resolveSrv(`_xmpp-client._tcp.${domain}`)],
    ['SRV _xmpps-client', resolver.resolveSrv(`_xmpps-client._tcp.${domain}`)],
    ['A', resolver.resolve4(domain)],
    ['AAAA', resolver.resolve6(domain)],
  ];
  const answers = await Promise.allSettled(asked.map(([, answer]) => answer));
  return asked.flatMap(([name], index) => (answers[index]?.status === 'fulfilled' ? [name] : []));
};

/** One finding a domain. */
export const checkDns = ({ domains }: Configuration, { check }: Texts): Promise<readonly Finding[]> => {
  const resolver = new Resolver({ timeout: 2_000, tries: 1 });
  return Promise.all(
    domains.map(async ({ name }) => {
      if (isLocalName(name)) return ok(check.dnsLocal(name));
      const found = await records(resolver, name);
      return found.length === 0 ? note(check.dnsMissing(name)) : ok(check.dns(name, found.join(', ')));
    }),
  );
};

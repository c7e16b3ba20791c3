// The addresses that a wildcard stands for: UDP needs a socket on each, so that a reply leaves from where its request came to.
import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** One address, or with `::` all of this machine, with `0.0.0.0` its IPv4 ones. Link-local addresses carry their zone. */
export const boundAddresses = (address: string): readonly string[] => {
  if (address !== '::' && address !== '0.0.0.0') return [address];
  return Object.entries(networkInterfaces())
    .flatMap(([name, list = []]) =>
      list.map((each) => (isLinkLocal(each.address) ? `${each.address}%${name}` : each.address)),
    )
    .filter((each) => address === '::' || !isIPv6(each));
};

/** RFC 4291 §2.5.6. */
const isLinkLocal = (address: string): boolean => /^fe[89ab]/.test(address);

// Where a connection comes from: loopback or not, and what counts as one source (ADR 0005, SECURITY-CHECKLIST 4).
import { isIPv6 } from 'node:net';

const mapped = '::ffff:';

/** An IPv4 address in its own spelling, also when it came through an IPv6 socket (RFC 4291 §2.5.5.2). */
export const plainAddress = (address: string): string =>
  address.startsWith(mapped) && address.includes('.') ? address.slice(mapped.length) : address;

export const isLoopback = (address: string): boolean => {
  const plain = plainAddress(address);
  return plain === '::1' || plain.startsWith('127.');
};

/** The first four groups of an IPv6 address: what one customer has (RFC 6177 §2). */
const network = (address: string): string => {
  const [head = '', tail = ''] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? 8 - groups.length - rest.length : 0;
  return [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...rest].slice(0, 4).join(':');
};

/** What limits by address count: an IPv4 address, an IPv6 network of 64 bits; undefined for this machine itself. */
export const sourceOf = (address: string): string | undefined => {
  if (isLoopback(address)) return undefined;
  const plain = plainAddress(address);
  return isIPv6(plain) ? network(plain) : plain;
};

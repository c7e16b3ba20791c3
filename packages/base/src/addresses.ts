// Where a connection comes from: loopback or not, and what counts as one source (ADR 0005, SECURITY-CHECKLIST 4).

const mapped = '::ffff:';

/** An IPv4 address in its own spelling, also when it came through an IPv6 socket (RFC 4291 §2.5.5.2). */
export const plainAddress = (address: string): string =>
  address.startsWith(mapped) && address.includes('.') ? address.slice(mapped.length) : address;

export const isLoopback = (address: string): boolean => {
  const plain = plainAddress(address);
  return plain === '::1' || plain.startsWith('127.');
};

/** The first groups of an IPv6 address. */
const network = (address: string, count: number): string => {
  const [head = '', tail = ''] = address.split('::');
  const groups = head === '' ? [] : head.split(':');
  const rest = tail === '' ? [] : tail.split(':');
  const zeros = address.includes('::') ? 8 - groups.length - rest.length : 0;
  return [...groups, ...Array.from({ length: Math.max(0, zeros) }, () => '0'), ...rest].slice(0, count).join(':');
};

/** What limits by address count: an IPv4 address, an IPv6 network of 64 bits, which is what one customer has at least (RFC 6177 §2); undefined for this machine itself. */
export const sourceOf = (address: string): string | undefined => {
  if (isLoopback(address)) return undefined;
  const plain = plainAddress(address);
  return plain.includes(':') ? network(plain, 4) : plain;
};

/** A neighbourhood, of which one may pretend to be any: 24 bits of an IPv4 address, 48 of an IPv6 address. */
export const neighbourhoodOf = (address: string): string => {
  const plain = plainAddress(address);
  return plain.includes(':') ? network(plain, 3) : plain.slice(0, plain.lastIndexOf('.'));
};

// Domain parts of addresses: names by IDNA, IPv4 and IPv6 literals (RFC 7622 §3.2, RFC 5890, UTS 46, RFC 3986 §3.2.2).
import { unicodeName } from './idna.ts';
import { inIdentifierClass } from './precis/profiles.ts';

/** NR-LDH labels in lower case (RFC 5890 §2.3.1); IPv4 addresses are of this shape, too. */
const plain = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** IDNA2008 allows fewer code points than UTS 46: no symbols, for one. The IdentifierClass has its repertoire (RFC 8264 §4.2). */
const nameOf = (text: string): string | undefined => {
  const name = unicodeName(text);
  return name !== undefined && inIdentifierClass(name) ? name : undefined;
};

const group = /^[0-9a-f]{1,4}$/;
const octet = /^(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)$/;

const isIpv4 = (text: string): boolean => {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => octet.test(part));
};

/** How many 16-bit groups a run of them holds, a trailing IPv4 address counting as two; NaN when it is malformed. */
const groups = (run: string): number => {
  if (run === '') return 0;
  const parts = run.split(':');
  const last = parts.at(-1) ?? '';
  const embedded = isIpv4(last);
  const plainGroups = embedded ? parts.slice(0, -1) : parts;
  return plainGroups.every((part) => group.test(part)) ? plainGroups.length + (embedded ? 2 : 0) : Number.NaN;
};

/** `IPv6address` of RFC 3986 §3.2.2, in lower case. */
const isIpv6 = (text: string): boolean => {
  const [head = '', tail, ...more] = text.split('::');
  if (more.length > 0) return false;
  if (tail === undefined) return groups(head) === 8;
  return !head.includes('.') && groups(head) + groups(tail) < 8;
};

/** `[address]`, with a zone after `%25` where there is one (RFC 6874 §2). */
const literalOf = (text: string): string | undefined => {
  const [, address = '', zone = ''] = /^\[([^%]*)(%25[\w.~-]+)?\]$/.exec(text) ?? [];
  return isIpv6(address.toLowerCase()) ? `[${address.toLowerCase()}${zone}]` : undefined;
};

/** The prepared domain part, or undefined when it is malformed. One final dot is taken off first (RFC 7622 §3.2). */
export const domainpart = (text: string): string | undefined => {
  const stripped = text.endsWith('.') ? text.slice(0, -1) : text;
  if (stripped.length > 1023) return undefined;
  if (stripped.startsWith('[')) return literalOf(stripped);
  return stripped.length <= 253 && plain.test(stripped) && !stripped.includes('--') ? stripped : nameOf(stripped);
};

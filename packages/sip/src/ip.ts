// IP addresses as text: IPv4, and IPv6 without brackets (RFC 3261 §25.1 with the grammar of RFC 5954 §4.1).
import { isAll, isDigit, isHex } from './characters.ts';

const dot = 0x2e;

/** Four decimal numbers of up to 255, without superfluous zeros. */
export const isIPv4 = (text: string): boolean => {
  let [octet, dots] = [-1, 0];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === dot ? octet < 0 : !isDigit(code) || octet === 0) return false;
    dots += code === dot ? 1 : 0;
    octet = code === dot ? -1 : Math.max(octet, 0) * 10 + code - 0x30;
    if (octet > 255) return false;
  }
  return dots === 3 && octet >= 0;
};

/** The eight groups of 16 bits of an IPv6 address without zone; undefined when it is none. */
export const readIPv6 = (text: string): readonly number[] | undefined => {
  const halves = text.split('::');
  const head = groups(halves[0] ?? '', halves.length === 1);
  const tail = groups(halves[1] ?? '', true);
  if (halves.length > 2 || head === undefined || tail === undefined) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
};

/** Groups with a colon between; the last two may be an IPv4 address where the whole address ends. */
const groups = (text: string, last: boolean): readonly number[] | undefined => {
  if (text === '') return [];
  const parts = text.split(':');
  const dotted = last && isIPv4(parts.at(-1) ?? '') ? octets(parts.pop() ?? '') : [];
  return parts.every(isGroup) ? [...parts.map((part) => Number.parseInt(part, 16)), ...dotted] : undefined;
};

const isGroup = (text: string): boolean => text.length < 5 && isAll(text, isHex);

const octets = (text: string): readonly number[] => {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
};

// IP addresses as SIP writes them: IPv4, and IPv6 in brackets (RFC 3261 §25.1 with the grammar of RFC 5954 §4.1).
import { isDigit, isHex } from './characters.ts';

/** Four decimal numbers of up to 255, without superfluous zeros. */
export const isIPv4 = (text: string): boolean => {
  const parts = text.split('.');
  return parts.length === 4 && parts.every((part) => isDecimal(part) && Number(part) < 256);
};

const isDecimal = (text: string): boolean =>
  text.length > 0 && text.length < 4 && [...text].every((digit) => isDigit(digit.charCodeAt(0))) && `${Number(text)}` === text;

/** An IPv6 address without brackets or zone. */
export const isIPv6 = (text: string): boolean => {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const counts = halves.map((half, n) => groups(half, n === halves.length - 1));
  if (counts.includes(-1)) return false;
  const total = counts.reduce((sum, count) => sum + count, 0);
  return halves.length === 2 ? total < 8 : total === 8;
};

/** Groups of 16 bits in a part between two double colons; −1 when one is none. An IPv4 address counts as two, at the end only. */
const groups = (text: string, last: boolean): number => {
  if (text === '') return 0;
  const parts = text.split(':');
  const tail = parts.at(-1) ?? '';
  const dotted = last && tail.includes('.');
  if (dotted && !isIPv4(tail)) return -1;
  const plain = dotted ? parts.slice(0, -1) : parts;
  return plain.every(isGroup) ? plain.length + (dotted ? 2 : 0) : -1;
};

const isGroup = (text: string): boolean =>
  text.length > 0 && text.length < 5 && [...text].every((digit) => isHex(digit.charCodeAt(0)));

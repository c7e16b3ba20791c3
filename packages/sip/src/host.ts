// Hosts and ports of URIs and of Via (RFC 3261 §19.1.1, §25.1; IPv6 by RFC 5954).
import { isAlphanum, isDigit, isHost } from './characters.ts';
import type { Cursor } from './cursor.ts';
import { isIPv4, readIPv6 } from './ip.ts';

const [dot, hyphen, bracket, colon] = [0x2e, 0x2d, 0x5b, 0x3a];

/** A host name, an IPv4 address or an IPv6 address in brackets, in lower case. Throws `SipError` 400 when there is none. */
export const readHost = (cursor: Cursor): string => {
  if (cursor.next === bracket) return readReference(cursor);
  const text = cursor.run(isHost);
  return isName(text) ? text.toLowerCase() : cursor.fail();
};

const readReference = (cursor: Cursor): string => {
  const close = cursor.text.indexOf(']', cursor.at);
  if (close === -1) cursor.fail();
  const address = withoutBug(cursor.text.slice(cursor.at + 1, close));
  if (readIPv6(address) === undefined) cursor.fail();
  cursor.at = close + 1;
  return `[${address.toLowerCase()}]`;
};

/** The grammar of RFC 3261 led some to write three colons before an IPv4 address; that is understood, never written (RFC 5118 §4.10). */
const withoutBug = (address: string): string => (address.includes('.') ? address.replace(':::', '::') : address);

/** Labels of letters, digits and inner hyphens. If the last has digits only, the whole must be an IPv4 address (RFC 5954 §4.1). */
const isName = (text: string): boolean => {
  let [before, numeric] = [dot, true];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === dot ? !isAlphanum(before) : before === dot && !isAlphanum(code)) return false;
    if (code !== dot) numeric = (before === dot || numeric) && isDigit(code);
    before = code;
  }
  return before !== hyphen && (!numeric || isIPv4(text));
};

/** `:port`, when there is one; at most 65535. */
export const readPort = (cursor: Cursor): number | undefined => {
  if (cursor.next !== colon) return undefined;
  cursor.at++;
  return cursor.number(65_535);
};

/** Whether two hosts are the same name, or the same address however it is written (RFC 5954 §4.2). */
export const sameHost = (one: string, other: string): boolean => one === other || binary(one) === binary(other);

const binary = (host: string): string =>
  host.startsWith('[') ? (readIPv6(host.slice(1, -1))?.join(':') ?? host) : host;

// SIP and SIPS URIs: reading, writing, comparing (RFC 3261 §19.1; IPv6 by RFC 5954). Other schemes stay opaque.
import { isAll, isDigit, isHex, isHost, isToken, isUri, isUser } from './characters.ts';
import { Cursor } from './cursor.ts';
import { malformed, SipError } from './error.ts';
import { isIPv6 } from './ip.ts';
import { type Parameters, parameter, valueOf, writeParameters } from './parameters.ts';

export interface SipUri {
  readonly scheme: 'sip' | 'sips';
  /** As on the wire, escapes kept; undefined when the URI names a host only. */
  readonly user: string | undefined;
  /** Whatever stands behind the user's colon; kept, never used (RFC 3261 §19.1.1). */
  readonly password: string | undefined;
  /** In lower case; an IPv6 address with its brackets. */
  readonly host: string;
  readonly port: number | undefined;
  readonly parameters: Parameters;
  /** Behind the question mark, as on the wire. */
  readonly headers: string | undefined;
}

/** A URI of a scheme that is not SIP's: tel, im, pres, http, … */
export interface OtherUri {
  readonly scheme: string;
  readonly rest: string;
}

export type Uri = SipUri | OtherUri;

export const isSip = (uri: Uri): uri is SipUri => 'host' in uri;

const uriOf = 'URI';

/** Characters that parameters and headers of a URI may have: paramchar and hnv-unreserved, each escape checked apart. */
const isParameter = (code: number): boolean => isUri(code) && !';?@,=$'.includes(String.fromCharCode(code));
const isParameterValue = (code: number): boolean => isUri(code) && !';?@,'.includes(String.fromCharCode(code));
const isHeader = (code: number): boolean => isUri(code) && !'@,'.includes(String.fromCharCode(code));
const isPassword = (code: number): boolean => isUser(code) && !';?/'.includes(String.fromCharCode(code));

/** Reads a whole text as a URI. Throws `SipError` 400. */
export const readUri = (text: string): Uri => {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  if (!isAll(scheme, isToken) || !isLetter(scheme.charCodeAt(0))) throw malformed(uriOf);
  if (scheme === 'sip' || scheme === 'sips') return readSipUri(scheme, text.slice(colon + 1));
  const rest = text.slice(colon + 1);
  if (rest === '' || !isAll(rest, isOpaque)) throw malformed(uriOf);
  return { scheme, rest };
};

/** Reads a SIP or SIPS URI; any other scheme is refused (RFC 3261 §8.2.2.1). */
export const readSip = (text: string): SipUri => {
  const uri = readUri(text);
  if (!isSip(uri)) throw new SipError(416, 'Unsupported URI Scheme');
  return uri;
};

const isLetter = (code: number): boolean => code >= 0x61 && code <= 0x7a;
const isOpaque = (code: number): boolean => isUri(code) || code === 0x23;

const readSipUri = (scheme: 'sip' | 'sips', text: string): SipUri => {
  // An at sign may stand nowhere else unescaped, while a user may hold question marks and semicolons.
  const at = text.indexOf('@');
  const [user, password] = at === -1 ? [] : readUser(text.slice(0, at));
  const cursor = new Cursor(text.slice(at + 1), uriOf);
  const host = readHost(cursor);
  const port = readPort(cursor);
  const parameters = readUriParameters(cursor);
  const headers = cursor.text[cursor.at] === '?' ? cursor.text.slice(cursor.at + 1) : undefined;
  if (headers === undefined ? !cursor.ended : !isAll(headers, isHeader) || !escapes(headers)) cursor.fail();
  return { scheme, user, password, host, port, parameters, headers };
};

const readUser = (text: string): [string, string | undefined] => {
  const colon = text.indexOf(':');
  const user = colon === -1 ? text : text.slice(0, colon);
  const password = colon === -1 ? undefined : text.slice(colon + 1);
  if (!isAll(user, isUser) || !escapes(user)) throw malformed(uriOf);
  if (password !== undefined && password !== '' && !(isAll(password, isPassword) && escapes(password)))
    throw malformed(uriOf);
  return [user, password];
};

/** A host name, an IPv4 address or an IPv6 address in brackets, in lower case. Throws when there is none. */
export const readHost = (cursor: Cursor): string => {
  if (cursor.text[cursor.at] !== '[') return isName(cursor.run(isHost), cursor);
  const close = cursor.text.indexOf(']', cursor.at);
  if (close === -1 || !isIPv6(cursor.text.slice(cursor.at + 1, close))) cursor.fail();
  const host = cursor.text.slice(cursor.at, close + 1).toLowerCase();
  cursor.at = close + 1;
  return host;
};

const isName = (text: string, cursor: Cursor): string =>
  text === '' || text.startsWith('.') || text.includes('..') ? cursor.fail() : text.toLowerCase();

/** `:port`, when there is one; at most 65535. */
export const readPort = (cursor: Cursor): number | undefined => {
  if (cursor.text[cursor.at] !== ':') return undefined;
  cursor.at++;
  const port = cursor.number(5);
  return port > 65_535 ? cursor.fail() : port;
};

const readUriParameters = (cursor: Cursor): Parameters => {
  if (cursor.text[cursor.at] !== ';') return [];
  const found: { name: string; value: string | undefined }[] = [];
  while (cursor.text[cursor.at] === ';') {
    cursor.at++;
    const name = cursor.run(isParameter) || cursor.fail();
    let value: string | undefined;
    if (cursor.text[cursor.at] === '=') {
      cursor.at++;
      value = cursor.run(isParameterValue) || cursor.fail();
    }
    if (!escapes(name) || !escapes(value ?? '')) cursor.fail();
    if (parameter(found, name) !== undefined) cursor.fail();
    found.push({ name, value });
  }
  return found;
};

/** Every percent sign begins two hexadecimal digits. */
const escapes = (text: string): boolean => {
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', at + 3))
    if (!isHex(text.charCodeAt(at + 1)) || !isHex(text.charCodeAt(at + 2))) return false;
  return true;
};

export const writeUri = (uri: Uri): string => {
  if (!isSip(uri)) return `${uri.scheme}:${uri.rest}`;
  const password = uri.password === undefined ? '' : `:${uri.password}`;
  const user = uri.user === undefined ? '' : `${uri.user}${password}@`;
  const port = uri.port === undefined ? '' : `:${uri.port}`;
  const headers = uri.headers === undefined ? '' : `?${uri.headers}`;
  return `${uri.scheme}:${user}${uri.host}${port}${writeParameters(uri.parameters)}${headers}`;
};

/** The text that escapes stand for; undefined when they are no UTF-8. */
export const unescape = (text: string): string | undefined => {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/** A text as a user part: whatever may not stand there is escaped (RFC 3261 §19.1.2). */
export const escapeUser = (text: string): string => {
  let escaped = '';
  for (const character of text)
    escaped += isUser(character.charCodeAt(0)) && character !== '%' ? character : encodeURIComponent(character);
  return escaped;
};

/** Parameters that never go unnoticed when only one URI has them (RFC 3261 §19.1.4). */
const telling = ['user', 'ttl', 'method', 'maddr', 'transport'];

/** Whether two URIs are the same address by the rules of RFC 3261 §19.1.4. */
export const sameUri = (one: Uri, other: Uri): boolean => {
  if (!isSip(one) || !isSip(other)) return writeUri(one) === writeUri(other);
  return (
    one.scheme === other.scheme &&
    canonical(one.user) === canonical(other.user) &&
    canonical(one.password) === canonical(other.password) &&
    one.host === other.host &&
    one.port === other.port &&
    sameParameters(one.parameters, other.parameters) &&
    sameHeaders(one.headers, other.headers)
  );
};

const sameParameters = (one: Parameters, other: Parameters): boolean => {
  const agrees = ({ name, value }: { readonly name: string; readonly value: string | undefined }): boolean => {
    const found = parameter(other, name);
    return found === undefined || canonical(found.value)?.toLowerCase() === canonical(value)?.toLowerCase();
  };
  return one.every(agrees) && telling.every((name) => valueOf(one, name) !== undefined === (valueOf(other, name) !== undefined));
};

const sameHeaders = (one: string | undefined, other: string | undefined): boolean => {
  const sorted = (text: string | undefined): string => (text ?? '').split('&').map(headerKey).sort().join('&');
  return sorted(one) === sorted(other);
};

/** Names of headers have no case, their values do. */
const headerKey = (text: string): string => {
  const equals = text.indexOf('=');
  return equals === -1 ? text.toLowerCase() : `${text.slice(0, equals).toLowerCase()}=${canonical(text.slice(equals + 1))}`;
};

/** Escapes of characters that need none are undone; others are written in capitals. */
const canonical = (text: string | undefined): string | undefined =>
  text?.replaceAll(/%([0-9a-fA-F]{2})/g, (_, hex: string) => {
    const code = Number.parseInt(hex, 16);
    return isUser(code) && code !== 0x25 && isToken(code) ? String.fromCharCode(code) : `%${hex.toUpperCase()}`;
  });

/** `host:port` of a place, an IPv6 address in brackets. */
export const hostPort = (address: string, port: number | undefined): string => {
  const host = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
};

/** The number of a port, by a URI's scheme, when it names none (RFC 3261 §19.1.2). */
export const defaultPort = (tls: boolean): number => (tls ? 5061 : 5060);

export const isPortText = (text: string): boolean => isAll(text, isDigit) && Number(text) <= 65_535;

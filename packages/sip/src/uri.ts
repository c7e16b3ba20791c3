// SIP and SIPS URIs: reading, writing, comparing (RFC 3261 §19.1; IPv6 by RFC 5954). Other schemes stay opaque.
import {
  type CharacterClass,
  isAll,
  isHex,
  isLetter,
  isParameterName,
  isParameterValue,
  isPassword,
  isScheme,
  isUnreserved,
  isUri,
  isUriHeader,
  isUser,
} from './characters.ts';
import { Cursor } from './cursor.ts';
import { malformed, SipError } from './error.ts';
import { readHost, readPort, sameHost } from './host.ts';
import { addParameter, type Parameter, type Parameters, parameter, writeParameters } from './parameters.ts';

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

const what = 'URI';

/** Reads a whole text as a URI. Throws `SipError` 400. */
export const readUri = (text: string): Uri => {
  const colon = text.indexOf(':');
  const scheme = text.slice(0, Math.max(colon, 0)).toLowerCase();
  const rest = text.slice(colon + 1);
  if (scheme === 'sip' || scheme === 'sips') return readSipUri(scheme, rest);
  if (!isLetter(scheme.charCodeAt(0)) || !isAll(scheme, isScheme) || !isAll(rest, isUri)) throw malformed(what);
  return { scheme, rest };
};

/** Reads a SIP or SIPS URI; any other scheme is refused (RFC 3261 §8.2.2.1). */
export const readSip = (text: string): SipUri => {
  const uri = readUri(text);
  if (!isSip(uri)) throw new SipError(416, 'Unsupported URI Scheme');
  return uri;
};

const readSipUri = (scheme: 'sip' | 'sips', text: string): SipUri => {
  // An at sign may stand nowhere else unescaped, while a user may hold question marks and semicolons.
  const at = text.indexOf('@');
  const cursor = new Cursor(text, what);
  const [user, password] = at === -1 ? [] : readUser(cursor);
  const host = readHost(cursor);
  const port = readPort(cursor);
  const parameters = readUriParameters(cursor);
  const headers = step(cursor, '?') ? piece(cursor, isUriHeader) : undefined;
  if (!cursor.ended) cursor.fail();
  return { scheme, user, password, host, port, parameters, headers };
};

/** User and password, and the at sign behind. The user is not empty, the password may be. */
const readUser = (cursor: Cursor): readonly [string, string | undefined] => {
  const user = piece(cursor, isUser);
  const password = step(cursor, ':') ? escaped(cursor.run(isPassword), cursor) : undefined;
  if (!step(cursor, '@')) cursor.fail();
  return [user, password];
};

/** Names have no case and may be escaped: what needs no escape is undone, so that they are found by their names (§19.1.4). */
const readUriParameters = (cursor: Cursor): Parameters => {
  const found: Parameter[] = [];
  while (step(cursor, ';')) {
    const name = canonical(piece(cursor, isParameterName));
    addParameter(found, { name, value: step(cursor, '=') ? piece(cursor, isParameterValue) : undefined }, cursor);
  }
  return found;
};

/** Steps over a character, if it comes next: no white space may stand in a URI. */
const step = (cursor: Cursor, character: string): boolean => {
  if (cursor.text[cursor.at] !== character) return false;
  cursor.at++;
  return true;
};

/** A run of a class that is not empty, with sound escapes. */
const piece = (cursor: Cursor, is: CharacterClass): string => escaped(cursor.run(is) || cursor.fail(), cursor);

/** Every percent sign begins two hexadecimal digits. */
const escaped = (text: string, cursor: Cursor): string => {
  for (let at = text.indexOf('%'); at !== -1; at = text.indexOf('%', at + 3))
    if (!isHex(text.charCodeAt(at + 1)) || !isHex(text.charCodeAt(at + 2))) cursor.fail();
  return text;
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
export const unescaped = (text: string): string | undefined => {
  if (!text.includes('%')) return text;
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
};

/** A text as a user part: whatever may not stand there is escaped (RFC 3261 §19.1.2). */
export const escapeUser = (text: string): string => {
  let user = '';
  for (const character of text)
    user += isUser(character.charCodeAt(0)) && character !== '%' ? character : encodeURIComponent(character);
  return user;
};

/** Parameters that never go unnoticed when only one URI has them (RFC 3261 §19.1.4). */
const telling = ['user', 'ttl', 'method', 'maddr', 'transport'];

/** Whether two URIs are the same address by the rules of RFC 3261 §19.1.4. */
export const sameUri = (one: Uri, other: Uri): boolean => {
  if (!isSip(one) || !isSip(other)) return writeUri(one) === writeUri(other);
  return (
    one.scheme === other.scheme &&
    sameUser(one.user, other.user) &&
    sameUser(one.password, other.password) &&
    sameHost(one.host, other.host) &&
    one.port === other.port &&
    sameParameters(one.parameters, other.parameters) &&
    sameHeaders(one.headers, other.headers)
  );
};

const sameUser = (one: string | undefined, other: string | undefined): boolean =>
  one === other || (one !== undefined && other !== undefined && canonical(one) === canonical(other));

const sameParameters = (one: Parameters, other: Parameters): boolean => {
  const agrees = ({ name, value }: Parameter): boolean => {
    const found = parameter(other, name);
    return found === undefined || sameValue(found.value, value);
  };
  return one.every(agrees) && telling.every((name) => hasParameter(one, name) === hasParameter(other, name));
};

const hasParameter = (parameters: Parameters, name: string): boolean => parameter(parameters, name) !== undefined;

const sameValue = (one = '', other = ''): boolean => canonical(one).toLowerCase() === canonical(other).toLowerCase();

/** Headers are never ignored; their order is (§19.1.4). */
const sameHeaders = (one = '', other = ''): boolean => {
  const sorted = (text: string): string => text.split('&').map(headerKey).sort().join('&');
  return one === other || sorted(one) === sorted(other);
};

/** Names of headers have no case, their values do. */
const headerKey = (text: string): string => {
  const equals = text.indexOf('=');
  const name = canonical(equals === -1 ? text : text.slice(0, equals)).toLowerCase();
  return equals === -1 ? name : `${name}=${canonical(text.slice(equals + 1))}`;
};

/** Escapes of characters that need none are undone, others are written in capitals (RFC 3261 §19.1.4). */
const canonical = (text: string): string =>
  text.includes('%')
    ? text.replaceAll(/%([0-9a-fA-F]{2})/g, (sequence, hex: string) => {
        const code = Number.parseInt(hex, 16);
        return isUnreserved(code) ? String.fromCharCode(code) : sequence.toUpperCase();
      })
    : text;

/** `host:port` of a place, an IPv6 address in brackets. */
export const hostPort = (address: string, port: number | undefined): string => {
  const host = address.includes(':') && !address.startsWith('[') ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
};

/** The number of a port, by a URI's scheme, when it names none (RFC 3261 §19.1.2). */
export const defaultPort = (tls: boolean): number => (tls ? 5061 : 5060);

// Addresses with names: From, To, Contact, Route and their like (RFC 3261 §20.10, name-addr and addr-spec in §25.1).
import { isToken } from '../characters.ts';
import type { HeaderCodec } from '../codec.ts';
import { type Cursor, enquote, unquote } from '../cursor.ts';
import { type Parameters, readParameters, valueOf, writeParameters } from '../parameters.ts';

export interface NameAddr {
  /** What is shown, without quotes and escapes; '' when there is none. */
  readonly display: string;
  /** As on the wire, without angle brackets; `uri.ts` reads it. */
  readonly uri: string;
  readonly parameters: Parameters;
}

/** A registrar's `Contact: *` (RFC 3261 §10.2.2). */
export const wildcard = '*';

const [less, star, quote] = [0x3c, 0x2a, 0x22];

/** A URI without angle brackets ends where a parameter, another value or white space begins: it has none of its own (§20). */
const isBare = (code: number): boolean => code > 0x20 && code < 0x7f && !'<>",;?'.includes(String.fromCharCode(code));
const isEnclosed = (code: number): boolean => code > 0x20 && code < 0x7f && !'<>"'.includes(String.fromCharCode(code));

const readDisplay = (cursor: Cursor): string => {
  if (cursor.next === quote) {
    const display = unquote(cursor.quoted());
    cursor.space();
    return display;
  }
  const begin = cursor.at;
  for (let code = cursor.next; isToken(code) || code === 0x20 || code === 0x09 || code > 0x7f; code = cursor.next) cursor.at++;
  return cursor.text.slice(begin, cursor.at).trim();
};

const readBrackets = (cursor: Cursor): string => {
  if (cursor.next !== less) cursor.fail();
  cursor.at++;
  const uri = cursor.run(isEnclosed);
  if (uri === '' || cursor.text[cursor.at] !== '>') cursor.fail();
  cursor.at++;
  return uri;
};

/** Reads a name and an address, or an address alone, without parameters. */
const readAddress = (cursor: Cursor): Omit<NameAddr, 'parameters'> => {
  const begin = cursor.at;
  if (cursor.next !== less) {
    const display = readDisplay(cursor);
    if (cursor.next === less) return { display, uri: readBrackets(cursor) };
    cursor.at = begin;
    const uri = cursor.run(isBare);
    return uri.includes(':') ? { display: '', uri } : cursor.fail();
  }
  return { display: '', uri: readBrackets(cursor) };
};

export const readNameAddr = (cursor: Cursor): NameAddr => {
  const address = readAddress(cursor);
  return { ...address, parameters: readParameters(cursor) };
};

export const writeNameAddr = ({ display, uri, parameters }: NameAddr): string =>
  `${display === '' ? '' : `${enquote(display)} `}<${uri}>${writeParameters(parameters)}`;

const addresses = (id: string, list: boolean): HeaderCodec<NameAddr> => ({
  id,
  list,
  read: readNameAddr,
  write: writeNameAddr,
});

export const from = addresses('from', false);
export const to = addresses('to', false);
export const route = addresses('route', true);
export const recordRoute = addresses('record-route', true);
export const path = addresses('path', true);
export const serviceRoute = addresses('service-route', true);
export const referTo = addresses('refer-to', false);
export const referredBy = addresses('referred-by', false);

/** An address, or `*`. */
export const contact: HeaderCodec<NameAddr | typeof wildcard> = {
  id: 'contact',
  list: true,
  read(cursor) {
    if (cursor.next !== star) return readNameAddr(cursor);
    cursor.at++;
    return wildcard;
  },
  write: (value) => (value === wildcard ? wildcard : writeNameAddr(value)),
};

/** The tag of From or To: one half of a dialog's name (RFC 3261 §19.3). */
export const tagOf = ({ parameters }: NameAddr): string | undefined => valueOf(parameters, 'tag') || undefined;

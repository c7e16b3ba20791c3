// Addresses with names: From, To, Contact, Route and their like (RFC 3261 §20.10, name-addr and addr-spec in §25.1).
import { isBare, isEnclosed, isSpace, isToken } from '../characters.ts';
import type { HeaderCodec } from '../codec.ts';
import { type Cursor, enquote, unquote } from '../cursor.ts';
import { type Parameters, parameterOf, readParameters, writeParameters } from '../parameters.ts';

export interface NameAddr {
  /** What is shown, without quotes and escapes; '' when there is none. */
  readonly display: string;
  /** As on the wire, without angle brackets; `uri.ts` reads it. */
  readonly uri: string;
  readonly parameters: Parameters;
}

/** A registrar's `Contact: *` (RFC 3261 §10.2.2). */
export const wildcard = '*';

const [less, greater, quote] = [0x3c, 0x3e, 0x22];

/** A quoted string, or tokens; letters beyond ASCII without quotes are no grammar, but are seen and mean no harm. */
const isDisplay = (code: number): boolean => isToken(code) || isSpace(code) || code > 0x7f;

const readDisplay = (cursor: Cursor): string => {
  if (cursor.next !== quote) return cursor.run(isDisplay).trim();
  const display = unquote(cursor.quoted());
  cursor.space();
  return display;
};

const readBrackets = (cursor: Cursor): string => {
  cursor.at++;
  const uri = cursor.run(isEnclosed);
  if (uri === '' || cursor.next !== greater) cursor.fail();
  cursor.at++;
  return uri;
};

/** `name-addr`: a URI in angle brackets, before it a name or none (no space is needed between: RFC 4475 §3.1.1.6). */
const readBracketed = (cursor: Cursor): NameAddr => {
  const display = cursor.next === less ? '' : readDisplay(cursor);
  if (cursor.next !== less) cursor.fail();
  return { display, uri: readBrackets(cursor), parameters: readParameters(cursor) };
};

/** `name-addr` or `addr-spec`: parameters behind a URI without angle brackets are the field's, not the URI's (RFC 8217 §3). */
export const readNameAddr = (cursor: Cursor): NameAddr => {
  if (cursor.next === less || cursor.next === quote) return readBracketed(cursor);
  const begin = cursor.at;
  const uri = cursor.run(isBare);
  if (uri.includes(':')) return { display: '', uri, parameters: readParameters(cursor) };
  cursor.at = begin;
  return readBracketed(cursor);
};

/** Always in angle brackets, so that whatever the URI holds stays its own (RFC 8217 §3). */
export const writeNameAddr = ({ display, uri, parameters }: NameAddr): string =>
  `${display === '' ? '' : `${enquote(display)} `}<${uri}>${writeParameters(parameters)}`;

const address = (id: string): HeaderCodec<NameAddr> => ({
  id,
  list: false,
  read: readNameAddr,
  write: writeNameAddr,
});

/** Fields of the grammar `name-addr` only. */
const addresses = (id: string): HeaderCodec<NameAddr> => ({
  id,
  list: true,
  read: readBracketed,
  write: writeNameAddr,
});

export const from = address('from');
export const to = address('to');
export const referTo = address('refer-to');
export const referredBy = address('referred-by');
export const route = addresses('route');
export const recordRoute = addresses('record-route');
export const path = addresses('path');
export const serviceRoute = addresses('service-route');

/** An address, or `*` and nothing else. */
export const contact: HeaderCodec<NameAddr | typeof wildcard> = {
  id: 'contact',
  list: true,
  read(cursor) {
    if (cursor.text !== wildcard) return readNameAddr(cursor);
    cursor.at++;
    return wildcard;
  },
  write: (value) => (value === wildcard ? wildcard : writeNameAddr(value)),
};

/** The tag of From or To: one half of a dialog's name (RFC 3261 §19.3). */
export const tagOf = ({ parameters }: NameAddr): string | undefined => parameterOf(parameters, 'tag') || undefined;

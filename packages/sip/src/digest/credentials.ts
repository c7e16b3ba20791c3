// Credentials: Authorization and Proxy-Authorization, one to a field (RFC 7616 §3.4; RFC 3261 §20.7, §20.28; RFC 8760 §2.7).
import { isAll, isHex } from '../characters.ts';
import type { HeaderCodec } from '../codec.ts';
import { type Cursor, enquote } from '../cursor.ts';
import { unescaped } from '../uri.ts';
import { type DigestParameters, isOther, type OtherScheme, readScheme, wanted, writeOther } from './scheme.ts';

/** What a quality of protection needs besides: how often the nonce was used, and the client's own. */
export interface Protection {
  readonly qop: 'auth' | 'auth-int';
  /** Eight hexadecimal digits. */
  readonly nc: string;
  readonly cnonce: string;
}

export interface Credentials {
  readonly username: string;
  readonly realm: string;
  /** '' from a client that has seen no challenge yet (RFC 8760 §2.7). */
  readonly nonce: string;
  readonly uri: string;
  /** In lower case. */
  readonly response: string;
  /** As on the wire; MD5 when nothing is said. */
  readonly algorithm: string;
  readonly opaque: string | undefined;
  /** Undefined from a client of RFC 2069. */
  readonly protection: Protection | undefined;
}

/** A user name in the notation of RFC 5987, which quoted strings do not need (RFC 7616 §3.4). */
const extended = (text: string, cursor: Cursor): string => {
  const [charset = '', , value] = text.split("'");
  if (charset.toUpperCase() !== 'UTF-8' || value === undefined) return cursor.fail();
  return unescaped(value) ?? cursor.fail();
};

const userName = (parameters: DigestParameters, cursor: Cursor): string => {
  const [plain, other] = [parameters.get('username'), parameters.get('username*')];
  if (other === undefined) return plain ?? cursor.fail();
  return plain === undefined ? extended(other, cursor) : cursor.fail();
};

const protection = (parameters: DigestParameters, cursor: Cursor): Protection | undefined => {
  const qop = parameters.get('qop')?.toLowerCase();
  if (qop === undefined) return undefined;
  if (qop !== 'auth' && qop !== 'auth-int') return cursor.fail();
  const nc = wanted(parameters, 'nc', cursor);
  if (nc.length !== 8 || !isAll(nc, isHex)) return cursor.fail();
  return { qop, nc, cnonce: wanted(parameters, 'cnonce', cursor) };
};

const read = (cursor: Cursor): Credentials | OtherScheme => {
  const parameters = readScheme(cursor);
  if (isOther(parameters)) return parameters;
  return {
    username: userName(parameters, cursor),
    realm: wanted(parameters, 'realm', cursor),
    nonce: wanted(parameters, 'nonce', cursor),
    uri: wanted(parameters, 'uri', cursor),
    response: wanted(parameters, 'response', cursor).toLowerCase(),
    algorithm: parameters.get('algorithm') ?? 'MD5',
    opaque: parameters.get('opaque'),
    protection: protection(parameters, cursor),
  };
};

/** Quoted is what RFC 7616 §3.4 wants quoted, and nothing else. */
const write = (value: Credentials | OtherScheme): string => {
  if (isOther(value)) return writeOther(value);
  const { username, realm, nonce, uri, response, algorithm, opaque, protection: by } = value;
  return [
    `Digest username=${enquote(username)}`,
    `realm=${enquote(realm)}`,
    `nonce=${enquote(nonce)}`,
    `uri=${enquote(uri)}`,
    `response=${enquote(response)}`,
    `algorithm=${algorithm}`,
    ...(by === undefined ? [] : [`cnonce=${enquote(by.cnonce)}`, `qop=${by.qop}`, `nc=${by.nc}`]),
    ...(opaque === undefined ? [] : [`opaque=${enquote(opaque)}`]),
  ].join(', ');
};

const credentials = (id: string): HeaderCodec<Credentials | OtherScheme> => ({ id, list: false, read, write });

export const authorization = credentials('authorization');
export const proxyAuthorization = credentials('proxy-authorization');

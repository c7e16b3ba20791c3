// Challenges: WWW-Authenticate and Proxy-Authenticate, one to a field (RFC 7616 §3.3; RFC 3261 §20.27, §20.44; RFC 8760 §2.7).
import type { HeaderCodec } from '../codec.ts';
import { type Cursor, enquote } from '../cursor.ts';
import { isOther, type OtherScheme, readScheme, wanted, writeOther } from './scheme.ts';

export interface Challenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | undefined;
  /** The nonce was no good, whatever the password: another try needs nobody. */
  readonly stale: boolean;
  /** As on the wire; MD5 when nothing is said. */
  readonly algorithm: string;
  /** Qualities of protection in lower case; none from a server of RFC 2069. */
  readonly qop: readonly string[];
}

const read = (cursor: Cursor): Challenge | OtherScheme => {
  const parameters = readScheme(cursor);
  if (isOther(parameters)) return parameters;
  const qop = (parameters.get('qop') ?? '').toLowerCase().split(',');
  return {
    realm: wanted(parameters, 'realm', cursor),
    nonce: wanted(parameters, 'nonce', cursor),
    opaque: parameters.get('opaque'),
    stale: parameters.get('stale')?.toLowerCase() === 'true',
    algorithm: parameters.get('algorithm') ?? 'MD5',
    qop: qop.map((each) => each.trim()).filter((each) => each !== ''),
  };
};

/** Quoted is what RFC 7616 §3.3 wants quoted, and nothing else. Text is UTF-8 everywhere in SIP: no charset. */
const write = (value: Challenge | OtherScheme): string => {
  if (isOther(value)) return writeOther(value);
  const { realm, nonce, opaque, stale, algorithm, qop } = value;
  return [
    `Digest realm=${enquote(realm)}`,
    ...(qop.length === 0 ? [] : [`qop=${enquote(qop.join(','))}`]),
    `nonce=${enquote(nonce)}`,
    ...(opaque === undefined ? [] : [`opaque=${enquote(opaque)}`]),
    ...(stale ? ['stale=true'] : []),
    `algorithm=${algorithm}`,
  ].join(', ');
};

const challenges = (id: string): HeaderCodec<Challenge | OtherScheme> => ({ id, list: false, read, write });

export const wwwAuthenticate = challenges('www-authenticate');
export const proxyAuthenticate = challenges('proxy-authenticate');

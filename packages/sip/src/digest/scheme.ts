// What challenges and credentials have in common: a scheme and its parameters. Each is a field of its own (RFC 3261 §7.3.1, §25.1).
import { type Cursor, unquote } from '../cursor.ts';

/** A scheme that is not Digest, as it came: passed by, never answered (RFC 8760 §2.6: not Basic). */
export interface OtherScheme {
  /** In lower case. */
  readonly scheme: string;
  readonly rest: string;
}

/** Values by name in lower case, quotes and escapes undone (`unq`, RFC 7616 §3.3). */
export type DigestParameters = ReadonlyMap<string, string>;

const quote = 0x22;

const readParameters = (cursor: Cursor): DigestParameters => {
  const found = new Map<string, string>();
  do {
    const name = cursor.token().toLowerCase();
    // Whoever reads a name that comes twice would have to choose one (SECURITY-CHECKLIST 53).
    if (found.has(name) || !cursor.sign('=')) cursor.fail();
    found.set(name, cursor.next === quote ? unquote(cursor.quoted()) : cursor.token());
  } while (cursor.sign(','));
  return found;
};

export const readScheme = (cursor: Cursor): DigestParameters | OtherScheme => {
  const scheme = cursor.token().toLowerCase();
  const begin = cursor.at;
  cursor.space();
  if (cursor.at === begin && !cursor.ended) cursor.fail();
  if (scheme === 'digest') return readParameters(cursor);
  const rest = cursor.text.slice(cursor.at);
  cursor.at = cursor.text.length;
  return { scheme, rest };
};

export const isOther = (read: object): read is OtherScheme => 'scheme' in read;

export const writeOther = ({ scheme, rest }: OtherScheme): string => `${scheme} ${rest}`.trimEnd();

/** A parameter that has to be there. */
export const wanted = (parameters: DigestParameters, name: string, cursor: Cursor): string =>
  parameters.get(name) ?? cursor.fail();

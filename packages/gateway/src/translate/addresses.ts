// Addresses between the two worlds: user and local part, gr and resource (RFC 7247 §6; escapes of XEP-0106 §3).

import { parameterOf } from '@parlance/sip/parameters';
import { escapeUser, isSip, readUri, unescaped } from '@parlance/sip/uri';
import { parseJid } from '@parlance/xmpp/jid';

/** Characters that a local part may not have, and how XEP-0106 writes them (§3.1). */
const escapes: readonly (readonly [string, string])[] = [
  [' ', '\\20'],
  ['"', '\\22'],
  ['&', '\\26'],
  ["'", '\\27'],
  ['/', '\\2f'],
  [':', '\\3a'],
  ['<', '\\3c'],
  ['>', '\\3e'],
  ['@', '\\40'],
];

const characterOf: ReadonlyMap<string, string> = new Map([
  ...escapes.map(([character, written]) => [written, character] as const),
  ['\\5c', '\\'],
]);

/** A user, its percent signs undone, as a local part: not yet prepared. */
export const localOfUser = (user: string): string => {
  // A backslash that would be read as one of these is written as such (XEP-0106 §4.2).
  let local = user.replaceAll(/\\(?=20|22|26|27|2f|3a|3c|3e|40|5c)/g, '\\5c');
  for (const [character, written] of escapes) local = local.replaceAll(character, written);
  return local;
};

/** A local part as the user part of a URI. */
const userOfLocal = (local: string): string =>
  escapeUser(
    local.replaceAll(/\\(?:20|22|26|27|2f|3a|3c|3e|40|5c)/g, (written) => characterOf.get(written) ?? written),
  );

/** A JID as a SIP URI; the resource becomes `gr` (RFC 7247 §6.3, §6.5). Undefined for what is no JID, or only a domain. */
export const sipOfJid = (text: string): string | undefined => {
  const jid = parseJid(text);
  if (jid === undefined || jid.local === '') return undefined;
  const gr = jid.resource === '' ? '' : `;gr=${encodeURIComponent(jid.resource)}`;
  return `sip:${userOfLocal(jid.local)}@${jid.domain}${gr}`;
};

/** A SIP URI as a JID; `gr` becomes the resource (RFC 7247 §6.4). Undefined for other schemes, or without a user. */
export const jidOfSip = (text: string): string | undefined => {
  const uri = readUri(text);
  const user = isSip(uri) && uri.user !== undefined ? unescaped(uri.user) : undefined;
  if (!isSip(uri) || user === undefined) return undefined;
  const gr = unescaped(parameterOf(uri.parameters, 'gr') ?? '');
  return `${localOfUser(user)}@${uri.host}${gr ? `/${gr}` : ''}`;
};

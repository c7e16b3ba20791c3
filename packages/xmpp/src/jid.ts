// Addresses on the wire: JIDs, split and prepared (RFC 7622).
import { RecentMap } from '@parlance/base/recent-map';
import { domainpart } from './domainpart.ts';
import { opaqueString, usernameCaseMapped } from './precis/profiles.ts';

/** A prepared address; parts that are absent are ''. */
export interface Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

/** What the IdentifierClass allows and a local part does not (RFC 7622 §3.3.1). */
const excluded = /["&'/:<>@]/;

const encoder = new TextEncoder();

/** Octets in UTF-8, not characters (RFC 7622 §3.1); one UTF-16 unit never takes more than three. */
const fits = (part: string): boolean => part.length <= 341 || encoder.encode(part).length <= 1023;

const localpart = (text: string): string | undefined => {
  if (text === '') return '';
  const prepared = usernameCaseMapped(text);
  return prepared !== undefined && !excluded.test(prepared) ? prepared : undefined;
};

const resourcepart = (text: string): string | undefined => (text === '' ? '' : opaqueString(text));

/** No part may be longer than this many UTF-16 units before it is mapped, so that mapping stays cheap. */
const longest = 3071;

/** Prepares the parts of an address, '' for an absent one; undefined when one is malformed (RFC 7622 §3). */
export const makeJid = (local: string, domain: string, resource: string): Jid | undefined => {
  if (local.length > longest || domain.length > longest || resource.length > longest) return undefined;
  const parts = [localpart(local), domainpart(domain), resourcepart(resource)] as const;
  const [preparedLocal, preparedDomain, preparedResource] = parts;
  if (preparedLocal === undefined || preparedDomain === undefined || preparedResource === undefined) return undefined;
  if (!fits(preparedLocal) || !fits(preparedDomain) || !fits(preparedResource)) return undefined;
  return { local: preparedLocal, domain: preparedDomain, resource: preparedResource };
};

/** Splits before anything is mapped, because mapping may make separators (RFC 7622 §3.1, §3.2). */
const split = (text: string): Jid | undefined => {
  const slash = text.indexOf('/');
  const bare = slash === -1 ? text : text.slice(0, slash);
  const at = bare.indexOf('@');
  if (at === 0 || slash === text.length - 1) return undefined;
  return makeJid(at === -1 ? '' : bare.slice(0, at), bare.slice(at + 1), slash === -1 ? '' : text.slice(slash + 1));
};

/** A copy that shares no memory: a part of a string keeps all of it alive, and addresses are parts of whole network reads. */
const copy = (text: string): string => JSON.parse(JSON.stringify(text)) as string;

/** The addresses that were parsed last: the same few come with every stanza. Only texts of ordinary length are kept. */
const known = new RecentMap<string, Jid>(4096);
const ordinary = 256;

/** Splits and prepares an address; undefined when it is malformed (RFC 7622 §3.1). Equal texts may share one object. */
export const parseJid = (text: string): Jid | undefined => {
  const before = known.get(text);
  if (before !== undefined) return before;
  const jid = split(text);
  if (jid === undefined || text.length > ordinary) return jid;
  const kept = { local: copy(jid.local), domain: copy(jid.domain), resource: copy(jid.resource) };
  known.set(copy(text), kept);
  return kept;
};

/** The bare address as text: `local@domain`, or a domain (RFC 6120 §1.4). */
export const formatBare = ({ local, domain }: Pick<Jid, 'local' | 'domain'>): string =>
  local === '' ? domain : `${local}@${domain}`;

/** The address as text. */
export const formatJid = (jid: Jid): string =>
  jid.resource === '' ? formatBare(jid) : `${formatBare(jid)}/${jid.resource}`;

/** What of an address as text, bare or full, is its bare address. */
export const bareOf = (address: string): string => {
  const slash = address.indexOf('/');
  return slash === -1 ? address : address.slice(0, slash);
};

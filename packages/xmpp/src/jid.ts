// Addresses on the wire: JIDs, split and prepared (RFC 7622).

/** A prepared address; parts that are absent are ''. */
export interface Jid {
  readonly local: string;
  readonly domain: string;
  readonly resource: string;
}

/** Prepares the parts of an address; undefined when one of them is malformed (RFC 7622 §3). */
export const makeJid = (local: string, domain: string, resource: string): Jid | undefined => {
  if (domain === '' || [local, domain, resource].some((part) => part.length > 1023)) return undefined;
  return { local: local.toLowerCase(), domain: domain.toLowerCase(), resource };
};

/** Splits and prepares an address; undefined when it is malformed (RFC 7622 §3.1). */
export const parseJid = (text: string): Jid | undefined => {
  const slash = text.indexOf('/');
  const bare = slash === -1 ? text : text.slice(0, slash);
  const at = bare.indexOf('@');
  if (at === 0 || slash === text.length - 1) return undefined;
  return makeJid(at === -1 ? '' : bare.slice(0, at), bare.slice(at + 1), slash === -1 ? '' : text.slice(slash + 1));
};

/** The address as text. */
export const formatJid = ({ local, domain, resource }: Jid): string =>
  `${local === '' ? '' : `${local}@`}${domain}${resource === '' ? '' : `/${resource}`}`;

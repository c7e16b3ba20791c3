// Who a TLS peer has proved to be: the SIP domains in its certificate (RFC 5922 §7.1, §7.2).
import type { PeerCertificate, TLSSocket } from 'node:tls';

/** Names that one certificate may give us. */
const mostNames = 32;

/** What Node quotes has characters in it that no name has, a comma perhaps. */
const quoted = /"(?:[^"\\]|\\.)*"/g;

/** `sip:example.com`, without a user: a domain identity. */
const sipDomain = /^sip:([a-z0-9.-]+)(?:[:;?][^@]*)?$/;

/**
 * The identities of a certificate, in lower case: SIP URIs without a user, else DNS names, else, when it has no subjectAltName
 * at all, its common name (RFC 5922 §7.1). IP addresses count as they stand. `text` is Node's spelling.
 */
export const identitiesOf = (
  text: string | undefined,
  commonName: string | readonly string[] | undefined,
): readonly string[] => {
  if (text === undefined) return [commonName ?? []].flat().map((name) => name.toLowerCase());
  const entries = text.replaceAll(quoted, '"').toLowerCase().split(', ');
  const behind = (kind: string): readonly string[] =>
    entries.filter((each) => each.startsWith(kind) && !each.includes('"')).map((each) => each.slice(kind.length));
  const uris = behind('uri:').flatMap((uri) => sipDomain.exec(uri)?.[1] ?? []);
  const names = uris.length > 0 ? uris : behind('dns:');
  return [...names, ...behind('ip address:')].slice(0, mostNames);
};

const ofCertificate = ({ subjectaltname, subject }: PeerCertificate): readonly string[] =>
  identitiesOf(subjectaltname, subject?.CN);

/** Nothing, unless the certificate's chain ends at somebody we trust. */
export const provedNames = (socket: TLSSocket): readonly string[] =>
  socket.authorized ? ofCertificate(socket.getPeerCertificate()) : [];

/** For `tls.connect`: names are compared whole, a wildcard is a name like any other (RFC 5922 §7.2). */
export const checkIdentity = (wanted: string, certificate: PeerCertificate): Error | undefined => {
  const identities = ofCertificate(certificate);
  return identities.includes(wanted.toLowerCase())
    ? undefined
    : new Error(`the certificate is for ${identities.join(', ')}, not for ${wanted}`);
};

// Removes what only a server may say from what clients send: forged elements vanish, every copy, and the stanza goes on (checklist 25).
import type { Element, XmlNode } from '@parlance/xml/element';
import { parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';

type IsLocal = (domain: string) => boolean;
type Owned = (child: Element, isLocal: IsLocal) => boolean;

/** The attribute names this server, one of its accounts or services, or nobody who could be asked. */
const claims =
  (attribute: string): Owned =>
  (child, isLocal) => {
    const jid = parseJid(child.attr(attribute) ?? '');
    return jid === undefined || isLocal(jid.domain);
  };

const always: Owned = () => true;

/** By namespace and name: which elements in a client's message bear the server's word. */
const owned = new Map<string, Owned>([
  [`${namespaces.delay} delay`, claims('from')],
  [`${namespaces.sid} stanza-id`, claims('by')],
  [`${namespaces.carbons} received`, always],
  [`${namespaces.carbons} sent`, always],
  [`${namespaces.mam} result`, always],
]);

const namespacesOwned: ReadonlySet<string> = new Set([
  namespaces.delay,
  namespaces.sid,
  namespaces.carbons,
  namespaces.mam,
]);

const isForged = (node: XmlNode, isLocal: IsLocal): boolean =>
  typeof node !== 'string' &&
  namespacesOwned.has(node.ns) &&
  (owned.get(`${node.ns} ${node.name}`)?.(node, isLocal) ?? false);

/** Nearly every stanza: nothing is forged at any depth, and nothing is copied. */
const holdsForged = ({ children }: Element, isLocal: IsLocal): boolean =>
  children.some((node) => isForged(node, isLocal) || (typeof node !== 'string' && holdsForged(node, isLocal)));

/**
 * A stanza without forged server-owned elements at any depth, whichever of this server's domains they name: sender and
 * recipient may live in different ones, and how deep a client looks nobody knows. Claims of other servers' entities are
 * not ours to judge and stay (XEP-0359 §4, XEP-0203 §4).
 */
export const clean = (stanza: Element, isLocal: IsLocal): Element => {
  if (!holdsForged(stanza, isLocal)) return stanza;
  const kept = stanza.children.filter((node) => !isForged(node, isLocal));
  return stanza.withChildren(kept.map((node) => (typeof node === 'string' ? node : clean(node, isLocal))));
};

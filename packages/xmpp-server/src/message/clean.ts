// Removes what only a server may say from what clients send: forged elements vanish, every copy, and the stanza goes on (checklist 25).
import type { Element, XmlNode } from '@parlance/xml/element';
import { type Jid, parseJid } from '@parlance/xmpp/jid';
import { namespaces } from '@parlance/xmpp/namespaces';

type IsLocal = (domain: string) => boolean;

/** Whose words are judged. */
interface Sender {
  readonly isLocal: IsLocal;
  readonly from: string | undefined;
}

type Owned = (child: Element, sender: Sender) => boolean;

/** The attribute names this server, one of its accounts or services, or nobody who could be asked. */
const claims =
  (attribute: string): Owned =>
  (child, { isLocal }) => {
    const jid = parseJid(child.attr(attribute) ?? '');
    return jid === undefined || isLocal(jid.domain);
  };

const isSameAccount = (one: Jid | undefined, other: Jid | undefined): boolean =>
  one !== undefined && other !== undefined && one.local === other.local && one.domain === other.domain;

/** Whoever was without a connection may say so of himself (XEP-0198 §4). */
const delays: Owned = (child, sender) =>
  claims('from')(child, sender) && !isSameAccount(parseJid(child.attr('from') ?? ''), parseJid(sender.from ?? ''));

const always: Owned = () => true;

/** By namespace and name: which elements in a client's message bear the server's word. */
const owned = new Map<string, Owned>([
  [`${namespaces.delay} delay`, delays],
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

const isForged = (node: XmlNode, sender: Sender): boolean =>
  typeof node !== 'string' &&
  namespacesOwned.has(node.ns) &&
  (owned.get(`${node.ns} ${node.name}`)?.(node, sender) ?? false);

/** Nearly every stanza: nothing is forged at any depth, and nothing is copied. */
const holdsForged = ({ children }: Element, sender: Sender): boolean =>
  children.some((node) => isForged(node, sender) || (typeof node !== 'string' && holdsForged(node, sender)));

const without = (element: Element, sender: Sender): Element => {
  if (!holdsForged(element, sender)) return element;
  const kept = element.children.filter((node) => !isForged(node, sender));
  return element.withChildren(kept.map((node) => (typeof node === 'string' ? node : without(node, sender))));
};

/**
 * A stanza without forged server-owned elements at any depth, whichever of this server's domains they name: sender and
 * recipient may live in different ones, and how deep a client looks nobody knows. Claims of other servers' entities are
 * not ours to judge and stay (XEP-0359 §4, XEP-0203 §5); so does what the sender, whom `from` names, says of himself.
 */
export const clean = (stanza: Element, isLocal: IsLocal): Element =>
  without(stanza, { isLocal, from: stanza.attr('from') });

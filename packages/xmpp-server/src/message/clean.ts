// Removes what only a server may say from what clients send: forged elements vanish, every copy, and the stanza goes on (checklist 25).
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';

type Owned = (child: Element, domain: string, address: string) => boolean;

const claims =
  (attribute: string): Owned =>
  (child, domain, address) => {
    const value = child.attr(attribute);
    return (
      value === undefined ||
      value === domain ||
      value === address ||
      value.endsWith(`@${domain}`) ||
      value.startsWith(`${address}/`)
    );
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

/**
 * A message without forged server-owned elements. `domain` is the sender's, `address` the sender's bare JID;
 * delay and stanza-id claims of other parties' entities are not ours to judge and stay (XEP-0359 §4, XEP-0203 §4).
 */
export const clean = (stanza: Element, domain: string, address: string): Element =>
  stanza.filter(
    (child) =>
      typeof child === 'string' || !(owned.get(`${child.ns} ${child.name}`)?.(child, domain, address) ?? false),
  );

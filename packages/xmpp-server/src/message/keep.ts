// What a message's content asks to have kept: in archives, and for a recipient who is away (XEP-0313 §5.1.1, XEP-0160 §3).
import type { Keep, MessageKind } from '@parlance/core/envelope';
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';

/** Children that say nothing worth keeping by themselves. */
const passing = new Set<string>([namespaces.chatstates, namespaces.hints, namespaces.sid, namespaces.carbons]);

/** Names in `jabber:client` that make a message worth keeping. */
const worthy = new Set(['body', 'subject']);

const hasContent = (stanza: Element): boolean =>
  stanza.elements().some((child) => (child.ns === stanza.ns ? worthy.has(child.name) : !passing.has(child.ns)));

/** Hints of XEP-0334 §4 lower or raise what the content says. */
const hinted = (stanza: Element, keep: Keep): Keep => {
  const has = (hint: string): boolean => stanza.child(hint, namespaces.hints) !== undefined;
  if (has('no-permanent-store')) return { archive: false, pending: keep.pending && !has('no-store') };
  if (has('no-store')) return { archive: false, pending: false };
  return has('store') ? { archive: true, pending: true } : keep;
};

/** Chat and normal messages with content are kept; errors, headlines and room traffic never (XEP-0160 §3). */
export const keepOf = (stanza: Element, kind: MessageKind): Keep => {
  if (kind !== 'chat' && kind !== 'normal') return { archive: false, pending: false };
  const content = hasContent(stanza);
  return hinted(stanza, { archive: content, pending: content });
};

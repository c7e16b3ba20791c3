// What a message's content asks to have kept: in archives, and for a recipient who is away (XEP-0313 §6.1.1, XEP-0160 §3, XEP-0334).
import type { Keep, MessageKind } from '@parlance/core/envelope';
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';

/** Children that say nothing worth keeping by themselves. */
const passing = new Set<string>([namespaces.chatstates, namespaces.hints, namespaces.sid, namespaces.carbons]);

/** Names in `jabber:client` that make a message worth keeping. */
const worthy = new Set(['body', 'subject']);

const hasContent = (stanza: Element): boolean =>
  stanza.elements().some((child) => (child.ns === stanza.ns ? worthy.has(child.name) : !passing.has(child.ns)));

/** Hints lower or raise what type and content say (XEP-0334 §4); the strongest wish for privacy wins. */
const hinted = (stanza: Element, keep: Keep): Keep => {
  const has = (hint: string): boolean => stanza.child(hint, namespaces.hints) !== undefined;
  if (has('no-store')) return { archive: false, pending: false };
  const wished = has('store') ? { archive: true, pending: true } : keep;
  return has('no-permanent-store') ? { ...wished, archive: false } : wished;
};

/**
 * Chat and normal messages with content are kept, headlines when they ask for it; errors and room traffic never, whatever
 * they ask (XEP-0160 §3, XEP-0334 §5). What is not to wait is silent: an error for it would tell strangers that nobody is
 * there (RFC 6121 §11).
 */
export const keepOf = (stanza: Element, kind: MessageKind): Keep => {
  if (kind === 'error' || kind === 'group') return { archive: false, pending: false };
  const content = kind !== 'headline' && hasContent(stanza);
  const keep = hinted(stanza, { archive: content, pending: content });
  const isPassing = kind === 'chat' && !content && stanza.childIn(namespaces.chatstates) !== undefined;
  if (isPassing) return { ...keep, passing: true };
  return kind === 'headline' || keep.pending ? keep : { ...keep, silent: true };
};

// How far one's own devices have shown a chat, on the wire (XEP-0490 §4.2).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

/** The payload of the item whose id is the chat's address: `id` was given by the archive of `by`. */
export const displayedUpTo = (id: string, by: string): Element =>
  el('displayed', namespaces.mds, {}, el('stanza-id', namespaces.sid, { by, id }));

/** The archive id of the last message shown, as given by `by`; undefined when the payload says nothing of the kind. */
export const readDisplayedUpTo = (payload: Element | undefined, by: string): string | undefined => {
  if (payload?.name !== 'displayed' || payload.ns !== namespaces.mds) return undefined;
  const id = payload.child('stanza-id', namespaces.sid);
  return id?.attr('by') === by ? id.attr('id') : undefined;
};

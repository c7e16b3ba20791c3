// Presence on the wire: types, show, priority (RFC 6121 §4.7).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

/** RFC 6121 §4.7.1; `available` is the absence of the attribute. */
export type PresenceType =
  | 'available'
  | 'unavailable'
  | 'subscribe'
  | 'subscribed'
  | 'unsubscribe'
  | 'unsubscribed'
  | 'probe'
  | 'error';

/** RFC 6121 §4.7.2.1; `online` is the absence of the element. */
export type Show = 'chat' | 'online' | 'away' | 'xa' | 'dnd';

const types: ReadonlySet<string> = new Set([
  'unavailable',
  'subscribe',
  'subscribed',
  'unsubscribe',
  'unsubscribed',
  'probe',
  'error',
]);

const shows: ReadonlySet<string> = new Set(['chat', 'away', 'xa', 'dnd']);

const isType = (text: string): text is PresenceType => types.has(text);

const isShow = (text: string): text is Show => shows.has(text);

/** The type of a presence stanza; undefined when it is none of the defined ones, `available` included (§4.7.1). */
export const presenceType = (stanza: Element): PresenceType | undefined => {
  const type = stanza.attr('type');
  if (type === undefined) return 'available';
  return isType(type) ? type : undefined;
};

/** How available a stanza says its sender is. */
export interface PresenceLevel {
  readonly show: Show;
  readonly priority: number;
}

const pattern = /^[+-]?\d{1,3}$/;

/** `<priority/>` as a number, 0 when there is none; undefined when it is no integer from −128 to 127 (§4.7.2.3). */
const readPriority = (stanza: Element): number | undefined => {
  const text = stanza.childText('priority')?.trim();
  if (text === undefined) return 0;
  const priority = pattern.test(text) ? Number(text) : undefined;
  return priority !== undefined && priority >= -128 && priority <= 127 ? priority : undefined;
};

/** Show and priority of available presence; undefined when either is malformed or twice there (§4.7.2). */
export const readPresenceLevel = (stanza: Element): PresenceLevel | undefined => {
  const twice = (name: string): boolean =>
    stanza.elements().filter((child) => child.name === name && child.ns === stanza.ns).length > 1;
  if (twice('show') || twice('priority')) return undefined;
  const show = stanza.childText('show')?.trim() ?? 'online';
  const priority = readPriority(stanza);
  if (priority === undefined || (show !== 'online' && !isShow(show))) return undefined;
  return stanza.child('show') !== undefined && show === 'online' ? undefined : { show, priority };
};

/** A presence stanza of a client stream. */
export const presence = (
  type: PresenceType,
  attributes: { readonly from?: string; readonly to?: string; readonly id?: string },
  ...children: readonly Element[]
): Element =>
  el('presence', namespaces.client, { ...attributes, type: type === 'available' ? undefined : type }, ...children);

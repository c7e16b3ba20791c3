// The hash of a vCard's photo in presence: three different things it may say (XEP-0153 §4.2, XEP-0398 §4).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

/** The hash in a presence; '' says that there is no photo, undefined that the client does not know (§4.2, rules 2, 3). */
export const photoHashOf = (presence: Element): string | undefined =>
  presence.child('x', namespaces.vcardUpdate)?.childText('photo')?.trim();

/** The presence with this hash, whatever it said before. */
export const withPhotoHash = (presence: Element, hash: string): Element => {
  const rest = presence.filter((child) => typeof child === 'string' || child.ns !== namespaces.vcardUpdate);
  const photo = el('photo', namespaces.vcardUpdate, {}, ...(hash === '' ? [] : [hash]));
  return rest.withChildren([...rest.children, el('x', namespaces.vcardUpdate, {}, photo)]);
};

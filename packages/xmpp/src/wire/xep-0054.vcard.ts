// vCards on the wire: only their photo is looked into, the rest passes as it is (XEP-0054 §3, XEP-0153 §2.2).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

/** An image inside a vCard. */
export interface Photo {
  readonly type: string;
  /** Base 64 without white space. */
  readonly data: string;
}

export const photoElement = ({ type, data }: Photo): Element =>
  el('PHOTO', namespaces.vcard, {}, el('TYPE', namespaces.vcard, {}, type), el('BINVAL', namespaces.vcard, {}, data));

/** The image in a vCard; undefined when it has none, or only a link to one. */
export const photoOf = (card: Element): Photo | undefined => {
  const photo = card.child('PHOTO');
  const data = photo?.childText('BINVAL')?.replaceAll(/\s+/g, '') ?? '';
  return data === '' ? undefined : { type: photo?.childText('TYPE')?.trim() ?? '', data };
};

/** The vCard with this photo instead of its own, or without one. */
export const withPhoto = (card: Element, photo: Element | undefined): Element => {
  const rest = card.filter((child) => typeof child === 'string' || child.name !== 'PHOTO');
  return photo === undefined ? rest : rest.withChildren([...rest.children, photo]);
};

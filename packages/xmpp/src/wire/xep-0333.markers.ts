// Displayed markers on the wire (XEP-0333 §4).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

/** Asks to be told when the message has been displayed (§4.1). */
export const markable: Element = el('markable', namespaces.markers);

/** Says that everything up to the message with this id has been displayed (§4.2). */
export const displayed = (id: string): Element => el('displayed', namespaces.markers, { id });

export const isMarkable = (message: Element): boolean => message.child('markable', namespaces.markers) !== undefined;

/** The id up to which everything has been displayed; undefined when this is no marker. */
export const readDisplayed = (message: Element): string | undefined =>
  message.child('displayed', namespaces.markers)?.attr('id');

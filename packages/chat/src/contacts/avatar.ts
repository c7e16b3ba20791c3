// Pictures of people as they come over the wire: small, and of a kind that browsers draw without running it (XEP-0054, 0153).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';

export interface Avatar {
  readonly hash: string;
  readonly type: string;
  /** Base64 without white space. */
  readonly base64: string;
}

/** Characters of base64: 96 KB of picture. */
const sizeLimit = 131_072;

/** Pictures only: an SVG is a document. */
const types: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);

const isBase64 = (text: string): boolean => /^[A-Za-z0-9+/]+={0,2}$/.test(text);

/** The photo of a vCard (XEP-0054); undefined when it is missing, too large or no picture. */
export const readVcardPhoto = (vcard: Element, hash: string): Avatar | undefined => {
  const photo = vcard.child('PHOTO');
  const type = (photo?.childText('TYPE') ?? '').trim().toLowerCase();
  const base64 = (photo?.childText('BINVAL') ?? '').replace(/\s+/g, '');
  if (!types.has(type) || base64.length > sizeLimit || !isBase64(base64)) return undefined;
  return { hash, type, base64 };
};

/** A vCard with another photo, and everything else as it was (XEP-0054 §3.2: a set replaces it whole). */
export const withVcardPhoto = (vcard: Element | undefined, type: string, base64: string): Element => {
  const rest = (vcard?.elements() ?? []).filter(({ name }) => name !== 'PHOTO');
  const photo = el(
    'PHOTO',
    namespaces.vcard,
    {},
    el('TYPE', namespaces.vcard, {}, type),
    el('BINVAL', namespaces.vcard, {}, base64),
  );
  return el('vCard', namespaces.vcard, {}, ...rest, photo);
};

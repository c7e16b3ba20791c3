// Pictures of people as they come over the wire: small, and of a kind that browsers draw without running it (XEP-0054, 0084, 0153).
import { toBase64 } from '@parlance/base/base64';
import type { Element } from '@parlance/xml/element';
import { photoOf } from '@parlance/xmpp/wire/xep-0054.vcard';
import type { AvatarInfo } from '@parlance/xmpp/wire/xep-0084.avatar';

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

/** A picture that someone says to have: its hash, and its kind where that is known. */
export interface AnnouncedPicture {
  /** SHA-1 in hexadecimal. */
  readonly hash: string;
  /** Of the form at the eventing node; undefined when only presence tells of it (XEP-0153 §3). */
  readonly type: string | undefined;
}

const isSmallPicture = (type: string, base64: string): boolean =>
  types.has(type) && base64.length <= sizeLimit && isBase64(base64);

/** The form of an avatar that we can draw, at the owner's node and not elsewhere (XEP-0084 §4.2.1); undefined when there is none. */
export const announcedForm = (infos: readonly AvatarInfo[]): AnnouncedPicture | undefined => {
  const form = infos.find(({ url, type, bytes }) => url === undefined && types.has(type) && bytes * 4 <= sizeLimit * 3);
  return form === undefined ? undefined : { hash: form.id.toLowerCase(), type: form.type };
};

/** The photo of a vCard (XEP-0054); undefined when it is missing, too large or no picture. */
export const readVcardPhoto = (vcard: Element, hash: string): Avatar | undefined => {
  const photo = photoOf(vcard);
  const type = photo?.type.trim().toLowerCase() ?? '';
  return photo !== undefined && isSmallPicture(type, photo.data) ? { hash, type, base64: photo.data } : undefined;
};

/** A picture from an eventing node; undefined when it is too large or no picture. */
export const pepAvatar = (hash: string, type: string, bytes: Uint8Array): Avatar | undefined => {
  const base64 = toBase64(bytes);
  return isSmallPicture(type, base64) ? { hash, type, base64 } : undefined;
};

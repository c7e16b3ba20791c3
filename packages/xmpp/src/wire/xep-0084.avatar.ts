// User avatars on the wire: the image, and what is said of it (XEP-0084 §4).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '../namespaces.ts';

/** One form of an avatar (§4.2.1). */
export interface AvatarInfo {
  /** The SHA-1 of the image in hexadecimal, and the id of its item (§3.1). */
  readonly id: string;
  readonly bytes: number;
  readonly type: string;
  /** Where it is, if not at the data node. */
  readonly url?: string;
  readonly width?: number;
  readonly height?: number;
}

/** `<data/>` with an image in base 64 (§4.1). */
export const avatarData = (base64: string): Element => el('data', namespaces.avatarData, {}, base64);

/** The image in base 64 without white space (§4.1 allows line feeds); undefined when the element is no image. */
export const readAvatarData = (payload: Element | undefined): string | undefined =>
  payload?.name === 'data' && payload.ns === namespaces.avatarData ? payload.text().replaceAll(/\s+/g, '') : undefined;

const infoElement = ({ id, bytes, type, url, width, height }: AvatarInfo): Element =>
  el('info', namespaces.avatarMetadata, {
    bytes: String(bytes),
    id,
    type,
    url,
    width: width?.toString(),
    height: height?.toString(),
  });

/** `<metadata/>`; without any form of it there is no avatar (§4.2, §3.4). */
export const avatarMetadata = (...infos: readonly AvatarInfo[]): Element =>
  el('metadata', namespaces.avatarMetadata, {}, ...infos.map(infoElement));

const number = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;

const readInfo = (info: Element): AvatarInfo[] => {
  const [id, type, url] = [info.attr('id'), info.attr('type'), info.attr('url')];
  const [bytes, width, height] = [number(info.attr('bytes')), number(info.attr('width')), number(info.attr('height'))];
  if (info.name !== 'info' || id === undefined || type === undefined || bytes === undefined) return [];
  return [
    {
      id,
      bytes,
      type,
      ...(url === undefined ? {} : { url }),
      ...(width === undefined ? {} : { width }),
      ...(height === undefined ? {} : { height }),
    },
  ];
};

/** The forms of an avatar; those without a required attribute are left out. Undefined when the element is no metadata. */
export const readAvatarMetadata = (payload: Element | undefined): readonly AvatarInfo[] | undefined =>
  payload?.name === 'metadata' && payload.ns === namespaces.avatarMetadata
    ? payload.elements().flatMap(readInfo)
    : undefined;

// Pictures of people by personal eventing (XEP-0084).
import { fromBase64, toBase64 } from '@parlance/base/base64';
import { namespaces } from '@parlance/xmpp/namespaces';
import { avatarData, avatarMetadata, readAvatarData } from '@parlance/xmpp/wire/xep-0084.avatar';
import type { XmppClient } from '../client.ts';
import { fetchItems, publish } from './pep.ts';

export interface Picture {
  /** `image/png`, … */
  readonly type: string;
  readonly bytes: Uint8Array;
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const hashOf = (client: XmppClient, bytes: Uint8Array): string => hex(client.platform.crypto.digest('SHA-1', bytes));

/** Publishes one's own picture, for everybody who may see one's presence (§4.1, §4.2). Returns its hash. */
export const publishAvatar = async (client: XmppClient, { type, bytes }: Picture): Promise<string> => {
  const id = hashOf(client, bytes);
  await publish(client, namespaces.avatarData, { id, payload: avatarData(toBase64(bytes)) });
  const payload = avatarMetadata({ id, type, bytes: bytes.length });
  await publish(client, namespaces.avatarMetadata, { id, payload });
  return id;
};

/** Has no picture any more: metadata without any form of it (§3.4). */
export const withdrawAvatar = (client: XmppClient): Promise<void> =>
  publish(client, namespaces.avatarMetadata, { id: 'none', payload: avatarMetadata() });

/** The picture with that hash (§4.4); undefined when the owner has none, or it is not what the hash says. */
export const fetchAvatar = async (client: XmppClient, owner: string, hash: string): Promise<Uint8Array | undefined> => {
  const [item] = await fetchItems(client, owner, namespaces.avatarData, hash);
  const bytes = fromBase64(readAvatarData(item?.payload) ?? '');
  return bytes !== undefined && bytes.length > 0 && hashOf(client, bytes) === hash ? bytes : undefined;
};

// User avatars: they are items of two nodes; what is published there must be what it says it is (XEP-0084 §3.1, §4).
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { pubsubError } from '@parlance/xmpp/wire/xep-0060.pubsub';
import { readAvatarData, readAvatarMetadata } from '@parlance/xmpp/wire/xep-0084.avatar';
import type { Extension, Support } from '../extension.ts';
import type { Avatars } from '../pubsub/avatars.ts';
import type { PersonalNodes, Publication } from '../pubsub/personal-nodes.ts';

const objection = (avatars: Avatars, { node, item }: Publication): Element | undefined => {
  const invalid = (): Element => pubsubError('bad-request', 'invalid-payload');
  if (node === namespaces.avatarMetadata && readAvatarMetadata(item.payload) === undefined) return invalid();
  if (node !== namespaces.avatarData) return undefined;
  const data = readAvatarData(item.payload);
  const hash = data === undefined ? undefined : avatars.hashOf(data);
  return hash === undefined || hash !== item.id.toLowerCase() ? invalid() : undefined;
};

export const userAvatarSupport: readonly Support[] = [
  { specification: 'XEP-0084', title: 'User Avatar', version: '1.1.4', status: 'complete' },
];

export const userAvatar = (nodes: PersonalNodes, avatars: Avatars): Extension => ({
  support: userAvatarSupport,
  register() {
    nodes.publishing.on('check', (publication) => objection(avatars, publication));
  },
});

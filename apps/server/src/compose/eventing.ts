// Personal eventing and what is kept in its nodes: extensions that share the nodes of accounts and the avatars in them (XEP-0163).

import { vcard, vcardSupport } from '@parlance/xmpp-server/ext/xep-0054.vcard';
import { userAvatar, userAvatarSupport } from '@parlance/xmpp-server/ext/xep-0084.avatar';
import { capabilitiesSupport, entityCapabilities } from '@parlance/xmpp-server/ext/xep-0115.caps';
import { pep, pepSupport } from '@parlance/xmpp-server/ext/xep-0163.pep';
import { avatarConversion, avatarConversionSupport } from '@parlance/xmpp-server/ext/xep-0398.avatar-conversion';
import type { Extension, Support } from '@parlance/xmpp-server/extension';
import { Avatars } from '@parlance/xmpp-server/pubsub/avatars';
import { PersonalNodes } from '@parlance/xmpp-server/pubsub/personal-nodes';
import type { Core } from './core.ts';
import type { Ports } from './ports.ts';

export const eventingSupport: readonly Support[] = [
  ...capabilitiesSupport,
  ...pepSupport,
  ...userAvatarSupport,
  ...vcardSupport,
  ...avatarConversionSupport,
];

export const eventing = (
  { stores, commits }: Pick<Core, 'stores' | 'commits'>,
  { clock, crypto }: Pick<Ports, 'clock' | 'crypto'>,
): readonly Extension[] => {
  const nodes = new PersonalNodes(stores.nodes, commits, clock);
  const avatars = new Avatars(nodes, crypto);
  return [
    entityCapabilities(crypto),
    pep(nodes),
    userAvatar(nodes, avatars),
    vcard(avatars),
    avatarConversion(nodes, avatars),
  ];
};

// Every extension of the server, in one list; removing a line removes the extension (DESIGN §3).
import { legacySession } from '@parlance/xmpp-server/ext/rfc-3921.session';
import { lastSeen } from '@parlance/xmpp-server/ext/xep-0012.last-activity';
import { disco } from '@parlance/xmpp-server/ext/xep-0030.disco';
import { privateStorage } from '@parlance/xmpp-server/ext/xep-0049.private';
import { softwareVersion } from '@parlance/xmpp-server/ext/xep-0092.version';
import { offline } from '@parlance/xmpp-server/ext/xep-0160.offline';
import { blocking } from '@parlance/xmpp-server/ext/xep-0191.blocking';
import { ping } from '@parlance/xmpp-server/ext/xep-0199.ping';
import { entityTime } from '@parlance/xmpp-server/ext/xep-0202.time';
import { carbons } from '@parlance/xmpp-server/ext/xep-0280.carbons';
import { messageArchive } from '@parlance/xmpp-server/ext/xep-0313.archive';
import { clientState } from '@parlance/xmpp-server/ext/xep-0352.client-state';
import { stanzaIds } from '@parlance/xmpp-server/ext/xep-0359.stanza-ids';
import { archivePreferences } from '@parlance/xmpp-server/ext/xep-0441.preferences';
import type { Extension } from '@parlance/xmpp-server/extension';
import { version } from '../version.ts';

/** `archive.enabled: false`: messages wait for a device, and nothing is kept once one has them. */
const withoutArchive: Extension = {
  support: [],
  register: ({ points }) => {
    points.inboundMessage.on('last', (message) => {
      message.keep = { ...message.keep, archive: false };
      return undefined;
    });
  },
};

/** In the order of registration, which is the order of hooks within a band. */
export const extensions = (archiving = true): readonly Extension[] => [
  disco,
  legacySession,
  lastSeen,
  privateStorage,
  softwareVersion('Parlance', version),
  blocking,
  offline,
  ping,
  entityTime,
  carbons,
  ...(archiving ? [messageArchive, archivePreferences] : [withoutArchive]),
  stanzaIds,
  clientState,
];

// The line over a signed-in client.
import type { XmppClient } from '@parlance/xmpp-client/client';
import { readArchive } from '@parlance/xmpp-client/features/archive';
import { fetchAvatar, publishAvatar, withdrawAvatar } from '@parlance/xmpp-client/features/avatar';
import type { Disco } from '@parlance/xmpp-client/features/disco';
import type { Line } from '../line.ts';
import type { DisplayedSync } from './displayed-sync.ts';

/** The line of the client's present stream. */
export const lineOf = (client: XmppClient, disco: Disco, sync: DisplayedSync): Line => ({
  send: (stanza) => client.send(stanza),
  request: (type, payload, to) => client.request(type, payload, to),
  archive: (query) => readArchive(client, query),
  markDisplayed: (peer, archiveId) => sync.mark(peer, archiveId),
  publishPicture: async (picture) => {
    await publishAvatar(client, picture);
  },
  withdrawPicture: () => withdrawAvatar(client),
  picture: (owner, hash) => fetchAvatar(client, owner, hash),
  capabilities: () => disco.capabilities(),
});

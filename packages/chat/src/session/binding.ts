// Ties an account to its client: what the stream brings goes to the model, and a new stream begins it anew.

import { namespaces } from '@parlance/xmpp/namespaces';
import { readAvatarMetadata } from '@parlance/xmpp/wire/xep-0084.avatar';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { StanzaError } from '@parlance/xmpp-client/errors';
import { BlockList } from '@parlance/xmpp-client/features/blocking';
import { carbons } from '@parlance/xmpp-client/features/carbons';
import { answerPings } from '@parlance/xmpp-client/features/courtesies';
import { Disco } from '@parlance/xmpp-client/features/disco';
import { onEvent } from '@parlance/xmpp-client/features/pep';
import { Roster } from '@parlance/xmpp-client/features/roster';
import type { Account } from '../account.ts';
import { announcedForm } from '../contacts/avatar.ts';
import { lineOf } from './client-line.ts';
import { DisplayedSync } from './displayed-sync.ts';

/** Who we are, for those who ask (XEP-0030 §3, XEP-0115 §4). */
const description = {
  identity: { category: 'client', type: 'web', name: 'Parlance' },
  node: 'https://parlance.im/web',
};

/** A feature that the server lacks is no reason to fail; a lost connection is. */
const orNothing = async <T>(answer: Promise<T>): Promise<T | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof StanzaError) return undefined;
    throw error;
  }
};

/** What begins with each new stream. */
const beginner = (client: XmppClient, account: Account): (() => Promise<void>) => {
  const disco = new Disco(client, description);
  const roster = new Roster(client);
  const blocked = new BlockList(client);
  const sync = new DisplayedSync(client, (peer, archiveId) => account.messages.shown(peer, archiveId));
  roster.on('changed', ({ item, removed }) => account.people.pushed(item, removed));
  blocked.on('changed', (addresses) => account.people.setBlocked(addresses));
  onEvent(client, namespaces.avatarMetadata, ({ owner, event }) => {
    const infos = event.kind === 'items' ? readAvatarMetadata(event.items.at(-1)?.payload) : undefined;
    if (infos !== undefined) account.people.pictureAnnounced(owner, announcedForm(infos));
  });
  return async () => {
    const [items] = await Promise.all([orNothing(roster.read()), orNothing(sync.read()), orNothing(blocked.read())]);
    await account.begin(lineOf(client, disco, sync), [...(items ?? new Map()).values()]);
  };
};

/** Binds them for the client's life. */
export const bind = (client: XmppClient, account: Account): void => {
  const { clock } = client.platform;
  for (const feature of [namespaces.chatstates, namespaces.receipts, namespaces.markers]) client.advertise(feature);
  answerPings(client);
  const begin = beginner(client, account);
  carbons(client, ({ message }) => account.heard(message, true));
  client.on('online', () => {
    // Without a connection there is nothing to do: the next one begins anew.
    begin().catch(() => undefined);
  });
  client.on('resumed', () => account.resumed());
  client.on('state', (state) => {
    if (state === 'connecting') account.interrupted({ kind: 'connecting' });
  });
  client.on('offline', ({ resumable }) => {
    if (!resumable) account.end();
  });
  client.on('reconnecting', ({ after }) => account.interrupted({ kind: 'waiting', until: clock.now() + after }));
  client.on('presence', (stanza) => account.heard(stanza, false));
  client.on('message', (stanza) => account.heard(stanza, false));
};

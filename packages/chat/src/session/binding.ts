// Ties an account to its client: what the stream brings goes to the model, and a new stream begins it anew.

import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { type RosterItem, readRosterItem, rosterQuery } from '@parlance/xmpp/wire/rfc-6121.roster';
import { infoElement } from '@parlance/xmpp/wire/xep-0030.disco';
import { carbonsSwitch, readCarbon } from '@parlance/xmpp/wire/xep-0280.carbons';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { StanzaError } from '@parlance/xmpp-client/errors';
import type { Account } from '../account.ts';
import { lineOf } from './client-line.ts';

const features = [namespaces.discoInfo, namespaces.chatstates, namespaces.receipts, namespaces.markers];

const items = (query: Element | undefined): readonly RosterItem[] =>
  (query?.elements() ?? []).flatMap((item) => readRosterItem(item) ?? []);

/** A missing feature of the server is no reason to fail; a lost connection is. */
const orNothing = async (answer: Promise<Element | undefined>): Promise<Element | undefined> => {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof StanzaError) return undefined;
    throw error;
  }
};

const begin = async (client: XmppClient, account: Account): Promise<void> => {
  const roster = orNothing(client.request('get', rosterQuery([])));
  const carbons = orNothing(client.request('set', carbonsSwitch(true)));
  const [list] = await Promise.all([roster, carbons]);
  await account.begin(lineOf(client), items(list));
};

/** RFC 6121 §2.1.6: a push that is not the account's own is refused. */
const requireOwn = (client: XmppClient, iq: Element): void => {
  if (!client.isFromAccount(iq)) throw new StanzaError('service-unavailable', 'cancel');
};

const takePushes = (client: XmppClient, account: Account): void => {
  client.handle('set', 'query', namespaces.roster, (query, iq) => {
    requireOwn(client, iq);
    const item = query.child('item');
    const read = item && readRosterItem(item);
    if (read !== undefined) account.people.pushed(read, item?.attr('subscription') === 'remove');
    return undefined;
  });
  for (const command of ['block', 'unblock'])
    client.handle('set', command, namespaces.blocking, (push, iq) => {
      requireOwn(client, iq);
      account.people.blockedPushed(push);
      return undefined;
    });
  client.handle('get', 'query', namespaces.discoInfo, () =>
    infoElement({ identities: [{ category: 'client', type: 'web', name: 'Parlance' }], features, forms: [] }),
  );
};

/** Binds them for the client's life. */
export const bind = (client: XmppClient, account: Account): void => {
  const { clock } = client.platform;
  takePushes(client, account);
  client.on('online', () => {
    // Without a connection there is nothing to do: the next one begins anew.
    begin(client, account).catch(() => undefined);
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
  client.on('message', (stanza) => {
    const carbon = readCarbon(stanza, client.account);
    if (carbon !== undefined) account.heard(carbon.message, true);
    else if (stanza.childIn(namespaces.carbons)?.child('forwarded', namespaces.forward) === undefined)
      account.heard(stanza, false);
  });
};

// Other people for a play: clients of ours over TCP who know each other and say things.

import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { presence, type Show } from '@parlance/xmpp/wire/rfc-6121.presence';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { Roster } from '@parlance/xmpp-client/features/roster';

const text = (name: string, content: string) => el(name, namespaces.client, {}, content);

/** Says that one is here, how and with which words. */
export const appear = (client: XmppClient, show: Show = 'online', status = ''): void => {
  const shown = show === 'online' ? [] : [text('show', show)];
  client.send(presence('available', {}, ...shown, ...(status === '' ? [] : [text('status', status)])));
};

/** One message, acknowledged by the server; asks to be told when it has been read. */
export const tell = async (client: XmppClient, to: string, body: string): Promise<void> => {
  const id = client.id();
  const children = [text('body', body), el('origin-id', namespaces.sid, { id }), el('markable', namespaces.markers)];
  await client.send(el('message', namespaces.client, { type: 'chat', to, id }, ...children)).outcome();
};

/** Both put each other on their lists and see each other from then on. */
export const befriend = async (one: XmppClient, other: XmppClient, name = ''): Promise<void> => {
  const [first, second] = [new Roster(one), new Roster(other)];
  await first.set(other.account, name);
  await second.set(one.account);
  first.subscription('subscribed', other.account);
  second.subscription('subscribed', one.account);
  first.subscription('subscribe', other.account);
  second.subscription('subscribe', one.account);
  // An answered request means that everything in front of it has been dealt with.
  await first.read();
  await second.read();
};

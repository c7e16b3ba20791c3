// What our own client says and hears when it plays the other side of a foreign one.
import type { House } from '@parlance/scenarios/house';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '@parlance/xmpp-client/client';

const { client: ns } = namespaces;

export const say = (to: string, body: string): Element =>
  el('message', ns, { to, type: 'chat' }, el('body', ns, {}, body));

export const status = (show: string, text: string): Element =>
  el('presence', ns, {}, el('show', ns, {}, show), el('status', ns, {}, text));

export const subscription = (type: 'subscribe' | 'subscribed', to: string): Element => el('presence', ns, { type, to });

/** A client that is told about its roster (RFC 6121 §2.2) and is available. */
export const attentive = async (house: House, address: string): Promise<XmppClient> => {
  const client = await house.client(address, { reconnect: 'always' });
  await client.request('get', el('query', namespaces.roster));
  client.send(status('chat', 'in a good mood'));
  return client;
};

/** The next stanza that fits, from now on. */
const next = (client: XmppClient, kind: 'message' | 'presence', fits: (stanza: Element) => boolean): Promise<Element> =>
  new Promise((resolve) => {
    const stop = client.on(kind, (stanza) => {
      if (!fits(stanza)) return;
      stop();
      resolve(stanza);
    });
  });

export const heard = (client: XmppClient, body: string): Promise<Element> =>
  next(client, 'message', (stanza) => stanza.childText('body', ns) === body);

/** Presence of that type: `undefined` is available; with `show` when given. */
export const seen = (client: XmppClient, type: string | undefined, show?: string): Promise<Element> =>
  next(
    client,
    'presence',
    (stanza) =>
      stanza.attr('type') === type &&
      stanza.attr('from')?.startsWith(`${client.account}/`) !== true &&
      (show === undefined || stanza.childText('show', ns) === show),
  );

/** Who is attentive as `address`; `other`, who is away, and he are on each other's list and see each other (RFC 6121 §3). */
export const friend = async (house: House, address: string, other: string): Promise<XmppClient> => {
  const [one, another] = [await attentive(house, address), await attentive(house, other)];
  for (const type of ['subscribe', 'subscribed'] as const) {
    const arrived = [seen(one, type), seen(another, type)];
    one.send(subscription(type, other));
    another.send(subscription(type, address));
    await Promise.all(arrived);
  }
  const gone = seen(one, 'unavailable');
  await another.close();
  await gone;
  return one;
};

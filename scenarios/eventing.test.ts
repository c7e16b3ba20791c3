// Personal eventing over real streams: an avatar reaches contacts by their clients' capabilities, and is there after a restart (XEP-0163, XEP-0084, XEP-0398).
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { photoOf } from '@parlance/xmpp/wire/xep-0054.vcard';
import { readAvatarMetadata } from '@parlance/xmpp/wire/xep-0084.avatar';
import { photoHashOf } from '@parlance/xmpp/wire/xep-0153.vcard-avatar';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { fetchAvatar, publishAvatar } from '@parlance/xmpp-client/features/avatar';
import { Disco } from '@parlance/xmpp-client/features/disco';
import { onEvent, type PepEvent, publish } from '@parlance/xmpp-client/features/pep';
import { fetchVcard } from '@parlance/xmpp-client/features/vcard';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { House } from './house.ts';

const { client: ns } = namespaces;
const juliet = 'juliet@localhost';
const romeo = 'romeo@localhost';
const image = new TextEncoder().encode('as if it were an image');

let house: House;

beforeEach(async () => {
  house = await House.open();
  await house.people(juliet, romeo);
});
afterEach(() => house.close());

/** Resolves with the first value given to `give`. */
const first = <T>(): { readonly value: Promise<T>; give(value: T): void } => {
  let give: (value: T) => void = () => undefined;
  const value = new Promise<T>((resolve) => {
    give = resolve;
  });
  return { value, give: (given) => give(given) };
};

interface Guest {
  readonly client: XmppClient;
  readonly disco: Disco;
  /** The next event of avatars that it hears. */
  heard(): Promise<PepEvent>;
  arrive(): Promise<void>;
}

const guest = async (address: string): Promise<Guest> => {
  const client = await house.client(address);
  const disco = new Disco(client, {
    identity: { category: 'client', type: 'pc', name: 'Test' },
    node: 'https://client.example',
  });
  let waiting = first<PepEvent>();
  onEvent(client, namespaces.avatarMetadata, (event) => waiting.give(event));
  const heard = async (): Promise<PepEvent> => {
    const event = await waiting.value;
    waiting = first();
    return event;
  };
  const arrive = async (): Promise<void> => {
    await client.request('get', el('query', namespaces.roster));
    client.send(el('presence', ns, {}, disco.capabilities()));
  };
  return { client, disco, heard, arrive };
};

const hashIn = ({ event }: PepEvent): string | undefined =>
  event.kind === 'items' ? readAvatarMetadata(event.items[0]?.payload)?.[0]?.id : undefined;

test('an avatar reaches contacts, vCard and presence, and outlives the server', async () => {
  const one = await guest(juliet);
  const other = await guest(romeo);
  await one.arrive();
  await other.arrive();
  const asked = first<undefined>();
  one.client.on('presence', (stanza) => {
    if (stanza.attr('type') === 'subscribe') asked.give(undefined);
  });
  other.client.send(el('presence', ns, { to: juliet, type: 'subscribe' }));
  await asked.value;
  one.client.send(el('presence', ns, { to: romeo, type: 'subscribed' }));

  const inPresence = first<string>();
  other.client.on('presence', (stanza) => {
    const said = photoHashOf(stanza);
    if (said !== undefined && said !== '') inPresence.give(said);
  });
  const hash = await publishAvatar(one.client, { type: 'image/png', bytes: image });
  expect(hashIn(await one.heard())).toBe(hash);
  expect(hashIn(await other.heard())).toBe(hash);
  expect(await inPresence.value).toBe(hash);
  expect(await fetchAvatar(other.client, juliet, hash)).toEqual(image);
  const card = await fetchVcard(other.client, juliet);
  expect(card && photoOf(card)?.data).toBe(Buffer.from(image).toString('base64'));

  await Promise.all([one.client.close(), other.client.close()]);
  await house.stop();
  await house.start();
  const late = await guest(romeo);
  await late.arrive();
  const event = await late.heard();
  expect([event.owner, hashIn(event)]).toEqual([juliet, hash]);
  expect((await late.disco.items(juliet)).map(({ node }) => node)).toContain(namespaces.avatarData);
});

test('bookmarks stay private on the wire', async () => {
  const one = await guest(juliet);
  await one.arrive();
  const room = el('conference', namespaces.bookmarks, { name: 'The Orchard', autojoin: 'true' });
  const options = { persist_items: 'true', max_items: 'max', access_model: 'whitelist' };
  await publish(one.client, namespaces.bookmarks, { id: 'orchard@conference.localhost', payload: room }, options);
  const open = { ...options, access_model: 'open' };
  await expect(publish(one.client, namespaces.bookmarks, { id: 'x', payload: room }, open)).rejects.toMatchObject({
    condition: 'conflict',
  });
});

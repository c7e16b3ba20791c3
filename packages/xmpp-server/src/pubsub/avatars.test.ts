// XEP-0398 with XEP-0084, XEP-0054 and XEP-0153: one avatar, whichever way it was published, for whom may see it.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { parseDocument } from '@parlance/xml/document';
import { namespaces } from '@parlance/xmpp/namespaces';
import { photoOf } from '@parlance/xmpp/wire/xep-0054.vcard';
import { photoHashOf } from '@parlance/xmpp/wire/xep-0153.vcard-avatar';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { vcard } from '../ext/xep-0054.vcard.ts';
import { userAvatar } from '../ext/xep-0084.avatar.ts';
import { avatarConversion } from '../ext/xep-0398.avatar-conversion.ts';
import { befriend } from '../testing/company.ts';
import {
  comeOnline,
  configuring,
  digests,
  type EventingStage,
  events,
  openEventing,
  ownerRequest,
  publishing,
  pubsubRequest,
  request,
} from '../testing/eventing.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { Avatars } from './avatars.ts';

const [juliet, romeo, tybalt] = ['juliet@capulet.example', 'romeo@montague.example', 'tybalt@capulet.example'];
const { avatarData: dataNode, avatarMetadata: metadataNode } = namespaces;

/** "hello" and "world", as if they were images. */
const [image, hash] = ['aGVsbG8=', 'aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d'];
const [other, otherHash] = ['d29ybGQ=', '7c211433f02071597741e6ff5a8ea34789abbf43'];

let storage: EmbeddedStorage;
let eventing: EventingStage;
let balcony: StageClient;
let orchard: StageClient;
let street: StageClient;

const open = (): EventingStage => {
  const opened = openEventing({ clock: new FakeClock(), ...storage });
  const avatars = new Avatars(opened.nodes, digests);
  opened.stage.host.add([userAvatar(opened.nodes, avatars), vcard(avatars), avatarConversion(opened.nodes, avatars)]);
  return opened;
};

/** Romeo sees Juliet's presence, Tybalt does not. */
beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo, tybalt);
  eventing = open();
  balcony = await comeOnline(eventing, juliet, 'balcony');
  orchard = await comeOnline(eventing, romeo, 'orchard', metadataNode);
  street = await comeOnline(eventing, tybalt, 'street');
  await befriend(orchard, balcony);
});
afterEach(() => storage.close());

const publish = async (data: string, id: string, options?: Record<string, string>): Promise<string> => {
  const published = await request(
    balcony,
    'set',
    publishing(dataNode, id, `<data xmlns='${dataNode}'>${data}</data>`, options),
  );
  const info = `<info bytes='5' id='${id}' type='image/png'/>`;
  const link = `<info bytes='9' id='x' type='image/png' url='https://capulet.example/x.png'/>`;
  const metadata = `<metadata xmlns='${metadataNode}'>${link}${info}</metadata>`;
  await request(balcony, 'set', publishing(metadataNode, id, metadata, options));
  return published;
};

const photo = (type: string, data: string): string => `<PHOTO><TYPE>${type}</TYPE><BINVAL>${data}</BINVAL></PHOTO>`;
const setCard = (inside: string): Promise<string> =>
  request(balcony, 'set', `<vCard xmlns='vcard-temp'>${inside}</vCard>`);
const card = (who: StageClient, to = ''): Promise<string> => request(who, 'get', "<vCard xmlns='vcard-temp'/>", to);
const photoIn = (text: string): string | undefined => photoOf(parseDocument(text))?.data;

/** The hashes in the presence that a client was sent since it was last asked. */
const hashes = (who: StageClient): (string | undefined)[] =>
  who
    .taken()
    .filter(({ name }) => name === 'presence')
    .map(photoHashOf);

const items = (node: string): Promise<string> => request(balcony, 'get', pubsubRequest(`<items node='${node}'/>`));

test('a published avatar is the photo of the vCard, for whom may see it (§3.1, §7)', async () => {
  expect(await card(balcony)).toBe('item-not-found');
  expect(await card(street, juliet)).toBe('service-unavailable');
  await setCard('<FN>Juliet</FN>');
  await publish(image, hash);
  expect(photoIn(await card(balcony))).toBe(image);
  expect(await card(orchard, juliet)).toBe(
    `<vCard xmlns='vcard-temp'><FN>Juliet</FN>${photo('image/png', image)}</vCard>`,
  );
  expect(await card(street, juliet)).toBe("<vCard xmlns='vcard-temp'><FN>Juliet</FN></vCard>");
  await request(balcony, 'set', configuring(dataNode, { access_model: 'open' }));
  expect(photoIn(await card(street, juliet))).toBeUndefined();
  await request(balcony, 'set', configuring(metadataNode, { access_model: 'open' }));
  expect(photoIn(await card(street, juliet))).toBe(image);
});

test('the photo of a vCard is published as avatar (§3.2)', async () => {
  expect(await setCard(`<FN>Juliet</FN>${photo('image/jpeg', `\n ${image}\n`)}`)).toBe('done');
  expect(await items(dataNode)).toContain(`<item id='${hash}'><data xmlns='${dataNode}'>${image}</data></item>`);
  expect(await items(metadataNode)).toContain(`<info bytes='5' id='${hash}' type='image/jpeg'/>`);
  expect(events(orchard)).toEqual([`${juliet} ${metadataNode} items ${hash}=metadata`]);
  expect(photoIn(await card(street, juliet))).toBe(image);
  await setCard(`<FN>Juliet C.</FN>${photo('image/jpeg', image)}`);
  expect(events(orchard)).toEqual([]);
  await setCard('<FN>Juliet</FN>');
  expect(events(orchard)).toEqual([`${juliet} ${metadataNode} items none=metadata`]);
  expect(photoIn(await card(balcony))).toBeUndefined();
});

test('a photo that is a link, or no image, stays in the card as it is', async () => {
  const link = '<PHOTO><EXTVAL>https://capulet.example/x.png</EXTVAL></PHOTO>';
  for (const odd of [link, photo('text/html', image), photo('image/png', '~~~')]) {
    expect(await setCard(odd)).toBe('done');
    expect(await card(street, juliet)).toBe(`<vCard xmlns='vcard-temp'>${odd}</vCard>`);
  }
  expect(await items(dataNode)).toBe('item-not-found');
});

test('presence carries the hash, and is sent again when the avatar changes (§4, Examples 3, 4)', async () => {
  hashes(orchard);
  await publish(image, hash);
  expect(hashes(orchard)).toEqual([hash]);
  await balcony.send('<presence><show>away</show></presence>');
  expect(hashes(orchard)).toEqual([hash]);
  await balcony.send("<presence><x xmlns='vcard-temp:x:update'/></presence>");
  expect(hashes(orchard)).toEqual([hash]);
  await balcony.send(`<presence><x xmlns='vcard-temp:x:update'><photo>${otherHash}</photo></x></presence>`);
  expect(hashes(orchard)).toEqual([hash]);
  await publish(other, otherHash);
  expect(hashes(orchard).at(-1)).toBe(otherHash);
  await request(balcony, 'set', ownerRequest(`<delete node='${metadataNode}'/>`));
  expect(hashes(orchard)).toEqual(['']);
  await publish(image, hash);
  expect(hashes(orchard)).toEqual([hash]);
  await balcony.send("<presence type='unavailable'/>");
  expect(hashes(orchard)).toEqual([undefined]);
});

test("an empty photo is the client's own word (Examples 5, 6)", async () => {
  await publish(image, hash);
  hashes(orchard);
  await balcony.send("<presence><x xmlns='vcard-temp:x:update'><photo/></x></presence>");
  expect(hashes(orchard)).toEqual(['']);
});

test('after a restart the hash is there although the avatar is looked up first', async () => {
  await publish(image, hash);
  const again = open();
  const tower = await comeOnline(again, romeo, 'tower');
  const chamber = await again.stage.bind(juliet, 'chamber');
  chamber.post('<presence/>');
  await again.stage.quiet();
  expect(hashes(tower).at(-1)).toBe(hash);
});

test('a hash goes to strangers for open avatars only, to watchers unless it is hidden (§8)', async () => {
  await publish(image, hash);
  const direct = (): Promise<void> => balcony.send(`<presence to='${tybalt}'/>`);
  await direct();
  expect(hashes(street)).toEqual([undefined]);
  for (const node of [dataNode, metadataNode])
    await request(balcony, 'set', configuring(node, { access_model: 'open' }));
  await direct();
  expect(hashes(street)).toEqual([hash]);
  hashes(orchard);
  await request(balcony, 'set', configuring(dataNode, { access_model: 'whitelist' }));
  expect(hashes(orchard)).toEqual(['']);
});

test('an image that is not what its id says is refused (XEP-0084 §3.1)', async () => {
  const invalid = 'bad-request invalid-payload';
  expect(await publish(image, otherHash)).toBe(invalid);
  expect(await publish('~~~', hash)).toBe(invalid);
  expect(await request(balcony, 'set', publishing(dataNode, hash, "<data xmlns='urn:other'/>"))).toBe(invalid);
  expect(await request(balcony, 'set', publishing(metadataNode, hash, "<data xmlns='urn:other'/>"))).toBe(invalid);
});

test("a vCard is its owner's to set, within bounds (XEP-0054 §3.2)", async () => {
  expect(await request(street, 'set', "<vCard xmlns='vcard-temp'><FN>T</FN></vCard>", juliet)).toBe('forbidden');
  expect(await setCard(`<DESC>${'x'.repeat(65_536)}</DESC>`)).toBe('policy-violation');
  expect(await setCard(photo('image/png', 'AAAA'.repeat(90_000)))).toBe('policy-violation');
  expect(await card(balcony)).toBe('item-not-found');
});

test('the account says so (§2)', async () => {
  const info = await request(balcony, 'get', "<query xmlns='http://jabber.org/protocol/disco#info'/>", juliet);
  expect(info).toContain(namespaces.pepVcardConversion);
  expect(info).toContain("<feature var='vcard-temp'/>");
});

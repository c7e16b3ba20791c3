// What clients keep in their nodes, with the specifications' own stanzas: bookmarks (XEP-0402), OMEMO keys (XEP-0384 0.3.0 and 0.9), private data (XEP-0223).
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { befriend } from '../../testing/company.ts';
import {
  comeOnline,
  configuring,
  type EventingStage,
  events,
  openEventing,
  pubsubRequest,
  request,
} from '../../testing/eventing.ts';
import type { StageClient } from '../../testing/stage-client.ts';

const [juliet, romeo, mercutio] = ['juliet@capulet.example', 'romeo@montague.example', 'mercutio@verona.example'];
const bookmarks = 'urn:xmpp:bookmarks:1';
const axolotl = 'eu.siacs.conversations.axolotl';

let storage: EmbeddedStorage;
let eventing: EventingStage;
let balcony: StageClient;
let chamber: StageClient;
let orchard: StageClient;
let verona: StageClient;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo, mercutio);
  eventing = openEventing({ clock: new FakeClock(), ...storage });
  const wanted = [bookmarks, `${axolotl}.devicelist`, 'urn:xmpp:omemo:2:devices'];
  balcony = await comeOnline(eventing, juliet, 'balcony');
  chamber = await comeOnline(eventing, juliet, 'chamber', ...wanted);
  orchard = await comeOnline(eventing, romeo, 'orchard', ...wanted);
  verona = await comeOnline(eventing, mercutio, 'square', ...wanted);
  await befriend(orchard, balcony);
  for (const client of [chamber, orchard]) events(client);
});
afterEach(() => storage.close());

const options = (fields: string): string => `<publish-options>
      <x xmlns='jabber:x:data' type='submit'>
        <field var='FORM_TYPE' type='hidden'>
          <value>http://jabber.org/protocol/pubsub#publish-options</value>
        </field>${fields}
      </x>
    </publish-options>`;

const field = (name: string, value: string): string => `<field var='pubsub#${name}'>
          <value>${value}</value>
        </field>`;

const bookmark = (id: string, name: string): string =>
  pubsubRequest(`<publish node='urn:xmpp:bookmarks:1'>
      <item id='${id}'>
        <conference xmlns='urn:xmpp:bookmarks:1' name='${name}' autojoin='true'>
          <nick>JC</nick>
          <extensions>
            <state xmlns='http://myclient.example/bookmark/state' minimized='true'/>
          </extensions>
        </conference>
      </item>
    </publish>
    ${options(
      field('persist_items', 'true') +
        field('max_items', 'max') +
        field('send_last_published_item', 'never') +
        field('access_model', 'whitelist'),
    )}`);

const itemsOf = (node: string): string => pubsubRequest(`<items node='${node}'/>`);

test('bookmarks are one item a room, told to the own sessions, and nobody else ever sees them (XEP-0402 §3)', async () => {
  const [play, room] = ['theplay@conference.shakespeare.lit', 'orchard@conference.shakespeare.lit'];
  for (const [id, name] of [
    [play, 'The Play&apos;s the Thing'],
    [room, 'The Orcard'],
    [room, 'The Orchard'],
  ] as const)
    expect(await request(balcony, 'set', bookmark(id, name))).toContain(`<item id='${id}'/>`);
  const told = (id: string): string => `${juliet} ${bookmarks} items ${id}=conference`;
  expect(events(chamber)).toEqual([told(play), told(room), told(room)]);
  const kept = await request(chamber, 'get', itemsOf(bookmarks));
  expect(kept.match(/<item id=/g)).toHaveLength(2);
  expect(kept).toContain("<state xmlns='http://myclient.example/bookmark/state' minimized='true'/>");
  const retract = pubsubRequest(`<retract node='${bookmarks}' notify='true'><item id='${room}'/></retract>`);
  expect(await request(balcony, 'set', retract)).toBe('done');
  expect(events(chamber)).toEqual([`${juliet} ${bookmarks} retract ${room}`]);
  for (const stranger of [orchard, verona]) {
    const refused = stranger === orchard ? 'not-allowed closed-node' : 'service-unavailable';
    expect(await request(stranger, 'get', itemsOf(bookmarks), juliet)).toBe(refused);
    expect(events(stranger)).toEqual([]);
  }
  expect(events(await comeOnline(eventing, romeo, 'garden', bookmarks))).toEqual([]);
});

test('bookmarks are not published at a node that others could read (XEP-0402 §3.3, checklist 24)', async () => {
  await request(balcony, 'set', pubsubRequest(`<create node='${bookmarks}'/>`));
  expect(await request(balcony, 'set', bookmark('r@c.lit', 'R'))).toBe('conflict precondition-not-met');
  expect(events(orchard)).toEqual([]);
  const fit = { max_items: 'max', send_last_published_item: 'never', access_model: 'whitelist' };
  expect(await request(balcony, 'set', configuring(bookmarks, fit))).toBe('done');
  expect(await request(balcony, 'set', bookmark('r@c.lit', 'R'))).toContain("<item id='r@c.lit'/>");
  expect(events(orchard)).toEqual([]);
});

const deviceList = pubsubRequest(`<publish node='eu.siacs.conversations.axolotl.devicelist'>
      <item id='current'>
        <list xmlns='eu.siacs.conversations.axolotl'>
          <device id='12345' />
          <device id='4223' />
          <device id='31415' />
        </list>
      </item>
    </publish>
    ${options(field('access_model', 'open'))}`);

const bundle = pubsubRequest(`<publish node='eu.siacs.conversations.axolotl.bundles:31415'>
      <item id='current'>
        <bundle xmlns='eu.siacs.conversations.axolotl'>
          <signedPreKeyPublic signedPreKeyId='1'>
            BASE64ENCODED...
          </signedPreKeyPublic>
          <prekeys>
            <preKeyPublic preKeyId='1'>
              BASE64ENCODED...
            </preKeyPublic>
          </prekeys>
        </bundle>
      </item>
    </publish>
    ${options(field('access_model', 'open'))}`);

test('OMEMO 0.3: devices are told to contacts, bundles are there for everybody (XEP-0384 0.3.0 §4.3, §4.4)', async () => {
  expect(await request(balcony, 'set', deviceList)).toContain("<item id='current'/>");
  expect(await request(balcony, 'set', bundle)).toContain("<item id='current'/>");
  const told = `${juliet} ${axolotl}.devicelist items current=list`;
  expect(events(orchard)).toEqual([told]);
  expect(events(chamber)).toEqual([told]);
  expect(events(verona)).toEqual([]);
  expect(events(await comeOnline(eventing, romeo, 'garden', `${axolotl}.devicelist`))).toEqual([`${told} late`]);
  const fetched = await request(verona, 'get', itemsOf(`${axolotl}.bundles:31415`), juliet);
  expect(fetched).toContain("<preKeyPublic preKeyId='1'>");
  expect(await request(verona, 'get', itemsOf(`${axolotl}.devicelist`), juliet)).toContain("<device id='31415'/>");
});

const bundle2 = (device: string): string =>
  pubsubRequest(`<publish node='urn:xmpp:omemo:2:bundles'>
      <item id='${device}'>
        <bundle xmlns='urn:xmpp:omemo:2'><spk id='0'>b64/encoded/data</spk><ik>b64/encoded/data</ik></bundle>
      </item>
    </publish>
    ${options(field('max_items', 'max') + field('access_model', 'open'))}`);

test('OMEMO 0.9: bundles are items of one node (XEP-0384 §5.3.2)', async () => {
  for (const device of ['31415', '4223']) await request(balcony, 'set', bundle2(device));
  const one = pubsubRequest("<items node='urn:xmpp:omemo:2:bundles'><item id='31415'/></items>");
  expect(await request(verona, 'get', one, juliet)).toMatch(/<item id='31415'><bundle xmlns='urn:xmpp:omemo:2'>/);
  expect((await request(orchard, 'get', itemsOf('urn:xmpp:omemo:2:bundles'), juliet)).match(/<item /g)).toHaveLength(2);
});

test('private data is for its owner alone (XEP-0223 Example 1)', async () => {
  const store = pubsubRequest(`<publish node='storage:bookmarks'>
      <item>
        <conference xmlns='storage:bookmarks' autojoin='true' jid='theplay@conference.shakespeare.lit'>
          <nick>JC</nick><password>Gl0b3</password>
        </conference>
      </item>
    </publish>
    ${options(field('persist_items', 'true') + field('access_model', 'whitelist'))}`);
  expect(await request(balcony, 'set', store)).toContain("<publish node='storage:bookmarks'>");
  expect(await request(orchard, 'get', itemsOf('storage:bookmarks'), juliet)).toBe('not-allowed closed-node');
  expect(await request(chamber, 'get', itemsOf('storage:bookmarks'))).toContain('<password>Gl0b3</password>');
});

// XEP-0163 §3, §4: events go to those who may and want to hear them, and to nobody else.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { befriend } from '../testing/company.ts';
import {
  announce,
  comeOnline,
  configuring,
  type EventingStage,
  events,
  openEventing,
  ownerRequest,
  publishing,
  pubsubRequest,
  request,
} from '../testing/eventing.ts';
import type { StageClient } from '../testing/stage-client.ts';

const tuneNode = 'http://jabber.org/protocol/tune';
const tune = `<tune xmlns='${tuneNode}'><artist>Gerald Finzi</artist></tune>`;
const [juliet, romeo, benvolio] = ['juliet@capulet.example', 'romeo@montague.example', 'benvolio@montague.example'];

let storage: EmbeddedStorage;
let eventing: EventingStage;
let balcony: StageClient;
let orchard: StageClient;
let street: StageClient;

/** Romeo sees Juliet's presence; Benvolio does not. All three want to hear tunes. */
beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo, benvolio);
  eventing = openEventing({ clock: new FakeClock(), ...storage });
  balcony = await comeOnline(eventing, juliet, 'balcony', tuneNode);
  orchard = await comeOnline(eventing, romeo, 'orchard', tuneNode);
  street = await comeOnline(eventing, benvolio, 'street', tuneNode);
  await befriend(orchard, balcony);
});
afterEach(() => storage.close());

const told = `${juliet} ${tuneNode} items current=tune`;
const publish = (options?: Record<string, string>): Promise<string> =>
  request(balcony, 'set', publishing(tuneNode, 'current', tune, options));

test('an event reaches the owner and who may see her presence, by its node made on the way (Examples 1–3)', async () => {
  expect(await publish()).toBe(
    `<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${tuneNode}'><item id='current'/></publish></pubsub>`,
  );
  expect(events(balcony)).toEqual([told]);
  expect(events(orchard)).toEqual([told]);
  expect(events(street)).toEqual([]);
});

test('who has not asked for a node hears nothing of it (§4.2)', async () => {
  const chamber = await comeOnline(eventing, juliet, 'chamber', 'urn:other');
  await publish();
  expect(events(chamber)).toEqual([]);
  await announce(chamber, 'urn:other', tuneNode);
  expect(events(chamber)).toEqual([`${told} late`]);
});

test('a newly available session is sent the last item, of others too, once (§4.3.4, Example 9)', async () => {
  await publish();
  await request(balcony, 'set', publishing(tuneNode, 'current', `<tune xmlns='${tuneNode}'/>`));
  events(orchard);
  const garden = await comeOnline(eventing, romeo, 'garden', tuneNode);
  expect(events(garden)).toEqual([`${told} late`]);
  await garden.send('<presence><show>away</show></presence>');
  expect(events(garden)).toEqual([]);
  expect(events(orchard)).toEqual([]);
  const chamber = await comeOnline(eventing, juliet, 'chamber', tuneNode);
  expect(events(chamber)).toEqual([`${told} late`]);
  const square = await comeOnline(eventing, benvolio, 'square', tuneNode);
  expect(events(square)).toEqual([]);
});

test('who is allowed later is sent the last item then; who loses access hears no more (§7.1)', async () => {
  await publish();
  await street.send(`<presence to='${juliet}' type='subscribe'/>`);
  expect(events(street)).toEqual([]);
  await balcony.send(`<presence to='${benvolio}' type='subscribed'/>`);
  expect(events(street)).toEqual([`${told} late`]);
  await balcony.send(`<presence to='${benvolio}' type='unsubscribed'/>`);
  await publish();
  expect(events(street)).toEqual([]);
});

test('a hibernated session finds its notifications in its queue', async () => {
  orchard.enable();
  orchard.drop();
  await publish();
  const again = eventing.stage.connect();
  again.resume(orchard);
  expect(events(again)).toEqual([told]);
});

test('nobody but the owner publishes, retracts, configures or removes (§2.2)', async () => {
  await publish();
  for (const payload of [
    publishing(tuneNode, 'x', tune),
    publishing('urn:new', 'x', tune),
    pubsubRequest(`<retract node='${tuneNode}'><item id='current'/></retract>`),
    pubsubRequest("<create node='urn:new'/>"),
    configuring(tuneNode, { access_model: 'open' }),
    ownerRequest(`<delete node='${tuneNode}'/>`),
    ownerRequest(`<purge node='${tuneNode}'/>`),
  ])
    expect(await request(orchard, 'set', payload, juliet)).toBe('forbidden');
  for (const payload of [ownerRequest(`<configure node='${tuneNode}'/>`), ownerRequest('<default/>')])
    expect(await request(orchard, 'get', payload, juliet)).toBe('forbidden');
});

test('an address that nobody has answers like an account without nodes (RFC 6121 §8.5.1, checklist 16)', async () => {
  for (const [type, payload] of [
    ['get', items],
    ['get', pubsubRequest('<items/>')],
    ['get', pubsubRequest('<subscriptions/>')],
    ['get', pubsubRequest('<affiliations/>')],
    ['get', ownerRequest(`<configure node='${tuneNode}'/>`)],
    ['set', publishing(tuneNode, 'current', tune)],
    ['set', pubsubRequest(`<subscribe node='${tuneNode}' jid='${benvolio}'/>`)],
    ['set', pubsubRequest(`<unsubscribe node='${tuneNode}' jid='${benvolio}'/>`)],
    ['set', pubsubRequest("<create node='urn:new'/>")],
  ] as const)
    expect(await request(street, type, payload, 'nobody@capulet.example')).toBe(
      await request(street, type, payload, juliet),
    );
});

const items = pubsubRequest(`<items node='${tuneNode}'/>`);
const read = (answer: string): string => (answer.includes('Gerald Finzi') ? 'read' : answer);

test.each([
  ['presence', 'read'],
  ['whitelist', 'not-allowed closed-node'],
  ['roster', 'not-authorized not-in-roster-group'],
])('%s access holds for retrieval, subscription, discovery and events alike (checklist 24)', async (model, friend) => {
  const stranger = 'service-unavailable';
  await publish();
  expect(await request(balcony, 'set', configuring(tuneNode, { access_model: model }))).toBe('done');
  expect(await request(street, 'get', items, juliet)).toBe(stranger);
  const subscribe = pubsubRequest(`<subscribe node='${tuneNode}' jid='${benvolio}'/>`);
  expect(await request(street, 'set', subscribe, juliet)).toBe(stranger);
  expect(read(await request(orchard, 'get', items, juliet))).toBe(friend);
  expect(read(await request(balcony, 'get', items))).toBe('read');
  const [nodes, node] = [
    "<query xmlns='http://jabber.org/protocol/disco#items'/>",
    `<query xmlns='http://jabber.org/protocol/disco#info' node='${tuneNode}'/>`,
  ];
  expect((await request(orchard, 'get', nodes, juliet)).includes(tuneNode)).toBe(friend === 'read');
  expect((await request(orchard, 'get', node, juliet)).includes("type='leaf'")).toBe(friend === 'read');
  expect(await request(street, 'get', nodes, juliet)).not.toContain(tuneNode);
  events(orchard);
  await publish();
  expect(events(orchard)).toEqual(friend === 'read' ? [told] : []);
  expect(events(street)).toEqual([]);
});

test('roster groups open a node to whom they name (XEP-0060 §4.5)', async () => {
  await balcony.send(
    `<iq type='set' id='g'><query xmlns='jabber:iq:roster'><item jid='${romeo}'><group>Friends</group></item></query></iq>`,
  );
  await publish({ access_model: 'roster', roster_groups_allowed: 'Servants' });
  expect(events(orchard)).toEqual([]);
  await request(balcony, 'set', configuring(tuneNode, { roster_groups_allowed: ['Servants', 'Friends'] }));
  expect(events(orchard)).toEqual([`${told} late`]);
  await publish();
  expect(events(orchard)).toEqual([told]);
});

test('a blocked party is told nothing and finds no service (XEP-0191 §5)', async () => {
  const { account } = balcony.session;
  account.view = { ...account.view, blocked: new Set([romeo]) };
  await publish({ access_model: 'open' });
  expect(events(orchard)).toEqual([]);
  expect(await request(orchard, 'get', items, juliet)).toBe('service-unavailable');
  account.view = { ...account.view, blocked: new Set() };
  const other = orchard.session.account;
  other.view = { ...other.view, blocked: new Set([juliet]) };
  await publish();
  expect(events(orchard)).toEqual([]);
});

test('an open node may be subscribed to without presence, and left again (XEP-0060 §6.1, §6.2)', async () => {
  await publish({ access_model: 'open' });
  const subscription = `<subscription node='${tuneNode}' jid='${benvolio}' subscription='subscribed'/>`;
  const ask = (name: string, jid: string): Promise<string> =>
    request(street, 'set', pubsubRequest(`<${name} node='${tuneNode}' jid='${jid}'/>`), juliet);
  expect(await ask('subscribe', romeo)).toBe('bad-request invalid-jid');
  expect(await ask('unsubscribe', benvolio)).toBe('unexpected-request not-subscribed');
  expect(await ask('subscribe', benvolio)).toBe(
    `<pubsub xmlns='http://jabber.org/protocol/pubsub'>${subscription}</pubsub>`,
  );
  expect(events(street)).toEqual([`${juliet} ${tuneNode} subscription ${benvolio}=subscribed`, `${told} late`]);
  await publish();
  expect(events(street)).toEqual([told]);
  expect(await request(street, 'get', pubsubRequest('<subscriptions/>'), juliet)).toBe(
    `<pubsub xmlns='http://jabber.org/protocol/pubsub'><subscriptions>${subscription}</subscriptions></pubsub>`,
  );
  expect(await request(orchard, 'get', pubsubRequest('<subscriptions/>'), juliet)).not.toContain(benvolio);
  expect(await ask('unsubscribe', benvolio)).toBe('done');
  await publish();
  expect(events(street)).toEqual([`${juliet} ${tuneNode} subscription ${benvolio}=none`]);
});

test('an account says what it can do (§6.1, Example 11)', async () => {
  const info = await request(balcony, 'get', "<query xmlns='http://jabber.org/protocol/disco#info'/>", juliet);
  expect(info).toContain("<identity category='pubsub' type='pep'/>");
  for (const name of ['access-presence', 'auto-create', 'auto-subscribe', 'filtered-notifications', 'publish-options'])
    expect(info).toContain(`http://jabber.org/protocol/pubsub#${name}'`);
});

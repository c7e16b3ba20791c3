// XEP-0060 §5.7, §8.8, §8.9: whom the owner lets in and shuts out, what becomes of subscriptions, and what is refused.

import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { serialise } from '@parlance/xml/serialise';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { befriend } from '../../testing/company.ts';
import {
  comeOnline,
  configuring,
  type EventingStage,
  events,
  openEventing,
  ownerRequest,
  publishing,
  pubsubRequest,
  request,
} from '../../testing/eventing.ts';
import type { StageClient } from '../../testing/stage-client.ts';

const [hamlet, polonius, bard] = ['hamlet@denmark.example', 'polonius@denmark.example', 'bard@stratford.example'];
const node = 'princely_musings';
const owner = 'http://jabber.org/protocol/pubsub#owner';

let storage: EmbeddedStorage;
let eventing: EventingStage;
let prince: StageClient;
let minister: StageClient;
let poet: StageClient;

beforeEach(async () => {
  storage = await openEmbedded(hamlet, polonius, bard);
  eventing = openEventing({ clock: new FakeClock(), ...storage });
  prince = await comeOnline(eventing, hamlet, 'elsinore');
  minister = await comeOnline(eventing, polonius, 'court', node);
  poet = await comeOnline(eventing, bard, 'globe', node);
  await befriend(minister, prince);
  await request(prince, 'set', publishing(node, 'a', "<entry xmlns='urn:example'/>", { access_model: 'whitelist' }));
});
afterEach(() => storage.close());

const affiliate = (jid: string, affiliation: string): string =>
  `<affiliation jid='${jid}' affiliation='${affiliation}'/>`;
const modify = (...entries: readonly string[]): Promise<string> =>
  request(prince, 'set', ownerRequest(`<affiliations node='${node}'>${entries.join('')}</affiliations>`));
const list = (client = prince, to = ''): Promise<string> =>
  request(client, 'get', ownerRequest(`<affiliations node='${node}'/>`), to);
const listed = (...entries: readonly string[]): string =>
  `<pubsub xmlns='${owner}'><affiliations node='${node}'>${affiliate(hamlet, 'owner')}${entries.join('')}</affiliations></pubsub>`;
const own = (client: StageClient, attributes = ''): Promise<string> =>
  request(client, 'get', pubsubRequest(`<affiliations${attributes}/>`), hamlet);
const subscribe = (client: StageClient, jid: string): Promise<string> =>
  request(client, 'set', pubsubRequest(`<subscribe node='${node}' jid='${jid}'/>`), hamlet);
const items = (client: StageClient): Promise<string> =>
  request(client, 'get', pubsubRequest(`<items node='${node}'/>`), hamlet);

test('the owner lists and changes affiliations, by bare address; "none" removes (Examples 197–203, §8.9.3)', async () => {
  expect(await list()).toBe(listed());
  expect(await modify(affiliate(`${bard}/globe`, 'member'), affiliate(polonius, 'outcast'))).toBe('done');
  expect(await list()).toBe(listed(affiliate(bard, 'member'), affiliate(polonius, 'outcast')));
  expect(await modify(affiliate(polonius, 'none'), `<affiliation jid='${bard}'/>`)).toBe('done');
  expect(await list()).toBe(listed(affiliate(bard, 'member')));
  const again = openEventing({ clock: new FakeClock(), ...storage });
  const later = await comeOnline(again, hamlet, 'later');
  expect(await list(later)).toBe(listed(affiliate(bard, 'member')));
});

test('everybody learns what he is, nobody what others are (§5.7, §8.9.1.3)', async () => {
  await modify(affiliate(bard, 'member'), affiliate(polonius, 'outcast'));
  const is = (affiliation: string): string => `<affiliation node='${node}' affiliation='${affiliation}'/>`;
  expect(await own(prince)).toContain(is('owner'));
  expect(await own(poet)).toContain(`<affiliations>${is('member')}</affiliations>`);
  expect(await own(minister, ` node='${node}'`)).toContain(is('outcast'));
  expect(await own(minister, " node='other'")).toContain("<affiliations node='other'/>");
  expect(await list(poet, hamlet)).toBe('forbidden');
  expect(
    await request(
      poet,
      'set',
      ownerRequest(`<affiliations node='${node}'>${affiliate(bard, 'owner')}</affiliations>`),
      hamlet,
    ),
  ).toBe('forbidden');
  expect(await request(prince, 'get', ownerRequest("<affiliations node='none'/>"))).toBe('item-not-found');
});

test('what cannot be is returned as it is, all else is done (Examples 205, 208, 209)', async () => {
  await prince.send(
    `<iq type='set' id='ent3'>${ownerRequest(
      `<affiliations node='${node}'>${[affiliate(hamlet, 'none'), affiliate(polonius, 'publisher'), affiliate('@', 'member'), affiliate(bard, 'member')].join('')}</affiliations>`,
    )}</iq>`,
  );
  const [answer] = prince.taken();
  expect(answer?.attr('type')).toBe('error');
  expect(answer?.elements().map((child) => serialise(child, 'jabber:client'))).toEqual([
    `<pubsub xmlns='${owner}'><affiliations node='${node}'>${[affiliate(hamlet, 'owner'), affiliate(polonius, 'none'), affiliate('@', 'none')].join('')}</affiliations></pubsub>`,
    "<error type='modify'><not-acceptable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
  ]);
  expect(await list()).toBe(listed(affiliate(bard, 'member')));
  for (const affiliation of ['publisher', 'publish-only'])
    expect(await modify(affiliate(polonius, affiliation))).toBe(
      `feature-not-implemented unsupported ${affiliation}-affiliation`,
    );
  expect(await modify(affiliate(polonius, 'owner'))).toBe('not-acceptable');
  expect(await modify(affiliate(polonius, 'friend'))).toBe('not-acceptable');
  expect(await modify(affiliate(hamlet, 'owner'))).toBe('done');
  expect(await modify(affiliate(bard, 'none'), affiliate(`${bard}/x`, 'outcast'))).toBe('bad-request');
  expect(await list()).toBe(listed(affiliate(bard, 'member')));
});

test('who is let in is sent the last item if he asks for it; who is shut out loses node and subscription (§12.2, XEP-0163 §7.1)', async () => {
  expect(await items(minister)).toBe('not-allowed closed-node');
  await modify(affiliate(polonius, 'member'), affiliate(bard, 'member'));
  expect(events(minister)).toEqual([`${hamlet} ${node} items a=entry late`]);
  expect(events(poet)).toEqual([]);
  await subscribe(poet, bard);
  expect(events(poet)).toEqual([
    `${hamlet} ${node} subscription ${bard}=subscribed`,
    `${hamlet} ${node} items a=entry late`,
  ]);
  await modify(affiliate(bard, 'outcast'));
  expect(events(poet)).toEqual([`${hamlet} ${node} subscription ${bard}=none`]);
  expect(await items(poet)).toBe('forbidden');
  expect(await subscribe(poet, bard)).toBe('forbidden');
  await modify(affiliate(bard, 'member'));
  expect(await items(poet)).toContain('urn:example');
  await request(prince, 'set', publishing(node, 'b', "<entry xmlns='urn:example'/>"));
  expect(events(poet)).toEqual([]);
});

test('a subscription ends with the access, whichever way that ends (XEP-0163 §7.1)', async () => {
  const allow = (model: string): Promise<string> => request(prince, 'set', configuring(node, { access_model: model }));
  await allow('open');
  await subscribe(minister, `${polonius}/court`);
  await subscribe(poet, bard);
  for (const client of [minister, poet]) events(client);
  await allow('presence');
  expect(events(poet)).toEqual([`${hamlet} ${node} subscription ${bard}=none`]);
  expect(events(minister)).toEqual([]);
  await prince.send(`<presence to='${polonius}' type='unsubscribed'/>`);
  expect(events(minister)).toEqual([`${hamlet} ${node} subscription ${polonius}/court=none`]);
});

test('the owner manages subscriptions of those who may read (Examples 184–195)', async () => {
  await modify(affiliate(bard, 'member'));
  const change = (...entries: readonly string[]): Promise<string> =>
    request(prince, 'set', ownerRequest(`<subscriptions node='${node}'>${entries.join('')}</subscriptions>`));
  const state = (jid: string, subscription: string): string =>
    `<subscription jid='${jid}' subscription='${subscription}'/>`;
  const all = (): Promise<string> => request(prince, 'get', ownerRequest(`<subscriptions node='${node}'/>`));
  expect(await change(state(bard, 'subscribed'))).toBe('done');
  expect(events(poet)).toEqual([
    `${hamlet} ${node} subscription ${bard}=subscribed`,
    `${hamlet} ${node} items a=entry late`,
  ]);
  expect(await all()).toBe(
    `<pubsub xmlns='${owner}'><subscriptions node='${node}'>${state(bard, 'subscribed')}</subscriptions></pubsub>`,
  );
  expect(await change(state(polonius, 'subscribed'))).toBe('not-allowed closed-node');
  expect(await change(state(bard, 'pending'))).toBe('not-acceptable');
  expect(await change(state('@', 'subscribed'))).toBe('not-acceptable');
  expect(await change(state(bard, 'none'), state(bard, 'none'))).toBe('bad-request');
  expect(await change(state(bard, 'none'), `<subscription jid='${polonius}'/>`)).toBe('done');
  expect(events(poet)).toEqual([`${hamlet} ${node} subscription ${bard}=none`]);
  expect(await change(state(bard, 'none'))).toBe('not-acceptable');
  expect(await request(poet, 'get', ownerRequest(`<subscriptions node='${node}'/>`), hamlet)).toBe('forbidden');
});

test('the list of a node is bounded', async () => {
  const many = (from: number, count: number): string[] =>
    Array.from({ length: count }, (_, n) => affiliate(`a${from + n}@x.example`, 'member'));
  expect(await modify(...many(0, 500))).toBe('done');
  expect(await modify(...many(500, 1))).toBe('resource-constraint');
  expect(await modify(affiliate('a0@x.example', 'outcast'))).toBe('done');
  expect(await modify(affiliate('a1@x.example', 'none'), ...many(500, 1))).toBe('done');
});

test('whoever has the address of a removed account next inherits nothing', async () => {
  await modify(affiliate(bard, 'member'));
  await subscribe(poet, bard);
  const gone = eventing.nodes.disown(poet.session.account.address);
  await eventing.stage.quiet();
  await gone;
  expect(await list()).toBe(listed());
  expect(await items(poet)).toBe('service-unavailable');
  const again = openEventing({ clock: new FakeClock(), ...storage });
  expect(await list(await comeOnline(again, hamlet, 'later'))).toBe(listed());
});

// XEP-0060 §6.5, §7, §8 at an account's own service: requests, their conditions and their errors by the book.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, expect, test } from 'vitest';
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

const hamlet = 'hamlet@denmark.example';
const node = 'princely_musings';
const entry = "<entry xmlns='http://www.w3.org/2005/Atom'><title>Soliloquy</title></entry>";

let storage: EmbeddedStorage;
let eventing: EventingStage;
let client: StageClient;

beforeEach(async () => {
  storage = await openEmbedded(hamlet);
  eventing = openEventing({ clock: new FakeClock(), ...storage });
  client = await comeOnline(eventing, hamlet, 'elsinore', node);
});
afterEach(() => storage.close());

const get = (payload: string): Promise<string> => request(client, 'get', payload);
const set = (payload: string): Promise<string> => request(client, 'set', payload);
const publish = (id: string, options?: Record<string, string>): Promise<string> =>
  set(publishing(node, id, entry, options));
const ids = (answer: string): string[] => [...answer.matchAll(/<item id='([^']*)'/g)].map(([, id = '']) => id);
const items = async (attributes = '', inside = '', after = ''): Promise<string> =>
  get(pubsubRequest(`<items node='${node}'${attributes}>${inside}</items>${after}`));
const rsm = (content: string): string => `<set xmlns='http://jabber.org/protocol/rsm'>${content}</set>`;

test('a singleton node keeps the newest item, whatever its id (XEP-0060 §12.21)', async () => {
  await publish('one');
  await publish('two');
  expect(ids(await items())).toEqual(['two']);
  expect(await items()).toContain(entry);
});

test('an item without id gets one (§7.1.3.7)', async () => {
  const [id = ''] = ids(await publish(''));
  expect(id).not.toBe('');
  expect(ids(await items())).toEqual([id]);
});

test('options make a node, and are conditions at one that exists (§7.1.5)', async () => {
  expect(await publish('a', { access_model: 'open', max_items: 'max' })).toContain("<item id='a'/>");
  expect(await publish('b', { access_model: 'open' })).toContain("<item id='b'/>");
  expect(ids(await items())).toEqual(['a', 'b']);
  const unmet = 'conflict precondition-not-met';
  expect(await publish('c', { access_model: 'whitelist' })).toBe(unmet);
  expect(await publish('c', { max_items: '2' })).toBe(unmet);
  expect(await publish('c', { unheard_of: '1' })).toBe(unmet);
  expect(await publish('c', { persist_items: 'true', max_items: '1000000' })).toContain("<item id='c'/>");
  expect(await set(publishing('urn:new', 'x', entry, { unheard_of: '1' }))).toBe(unmet);
  expect(await set(publishing('urn:new', 'x', entry, { access_model: 'authorize' }))).toBe(unmet);
  expect(await get(ownerRequest("<configure node='urn:new'/>"))).toBe('item-not-found');
  const noForm = publishing(node, 'x', entry).replace('</pubsub>', '<publish-options/></pubsub>');
  expect(await set(noForm)).toBe('bad-request invalid-options');
});

test('what is not one item with one payload is refused (§7.1.3)', async () => {
  expect(await set(pubsubRequest(`<publish node='${node}'/>`))).toBe('bad-request item-required');
  expect(await set(pubsubRequest(`<publish><item>${entry}</item></publish>`))).toBe('bad-request nodeid-required');
  expect(await set(publishing(node, 'x', ''))).toBe('bad-request payload-required');
  expect(await set(publishing(node, 'x', entry + entry))).toBe('bad-request invalid-payload');
  expect(await set(publishing(node, 'x', `<big xmlns='big'>${'x'.repeat(262_144)}</big>`))).toBe(
    'not-acceptable payload-too-big',
  );
  await publish('x', { type: 'http://www.w3.org/2005/Atom' });
  expect(await set(publishing(node, 'x', "<other xmlns='urn:other'/>"))).toBe('bad-request invalid-payload');
});

test('items are retracted, purged, and gone with their node, and each is told (§7.2, §8.4, §8.5)', async () => {
  await publish('a', { max_items: '3' });
  await publish('b');
  await publish('c');
  events(client);
  const retract = (inside: string): Promise<string> =>
    set(pubsubRequest(`<retract node='${node}'>${inside}</retract>`));
  expect(await retract("<item id='a'/>")).toBe('done');
  expect(events(client)).toEqual([`${hamlet} ${node} retract a`]);
  expect(await retract("<item id='a'/>")).toBe('item-not-found');
  expect(await retract('<item/>')).toBe('bad-request item-required');
  expect(await retract('')).toBe('bad-request item-required');
  expect(await set(pubsubRequest("<retract><item id='a'/></retract>"))).toBe('bad-request nodeid-required');
  expect(await set(pubsubRequest("<retract node='none'><item id='a'/></retract>"))).toBe('item-not-found');
  expect(ids(await items())).toEqual(['b', 'c']);
  expect(await set(ownerRequest(`<purge node='${node}'/>`))).toBe('done');
  expect(events(client)).toEqual([`${hamlet} ${node} purge`]);
  expect(ids(await items())).toEqual([]);
  expect(await set(ownerRequest(`<delete node='${node}'/>`))).toBe('done');
  expect(events(client)).toEqual([`${hamlet} ${node} delete`]);
  expect(await items()).toBe('item-not-found');
  expect(await set(ownerRequest(`<delete node='${node}'/>`))).toBe('item-not-found');
});

test('retraction is silent where the node says so, unless the request asks (§7.2.2.1)', async () => {
  await publish('a', { max_items: '3', notify_retract: 'false' });
  await publish('b');
  events(client);
  await set(pubsubRequest(`<retract node='${node}'><item id='a'/></retract>`));
  expect(events(client)).toEqual([]);
  await set(pubsubRequest(`<retract node='${node}' notify='1'><item id='b'/></retract>`));
  expect(events(client)).toEqual([`${hamlet} ${node} retract b`]);
});

test('a node that does not persist tells and forgets (§4.3)', async () => {
  await publish('a', { persist_items: '0' });
  expect(events(client)).toEqual([`${hamlet} ${node} items a=entry`]);
  expect(ids(await items())).toEqual([]);
  expect(await set(ownerRequest(`<purge node='${node}'/>`))).toBe(
    'feature-not-implemented unsupported persistent-items',
  );
});

test('nodes are created, configured and described (§8.1, §8.2, §5.4)', async () => {
  expect(await set(pubsubRequest(`<create node='${node}'/>`))).toContain(`<create node='${node}'/>`);
  expect(await set(pubsubRequest(`<create node='${node}'/>`))).toBe('conflict');
  const instant = /<create node='([^']+)'/.exec(await set(pubsubRequest('<create/>')))?.[1];
  expect(instant).toBeDefined();
  const configured = configuring('urn:open', { access_model: 'open', title: 'Musings' });
  const inner = configured.slice(configured.indexOf('<x'), configured.indexOf('</configure>'));
  await set(pubsubRequest(`<create node='urn:open'/><configure>${inner}</configure>`));
  const form = await get(ownerRequest("<configure node='urn:open'/>"));
  expect(form).toMatch(/<field var='pubsub#access_model'[^>]*><value>open<\/value><option>/);
  expect(await get(ownerRequest('<default/>'))).toMatch(/'pubsub#access_model'[^>]*><value>presence<\/value>/);
  const described = await get("<query xmlns='http://jabber.org/protocol/disco#info' node='urn:open'/>");
  expect(described).toContain("<identity category='pubsub' type='leaf'/>");
  expect(described).toContain("<field var='pubsub#title'><value>Musings</value></field>");
});

test('a configuration is taken whole or not at all (§8.2.5)', async () => {
  await publish('a');
  for (const values of [
    { access_model: 'authorize' },
    { publish_model: 'open' },
    { max_items: '0' },
    { title: 'x'.repeat(1_024) },
    { notify_retract: 'perhaps', title: 'fine' },
  ])
    expect(await set(configuring(node, values))).toBe('not-acceptable');
  expect(await set(configuring(node, { title: 'Musings', unheard_of: '1' }))).toBe('done');
  expect(await get(ownerRequest(`<configure node='${node}'/>`))).toContain('<value>Musings</value>');
  expect(await get(ownerRequest('<configure/>'))).toBe('bad-request nodeid-required');
  expect(await set(ownerRequest(`<configure node='${node}'/>`))).toBe('bad-request');
  expect(await set(configuring(node, {}).replace("type='submit'", "type='cancel'"))).toBe('done');
  events(client);
  await set(configuring(node, { notify_config: '1' }));
  expect(events(client)).toEqual([`${hamlet} ${node} configuration`]);
});

test('fewer items to keep means fewer kept', async () => {
  await publish('a', { max_items: '5' });
  for (const id of ['b', 'c', 'd']) await publish(id);
  await set(configuring(node, { max_items: '2' }));
  expect(ids(await items())).toEqual(['c', 'd']);
  expect(await items(" max_items='1'")).toContain("<item id='d'");
  expect(ids(await items(" max_items='1'"))).toEqual(['d']);
  expect(await items(" max_items='none'")).toBe('bad-request');
});

test('items are read by id, and page by page (§6.5.4, §6.5.6, §6.5.9.12)', async () => {
  await publish('a', { max_items: 'max' });
  for (const id of ['b', 'c', 'd', 'e']) await publish(id);
  expect(ids(await items('', "<item id='d'/><item id='none'/><item id='a'/>"))).toEqual(['a', 'd']);
  expect(ids(await items('', "<item id='none'/>"))).toEqual([]);
  const first = await items('', '', rsm('<max>2</max>'));
  expect(ids(first)).toEqual(['a', 'b']);
  expect(first).toContain("<first index='0'>a</first><last>b</last><count>5</count>");
  expect(ids(await items('', '', rsm('<max>2</max><after>b</after>')))).toEqual(['c', 'd']);
  expect(ids(await items('', '', rsm('<max>2</max><before/>')))).toEqual(['d', 'e']);
  const before = await items('', '', rsm('<max>2</max><before>d</before>'));
  expect(ids(before)).toEqual(['b', 'c']);
  expect(before).toContain("<first index='1'>b</first>");
  expect(await items('', '', rsm('<max>2</max><after>none</after>'))).toBe('item-not-found');
  expect(await items('', '', rsm('<max>0</max>'))).toContain('<count>5</count>');
});

test('an answer is bounded and says what is left (§6.5.4)', async () => {
  const big = `<big xmlns='big'>${'x'.repeat(250_000)}</big>`;
  await set(publishing(node, 'a', big, { max_items: 'max' }));
  for (const id of ['b', 'c', 'd', 'e']) await set(publishing(node, id, big));
  const answer = await items();
  expect(ids(answer)).toEqual(['c', 'd', 'e']);
  expect(answer).toContain("<first index='2'>c</first><last>e</last><count>5</count>");
});

test('the number of nodes is bounded, however they are made', async () => {
  const { stage, nodes } = eventing;
  const { account } = client.session;
  const [shape] = [...(await nodes.of(account)).values()];
  expect(shape).toBeUndefined();
  await publish('x');
  const made = (await nodes.of(account)).get(node);
  if (made === undefined) throw new Error('no node');
  const more = Array.from({ length: 249 }, (_, n) => nodes.put(account, { ...made, name: `n${n}` }));
  await stage.quiet();
  await Promise.all(more);
  expect(await set(publishing('one-more', 'x', entry))).toBe('resource-constraint');
  expect(await set(pubsubRequest("<create node='one-more'/>"))).toBe('resource-constraint');
  expect(await publish('y')).toContain("<item id='y'/>");
});

test('what this service does not do it says (§11)', async () => {
  const unsupported = 'feature-not-implemented unsupported';
  await publish('a');
  expect(await get(pubsubRequest(`<options node='${node}' jid='${hamlet}'/>`))).toBe(
    `${unsupported} subscription-options`,
  );
  expect(await get(pubsubRequest('<default/>'))).toBe(`${unsupported} retrieve-default-sub`);
  expect(await get(pubsubRequest('<affiliations/>'))).toContain(`<affiliation node='${node}' affiliation='owner'/>`);
  expect(await get(pubsubRequest('<unheard-of/>'))).toBe('bad-request');
  expect(await set(pubsubRequest(''))).toBe('bad-request');
});

test('nodes are as they were after a restart, and a failed commit leaves no trace', async () => {
  await publish('a', { access_model: 'open', max_items: '7' });
  const again = openEventing({ clock: new FakeClock(), ...storage });
  const other = await comeOnline(again, hamlet, 'later', node);
  expect(await request(other, 'get', ownerRequest(`<configure node='${node}'/>`))).toMatch(/max_items[^>]*><value>7</);
  const broken = openEventing({
    clock: new FakeClock(),
    ...storage,
    committer: { commit: () => Promise.reject(new Error('disk')) },
  });
  const third = await comeOnline(broken, hamlet, 'unlucky', node);
  expect(await request(third, 'set', publishing('urn:lost', 'x', entry))).toBe('resource-constraint');
  expect((await broken.nodes.of(third.session.account)).has('urn:lost')).toBe(false);
  expect(events(third)).toEqual([`${hamlet} ${node} items a=entry late`]);
});

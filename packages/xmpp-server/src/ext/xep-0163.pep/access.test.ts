// XEP-0060 §4.5 with §4.1: access model × relation to the owner × way of reading; whichever way is tried, the model decides (checklist 24).
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { befriend } from '../../testing/company.ts';
import {
  comeOnline,
  type EventingStage,
  events,
  openEventing,
  ownerRequest,
  publishing,
  pubsubRequest,
  request,
} from '../../testing/eventing.ts';
import type { StageClient } from '../../testing/stage-client.ts';

const juliet = 'juliet@capulet.example';
const node = 'urn:example:diary';
const friends = ['friend', 'listed', 'friendly-member', 'friendly-outcast', 'listed-outcast', 'blocked'];
const people = [...friends, 'stranger', 'member', 'outcast'] as const;
const models = ['open', 'presence', 'roster', 'whitelist'] as const;
const at = (name: string): string => `${name}@montague.example`;

/** Who may read a node, by its model. The outcasts and the blocked never may; members open the whitelist alone. */
const readers: Readonly<Record<(typeof models)[number], readonly string[]>> = {
  open: ['friend', 'listed', 'friendly-member', 'stranger', 'member'],
  presence: ['friend', 'listed', 'friendly-member'],
  roster: ['listed'],
  whitelist: ['friendly-member', 'member'],
};

const refusals: Readonly<Record<(typeof models)[number], string>> = {
  open: 'never',
  presence: 'not-authorized presence-subscription-required',
  roster: 'not-authorized not-in-roster-group',
  whitelist: 'not-allowed closed-node',
};

let storage: EmbeddedStorage;
let eventing: EventingStage;
let balcony: StageClient;
const clients = new Map<string, StageClient>();

const affiliations = [
  ['member', 'member'],
  ['friendly-member', 'member'],
  ['outcast', 'outcast'],
  ['friendly-outcast', 'outcast'],
  ['listed-outcast', 'outcast'],
].map(([name, affiliation]) => `<affiliation jid='${at(name ?? '')}' affiliation='${affiliation}'/>`);

const inGroup = (name: string): string =>
  `<iq type='set' id='g'><query xmlns='jabber:iq:roster'><item jid='${at(name)}'><group>Nurses</group></item></query></iq>`;

const publish = (options?: Record<string, string>): Promise<string> =>
  request(balcony, 'set', publishing(node, 'today', "<entry xmlns='urn:example'/>", options));

const clientOf = (name: string): StageClient => {
  const client = clients.get(name);
  if (client === undefined) throw new Error(`nobody called ${name}`);
  return client;
};

const block = (): void => {
  const { account } = balcony.session;
  account.view = { ...account.view, blocked: new Set([at('blocked')]) };
};

beforeEach(async () => {
  storage = await openEmbedded(juliet, ...people.map(at));
  eventing = openEventing({ clock: new FakeClock(), ...storage });
  balcony = await comeOnline(eventing, juliet, 'balcony');
  for (const name of people) clients.set(name, await comeOnline(eventing, at(name), 'home', node));
  for (const name of friends) await befriend(clientOf(name), balcony);
  for (const name of ['listed', 'listed-outcast']) await balcony.send(inGroup(name));
});
afterEach(() => storage.close());

const prepare = async (model: string): Promise<void> => {
  await publish({ access_model: model, roster_groups_allowed: 'Nurses' });
  const list = `<affiliations node='${node}'>${affiliations.join('')}</affiliations>`;
  expect(await request(balcony, 'set', ownerRequest(list))).toBe('done');
  block();
  for (const name of people) events(clientOf(name));
};

const refusalOf = (model: (typeof models)[number], name: string): string => {
  if (name === 'blocked') return 'service-unavailable';
  if (name.includes('outcast')) return 'forbidden';
  // Whom the node does not concern is not told that it is there (RFC 6121 §8.5.1).
  return name === 'stranger' ? 'service-unavailable' : refusals[model];
};

describe.each(models)('%s', (model) => {
  const may = (name: string): boolean => readers[model].includes(name);
  const seen = (name: string): boolean => may(name) && friends.includes(name);

  test('items are read, and the node subscribed to, by those who may', async () => {
    await prepare(model);
    for (const name of people) {
      const client = clientOf(name);
      const refusal = refusalOf(model, name);
      const items = await request(client, 'get', pubsubRequest(`<items node='${node}'/>`), juliet);
      expect([name, items.includes('urn:example') ? 'read' : items]).toEqual([name, may(name) ? 'read' : refusal]);
      const subscribe = pubsubRequest(`<subscribe node='${node}' jid='${at(name)}'/>`);
      const subscribed = await request(client, 'set', subscribe, juliet);
      expect([name, subscribed.includes("subscription='subscribed'") ? 'subscribed' : subscribed]).toEqual([
        name,
        may(name) ? 'subscribed' : refusal,
      ]);
    }
  });

  test('service discovery shows the node and its items to friends who may (XEP-0030 §8)', async () => {
    await prepare(model);
    for (const name of people) {
      const ask = (kind: string, more = ''): Promise<string> =>
        request(clientOf(name), 'get', `<query xmlns='http://jabber.org/protocol/disco#${kind}'${more}/>`, juliet);
      expect([name, (await ask('items')).includes(node)]).toEqual([name, seen(name)]);
      expect([name, (await ask('items', ` node='${node}'`)).includes('today')]).toEqual([name, seen(name)]);
      expect([name, (await ask('info', ` node='${node}'`)).includes('leaf')]).toEqual([name, seen(name)]);
    }
  });

  test('events go to friends who may, and to all subscribers who may', async () => {
    await prepare(model);
    await publish();
    for (const name of people) expect([name, events(clientOf(name)).length]).toEqual([name, seen(name) ? 1 : 0]);
    const subscribe = (name: string): Promise<string> =>
      request(clientOf(name), 'set', pubsubRequest(`<subscribe node='${node}' jid='${at(name)}'/>`), juliet);
    for (const name of people) await subscribe(name);
    for (const name of people) events(clientOf(name));
    await publish();
    for (const name of people) expect([name, events(clientOf(name)).length]).toEqual([name, may(name) ? 1 : 0]);
  });

  test('whoever becomes available is sent the last item if he may', async () => {
    await prepare(model);
    for (const name of people) {
      const client = await comeOnline(eventing, at(name), 'work', node);
      expect([name, events(client)]).toEqual([name, seen(name) ? [`${juliet} ${node} items today=entry late`] : []]);
    }
  });
});

// XEP-0115 §5.4: clients are asked once, verified answers stand for all, others for one session only.
import { createHash } from 'node:crypto';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { parseDocument } from '@parlance/xml/document';
import { namespaces } from '@parlance/xmpp/namespaces';
import { verificationText } from '@parlance/xmpp/wire/xep-0115.caps';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { interests } from '../session/interests.ts';
import { discovered } from '../testing/discovered.ts';
import { digests } from '../testing/eventing.ts';
import { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { entityCapabilities } from './xep-0115.caps.ts';

const romeo = 'romeo@montague.example';
const features = [
  'http://jabber.org/protocol/disco#info',
  'http://jabber.org/protocol/tune',
  'http://jabber.org/protocol/tune+notify',
  'urn:xmpp:avatar:metadata+notify',
];
const ver = createHash('sha1')
  .update(`client/pc//Exodus<${features.map((name) => `${name}<`).join('')}`)
  .digest('base64');
const info = (...names: string[]): string =>
  `<query xmlns='${namespaces.discoInfo}'><identity category='client' type='pc' name='Exodus'/>${names
    .map((name) => `<feature var='${name}'/>`)
    .join('')}</query>`;

let storage: EmbeddedStorage;
let stage: Stage;
let clock: FakeClock;
let client: StageClient;
let heard: (readonly string[])[] = [];

beforeAll(async () => {
  storage = await openEmbedded(romeo);
});
beforeEach(async () => {
  clock = new FakeClock();
  stage = new Stage({ clock, ...storage, extensions: discovered(entityCapabilities(digests)) });
  client = await stage.bind(romeo, 'orchard');
  heard = [];
  stage.points.newInterests.on('last', ({ nodes }) => {
    heard.push(nodes);
  });
});
afterAll(() => storage.close());

const announce = (who: StageClient, hash: string, value = ver, initial = true): void => {
  const { session } = who;
  session.availability = { show: 'online', priority: 0 };
  const stanza = parseDocument(
    `<presence xmlns='jabber:client'><c xmlns='${namespaces.caps}' hash='${hash}' node='http://exodus' ver='${value}'/></presence>`,
  );
  stage.points.presenceChanged.run({ session, account: session.account, stanza, initial });
};

const answer = async (who: StageClient, content: string, changes: Record<string, string> = {}): Promise<void> => {
  const question = who.taken().find(({ name }) => name === 'iq');
  expect(question?.attr('from')).toBe(romeo);
  expect(question?.child('query', namespaces.discoInfo)?.attr('node')).toMatch(/^http:\/\/exodus#/);
  const { id = question?.attr('id') ?? '', to = romeo, type = 'result' } = changes;
  await who.send(`<iq type='${type}' id='${id}' to='${to}'>${content}</iq>`);
};

test('a verified answer is believed of everybody who announces the same', async () => {
  announce(client, 'sha-1');
  await answer(client, info(...features));
  expect(client.session.values.get(interests)).toEqual(['http://jabber.org/protocol/tune', 'urn:xmpp:avatar:metadata']);
  const second = await stage.bind(romeo, 'garden');
  announce(second, 'sha-1');
  expect(second.taken()).toEqual([]);
  expect(second.session.values.get(interests)).toHaveLength(2);
  expect(heard).toHaveLength(2);
});

test('an answer that does not match stands for its own session only', async () => {
  announce(client, 'sha-1');
  await answer(client, info('urn:poison+notify'));
  expect(client.session.values.get(interests)).toEqual(['urn:poison']);
  const second = await stage.bind(romeo, 'garden');
  announce(second, 'sha-1');
  await answer(second, info(...features));
  expect(second.session.values.get(interests)).toHaveLength(2);
});

test('the hash belongs to the key, and one that we do not know is never verified', async () => {
  announce(client, 'sha-1');
  await answer(client, info(...features));
  const second = await stage.bind(romeo, 'garden');
  announce(second, 'sha-256');
  await answer(second, info(...features));
  announce(client, 'md2', 'x', false);
  await answer(client, info('urn:a+notify'));
  expect(client.session.values.get(interests)).toEqual(['urn:a']);
  announce(second, 'md2', 'x', false);
  await answer(second, info('urn:b+notify'));
  expect(second.session.values.get(interests)).toEqual(['urn:b']);
});

test('only what is new is told, and all of it at a new initial presence', async () => {
  announce(client, 'sha-1');
  await answer(client, info(...features));
  announce(client, 'sha-1', ver, false);
  expect(heard).toHaveLength(1);
  announce(client, 'sha-1', 'other', false);
  await answer(client, info(...features, 'urn:new+notify'));
  expect(heard[1]).toEqual(['urn:new']);
  announce(client, 'sha-1', 'other', true);
  expect(heard[2]).toHaveLength(3);
  expect(client.taken()).toEqual([]);
});

test('answers are matched by id and peer, and not waited for for ever (checklist 32)', async () => {
  announce(client, 'sha-1');
  const id = client.taken()[0]?.attr('id') ?? '';
  const other = await stage.bind(romeo, 'garden');
  await other.send(`<iq type='result' id='${id}' to='${romeo}'>${info('urn:forged+notify')}</iq>`);
  await client.send(`<iq type='result' id='other' to='${romeo}'>${info('urn:forged+notify')}</iq>`);
  await client.send(`<iq type='result' id='${id}' to='capulet.example'>${info('urn:forged+notify')}</iq>`);
  expect(client.session.values.get(interests)).toEqual([]);
  clock.advance(30_000);
  await client.send(`<iq type='result' id='${id}' to='${romeo}'>${info('urn:late+notify')}</iq>`);
  expect(client.session.values.get(interests)).toEqual([]);
});

test('an error, or a flood of interests, harms nobody', async () => {
  announce(client, 'sha-1');
  await answer(client, '', { type: 'error' });
  expect(client.session.values.get(interests)).toEqual([]);
  announce(client, 'sha-1', 'many', false);
  await answer(client, info(...Array.from({ length: 500 }, (_, n) => `urn:${n}+notify`)));
  expect(client.session.values.get(interests)).toHaveLength(128);
  announce(client, 'sha-1', 'long', false);
  await answer(client, info(`${'x'.repeat(8_193)}+notify`));
  expect(client.session.values.get(interests)).toEqual([]);
});

test("the server's own are a stream feature, and what they stand for can be asked (§6.3, Example 5)", async () => {
  const c = stage.host.streamFeatures().find(({ ns }) => ns === namespaces.caps);
  const [node, own] = [c?.attr('node') ?? '', c?.attr('ver') ?? ''];
  const ask = async (asked: string): Promise<string> => {
    const query = `<query xmlns='${namespaces.discoInfo}' node='${asked}'/>`;
    const reply = await client.ask(`<iq type='get' id='d' to='montague.example'>${query}</iq>`);
    const found = reply.child('query', namespaces.discoInfo);
    if (found?.attr('node') !== asked) return reply.child('error')?.elements()[0]?.name ?? '';
    return createHash('sha1')
      .update(verificationText(found) ?? '')
      .digest('base64');
  };
  expect(c?.attr('hash')).toBe('sha-1');
  expect(await ask(`${node}#${own}`)).toBe(own);
  expect(await ask(`${node}#another`)).toBe('item-not-found');
});

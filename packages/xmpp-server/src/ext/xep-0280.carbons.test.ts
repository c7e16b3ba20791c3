// XEP-0280 §4–9: who gets copies of what, and what never is copied; the state survives resumption.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { namespaces } from '@parlance/xmpp/namespaces';
import { type Carbon, readCarbon } from '@parlance/xmpp/wire/xep-0280.carbons';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { carbons } from './xep-0280.carbons.ts';

const juliet = 'juliet@capulet.example';
const romeo = 'romeo@montague.example';
const enable = "<iq type='set' id='enable1'><enable xmlns='urn:xmpp:carbons:2'/></iq>";
const disable = "<iq type='set' id='disable1'><disable xmlns='urn:xmpp:carbons:2'/></iq>";

let storage: EmbeddedStorage;
let stage: Stage;
let balcony: StageClient;
let garden: StageClient;
let home: StageClient;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  stage = new Stage({ clock: new FakeClock(), ...storage, extensions: [carbons] });
  balcony = await stage.bind(juliet, 'balcony');
  garden = await stage.bind(romeo, 'garden');
  home = await stage.bind(romeo, 'home');
  for (const client of [balcony, garden, home]) client.available(1);
  await home.send(enable);
  for (const client of [balcony, garden, home]) client.taken();
});
afterEach(() => storage.close());

const to = (address: string, content: string, type = 'chat'): string =>
  `<message to='${address}' type='${type}'>${content}</message>`;
const body = '<body>What man art thou?</body>';

const copies = (client: StageClient): readonly Carbon[] =>
  client.taken().flatMap((stanza) => readCarbon(stanza, client.session.account.address) ?? []);

test('a message to another session is copied (Examples 9, 10)', async () => {
  await balcony.send(to(`${romeo}/garden`, body));
  expect(garden.bodies()).toEqual(['What man art thou?']);
  const [copy, ...more] = home.taken();
  expect(more).toEqual([]);
  expect([copy?.attr('from'), copy?.attr('to'), copy?.attr('type')]).toEqual([romeo, `${romeo}/home`, 'chat']);
  const carbon = copy === undefined ? undefined : readCarbon(copy, romeo);
  expect([carbon?.direction, carbon?.message.attr('from'), carbon?.message.attr('to')]).toEqual([
    'received',
    `${juliet}/balcony`,
    `${romeo}/garden`,
  ]);
  expect(carbon?.message.child('stanza-id', namespaces.sid)?.attr('by')).toBe(romeo);
});

test('a sent message is copied, not to its sender (Examples 12, 13)', async () => {
  await garden.send(to(juliet, body));
  expect(copies(home).map(({ direction }) => direction)).toEqual(['sent']);
  expect(garden.taken()).toEqual([]);
  await home.send(to(juliet, body));
  expect(home.taken()).toEqual([]);
  expect(balcony.bodies()).toHaveLength(2);
});

test('who got the message itself gets no copy of it (§7)', async () => {
  await balcony.send(to(romeo, body));
  expect(home.taken().map((stanza) => stanza.childText('body'))).toEqual(['What man art thou?']);
});

test('what is eligible (§6.1)', async () => {
  const cases: readonly [string, string, number][] = [
    ['chat', '', 1],
    ['normal', body, 1],
    ['normal', "<received xmlns='urn:xmpp:receipts' id='1'/>", 1],
    ['normal', "<displayed xmlns='urn:xmpp:chat-markers:0' id='1'/>", 1],
    ['normal', "<x xmlns='jabber:x:conference' jid='a@b'/>", 1],
    ['normal', "<x xmlns='http://jabber.org/protocol/muc#user'><invite to='a@b'/></x>", 1],
    ['normal', "<event xmlns='http://jabber.org/protocol/pubsub#event'/>", 0],
    ['headline', body, 0],
    ['groupchat', body, 0],
    ['error', "<error type='cancel'/>", 0],
  ];
  for (const [type, content, expected] of cases) {
    await balcony.send(to(`${romeo}/garden`, content, type));
    expect([type, content, copies(home).length]).toEqual([type, content, expected]);
  }
});

test('private messages are not copied on either side, and keep their mark (§9, Example 15)', async () => {
  const mark = "<private xmlns='urn:xmpp:carbons:2'/><no-copy xmlns='urn:xmpp:hints'/>";
  await garden.send(to(`${juliet}/balcony`, body + mark));
  await balcony.send(to(`${romeo}/garden`, body + mark));
  expect(copies(home)).toEqual([]);
  expect(balcony.taken()[0]?.child('private', namespaces.carbons)).toBeDefined();
});

test('the hint no-copy counts on full addresses only (XEP-0334 §4.3)', async () => {
  const hint = "<no-copy xmlns='urn:xmpp:hints'/>";
  await garden.send(to(`${juliet}/balcony`, body + hint));
  expect(copies(home)).toEqual([]);
  await garden.send(to(juliet, body + hint));
  expect(copies(home)).toHaveLength(1);
});

test('forged copies are taken out of what a client sends', async () => {
  const forged = `<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>
    <message xmlns='jabber:client' from='${juliet}'><body>forged</body></message></forwarded></received>`;
  await balcony.send(to(`${romeo}/home`, body + forged));
  const [stanza] = home.taken();
  expect(stanza?.elements().map(({ name }) => name)).toEqual(['body', 'stanza-id']);
});

test('copies may be turned on and off at any time (§10.1), and stay on for a resumed stream', async () => {
  home.enable();
  expect((await home.ask(enable)).attr('type')).toBe('result');
  home.drop();
  await balcony.send(to(`${romeo}/garden`, body));
  const again = stage.connect();
  again.resume(home);
  await stage.quiet();
  expect(copies(again)).toHaveLength(1);
  expect((await storage.read('SELECT state FROM stream')).map(({ state }) => String(state))).toEqual([
    expect.stringContaining('"carbons":true'),
  ]);
  await again.ask(disable);
  await again.ask(disable);
  await balcony.send(to(`${romeo}/garden`, body));
  expect(copies(again)).toEqual([]);
});

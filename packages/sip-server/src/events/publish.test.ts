// PUBLISH on the test's clock: RFC 3903 §4 and §6, what becomes of several publishers, and calls that phones publish (RFC 4235).
import type { PresenceLine } from '@parlance/core/presence';
import { readPresence } from '@parlance/sip/presence/read';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventHouse, juliet, openEventHouse, romeo } from '../testing/event-house.ts';
import type { EventPhone } from '../testing/event-stage.ts';

let storage: EmbeddedStorage;
let clock: FakeClock;
let house: EventHouse;
let phone: EventPhone;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  clock = new FakeClock();
  house = openEventHouse(clock, storage);
  phone = await house.phone(juliet, 'balcony');
});
afterEach(() => storage.close());

const pidf = (inner: string): string =>
  `<?xml version="1.0"?><presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" xmlns:r="urn:ietf:params:xml:ns:pidf:rpid" entity="pres:${juliet}">${inner}</presence>`;
const open = pidf('<tuple id="a"><status><basic>open</basic></status><note>here</note></tuple>');
const closed = pidf('<tuple id="a"><status><basic>closed</basic></status></tuple>');
const doing = (word: string): string =>
  pidf(
    `<tuple id="a"><status><basic>open</basic></status></tuple><dm:person id="p"><r:activities><r:${word}/></r:activities></dm:person>`,
  );
const type = 'Content-Type: application/pidf+xml';
const fields = (...more: readonly string[]): readonly string[] => ['Event: presence', type, ...more];
const lines = (): readonly PresenceLine[] => house.board.of(juliet).map(({ line }) => line);
const calls = (state: string): string =>
  `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="sip:${juliet}"><dialog id="c1" call-id="secret"><state>${state}</state><remote><identity>sip:paris@a.example</identity></remote></dialog></dialog-info>`;
const dialogFields = (...more: readonly string[]): readonly string[] => [
  'Event: dialog',
  'Content-Type: application/dialog-info+xml',
  ...more,
];

describe('a publication (RFC 3903 §4.1, table 1)', () => {
  it('is made, renewed, changed and taken back by its entity-tag, each time another', () => {
    const made = phone.publish(juliet, { body: open });
    const tag = made.text('sip-etag');
    expect([made.status, made.text('expires'), lines()[0]?.note]).toEqual([200, '3600', 'here']);
    const renewed = phone.publish(juliet, { fields: fields(`SIP-If-Match: ${tag}`, 'Expires: 600') });
    expect([renewed.status, renewed.text('expires'), lines().length]).toEqual([200, '600', 1]);
    expect(phone.publish(juliet, { fields: fields(`SIP-If-Match: ${tag}`) }).status).toBe(412);
    const changed = phone.publish(juliet, {
      fields: fields(`SIP-If-Match: ${renewed.text('sip-etag')}`),
      body: doing('meeting'),
    });
    expect([changed.status, lines()[0]?.show, lines()[0]?.activities]).toEqual([200, 'dnd', ['meeting']]);
    const gone = phone.publish(juliet, { fields: fields(`SIP-If-Match: ${changed.text('sip-etag')}`, 'Expires: 0') });
    expect([gone.status, lines(), house.events.counts.publications]).toEqual([200, [], 0]);
  });

  it('ends when its time is over, and with it what it said', async () => {
    phone.publish(juliet, { fields: fields('Expires: 60'), body: open });
    await clock.advanceAsync(59_999);
    expect(lines()).toHaveLength(1);
    await clock.advanceAsync(1);
    expect(lines()).toEqual([]);
  });

  it.each([
    ['another event', ['Event: nonsense', type], open, 489],
    ['no event', [type], open, 489],
    ['a short time', fields('Expires: 10'), open, 423],
    ['no body', fields(), '', 400],
    ['another type', ['Event: presence', 'Content-Type: text/plain'], open, 415],
    ['an encoding', fields('Content-Encoding: gzip'), open, 415],
    ['too large a body', fields(), pidf(`<note>${'x'.repeat(17_000)}</note>`), 413],
    ['a tag of nobody', fields('SIP-If-Match: other'), open, 412],
  ])('with %s is refused', (_, wanted, body, status) => {
    expect(phone.publish(juliet, { fields: wanted, body }).status).toBe(status);
    expect(lines()).toEqual([]);
  });

  it('with a body that is none is an error of its sender', () => {
    expect(() => phone.publish(juliet, { body: '<presence' })).toThrow('Malformed presence document');
  });

  it('for somebody else is refused, and so is one more than the bound', () => {
    expect(phone.publish(romeo, { body: open }).status).toBe(403);
    for (let n = 0; n < 20; n++) phone.publish(juliet, { body: open });
    expect(phone.publish(juliet, { body: open }).status).toBe(403);
    expect(house.events.counts.publications).toBe(20);
  });
});

describe('a phone on the board (ADR 0007)', () => {
  it('is there while registered; what it publishes takes the place of that, under the same name', () => {
    const binding = phone.register();
    phone.publish(juliet, { body: doing('away') });
    const board = house.board.of(juliet);
    expect(board.map(({ source, line }) => [source.label, line.show])).toEqual([['balcony', 'away']]);
    house.stage.bindings.end(binding);
    expect([lines(), house.events.counts.publications]).toEqual([[], 0]);
  });

  it('that says it is closed is not there, registered or not', () => {
    phone.register();
    phone.publish(juliet, { body: closed });
    expect(lines()).toEqual([]);
  });

  it('says what it means in its own words: show, activities, idle, priority (RFC 8048 §6.3)', () => {
    const said = (inner: string): PresenceLine | undefined => {
      house.events.forget(phone.account);
      phone.publish(juliet, { body: pidf(inner) });
      return lines()[0];
    };
    const tuple = (status: string, rest = ''): string =>
      `<tuple id="a"><status><basic>open</basic>${status}</status>${rest}</tuple>`;
    expect(said(tuple('<show xmlns="jabber:client">xa</show>'))?.show).toBe('xa');
    expect(said(tuple('', '<r:activities><r:vacation/></r:activities>'))?.show).toBe('xa');
    expect(said(`${tuple('')}<dm:person id="p"><r:user-input>idle</r:user-input></dm:person>`)?.show).toBe('away');
    expect(said(tuple('', '<contact priority="1">sip:j@a.example</contact>'))?.priority).toBe(127);
    expect(said('<note>only a note</note>')).toMatchObject({ show: 'online', note: 'only a note' });
  });

  it('in a call is busy on the phone, until the call ends (RFC 4235)', () => {
    phone.register();
    const made = phone.publish(juliet, { fields: dialogFields(), body: calls('confirmed') });
    expect(lines()[0]).toMatchObject({ show: 'dnd', activities: ['on-the-phone'] });
    phone.publish(juliet, {
      fields: dialogFields(`SIP-If-Match: ${made.text('sip-etag')}`),
      body: calls('terminated'),
    });
    expect(lines()[0]).toMatchObject({ show: 'online', activities: [] });
  });
});

describe('what watchers are told', () => {
  it('all devices as services, the person as the one that speaks for all, ids that differ', async () => {
    const watcher = await house.phone(romeo, 'desk');
    await house.decide(juliet, romeo, 'allow');
    await watcher.subscribe(juliet);
    phone.publish(juliet, { body: open });
    phone.publish(juliet, { body: doing('meeting') });
    (await house.phone(juliet, 'garden')).register();
    const body = watcher.notified().at(-1)?.body ?? '';
    const document = readPresence(new TextEncoder().encode(body));
    expect(document.entity).toBe(`sip:${juliet}`);
    expect(document.tuples.map(({ id }) => id)).toEqual(expect.arrayContaining(['a', 'a-2', 'ID-garden']));
    expect(document.tuples).toHaveLength(3);
    expect(document.persons).toHaveLength(1);
  });

  it('a published document as it is: place, mood, devices; and activities of a call', async () => {
    const own = await house.phone(juliet, 'chamber');
    await own.subscribe(juliet);
    phone.register();
    const body = pidf(
      '<tuple id="a"><status><basic>open</basic></status></tuple><dm:person id="p"><r:mood><r:happy/></r:mood></dm:person><dm:device id="d"><dm:deviceID>urn:x</dm:deviceID></dm:device>',
    );
    phone.publish(juliet, { body });
    phone.publish(juliet, { fields: dialogFields(), body: calls('confirmed') });
    const told = own.notified().at(-1)?.body ?? '';
    for (const part of ['happy', 'urn:x', 'on-the-phone']) expect(told).toContain(part);
  });

  it('calls in full to oneself, to others only that there is one', async () => {
    const [own, watcher] = [await house.phone(juliet, 'chamber'), await house.phone(romeo, 'desk')];
    expect((await watcher.subscribe(juliet, { fields: ['Event: dialog'] })).status).toBe(403);
    await house.decide(juliet, romeo, 'allow');
    for (const each of [own, watcher]) await each.subscribe(juliet, { fields: ['Event: dialog'] });
    phone.publish(juliet, { fields: dialogFields(), body: calls('confirmed') });
    const [full, poor] = [own, watcher].map((each) => each.notified().at(-1)?.body ?? '');
    expect([full?.includes('secret'), full?.includes('paris')]).toEqual([true, true]);
    expect([poor?.includes('confirmed'), poor?.includes('secret'), poor?.includes('paris')]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

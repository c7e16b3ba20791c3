// Presence across the protocols: chat clients on the XMPP stage, phones on that of SIP, one board and one contact list between them (RFC 8048; ADR 0006, 0007).
import type { Account } from '@parlance/core/account';
import type { Address } from '@parlance/core/ids';
import { Board } from '@parlance/core/presence';
import { readPresence } from '@parlance/sip/presence/read';
import { Events } from '@parlance/sip-server/events/events';
import { EventPhone, EventStage } from '@parlance/sip-server/testing/event-stage';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { blocking } from '@parlance/xmpp-server/ext/xep-0191.blocking';
import { openPresence, type PresenceRoom } from '@parlance/xmpp-server/presence/room';
import { heard, juliet, online, romeo } from '@parlance/xmpp-server/testing/company';
import { Stage } from '@parlance/xmpp-server/testing/stage';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectEvents } from './events.ts';
import { toPresence, toTuple } from './gateway.ts';

const julietAddress = juliet as Address;

let storage: EmbeddedStorage;
let clock: FakeClock;
let stage: Stage;
let phones: EventStage;
let events: Events;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  clock = new FakeClock();
  const board = new Board();
  let room: PresenceRoom | undefined;
  stage = new Stage({
    clock,
    ...storage,
    extensions: [blocking],
    presence: (context, points) => {
      room = openPresence(context, points, undefined, { board, toPresence });
      return room;
    },
  });
  const { accounts, table, commits, stores, router } = stage.context;
  const contacts = { ask: (account: Account, to: Address) => room?.act(account, 'subscribe', to) };
  phones = new EventStage({ clock, accounts, table, commits, stores, board, contacts, tupleOf: toTuple });
  events = new Events(phones.context, phones.bindings, router.waiting);
  connectEvents(events, stage.points);
});
afterEach(() => storage.close());

const phoneOf = async (address: string, name: string): Promise<EventPhone> =>
  new EventPhone(phones, events, await stage.account(address), name);
const told = (phone: EventPhone): readonly string[] => {
  const all = phone.notified();
  return all.map(({ state, body }) => {
    if (body === '') return state;
    const { tuples, persons } = readPresence(new TextEncoder().encode(body));
    const show = tuples.flatMap(({ statuses }) => statuses.map((each) => each.text()));
    return [state, tuples[0]?.basic, ...show, persons[0]?.notes[0]?.text].filter(Boolean).join(' ');
  });
};
const permission = async (owner: string, watcher: string): Promise<string | undefined> =>
  (await stage.account(owner)).view.contacts.get(watcher)?.permission;
const interest = async (owner: string, contact: string): Promise<string | undefined> =>
  (await stage.account(owner)).view.contacts.get(contact)?.interest;

describe('a phone watches a chat client (RFC 8048 §5.3, §6.2)', () => {
  it('asks as a subscribe, is told at once when that is approved, and then of every status', async () => {
    const j = await online(stage, juliet, 'balcony');
    const r = await online(stage, romeo, 'orchard');
    const phone = await phoneOf(romeo, 'desk');
    expect((await phone.subscribe(julietAddress)).status).toBe(200);
    expect(told(phone)).toEqual(['pending']);
    await stage.quiet();
    expect(heard(j)).toEqual([`${romeo} subscribe`]);
    expect([await interest(romeo, juliet), await permission(juliet, romeo)]).toEqual(['asked', 'pending']);
    expect(heard(r)).toEqual([`push ${juliet} none ask`]);

    await j.send(`<presence to='${romeo}' type='subscribed'/>`);
    expect(told(phone)).toEqual(['active open']);
    expect(await interest(romeo, juliet)).toBe('granted');
    expect(heard(r)).toEqual([`${juliet} subscribed`, `push ${juliet} to`, `${juliet}/balcony available`]);

    await j.send('<presence><show>dnd</show><status>in the tomb</status></presence>');
    expect(told(phone)).toEqual(['active open dnd in the tomb']);
    await j.send("<presence type='unavailable'/>");
    expect(told(phone)).toEqual(['active closed']);
  });

  it('does not ask twice, and sees away whom a lost connection took', async () => {
    const j = await online(stage, juliet, 'balcony');
    const phone = await phoneOf(romeo, 'desk');
    await phone.subscribe(julietAddress);
    await phone.subscribe(julietAddress);
    await stage.quiet();
    expect(heard(j)).toEqual([`${romeo} subscribe`]);
    await j.send(`<presence to='${romeo}' type='subscribed'/>`);
    j.enable();
    j.drop();
    phone.notified();
    await clock.advanceAsync(10_000);
    expect(told(phone)).toContain('active open away');
  });

  it('is told that it is over when the chat client takes the permission back, or refuses', async () => {
    const j = await online(stage, juliet, 'balcony');
    const phone = await phoneOf(romeo, 'desk');
    await phone.subscribe(julietAddress);
    await j.send(`<presence to='${romeo}' type='unsubscribed'/>`);
    expect(told(phone).at(-1)).toBe('terminated rejected');
    expect([await interest(romeo, juliet), await permission(juliet, romeo)]).toEqual(['none', undefined]);
  });

  it('sees nobody of who has blocked its owner (XEP-0191)', async () => {
    const j = await online(stage, juliet, 'balcony');
    const phone = await phoneOf(romeo, 'desk');
    await phone.subscribe(julietAddress);
    await j.send(`<presence to='${romeo}' type='subscribed'/>`);
    phone.notified();
    await j.send(`<iq type='set' id='b'><block xmlns='urn:xmpp:blocking'><item jid='${romeo}'/></block></iq>`);
    expect(told(phone)).toEqual(['active closed']);
    await j.send('<presence><show>chat</show></presence>');
    await clock.advanceAsync(20_000);
    expect(told(phone).every((each) => each === 'active closed')).toBe(true);
  });
});

describe('a chat client watches a phone (RFC 8048 §5.2, §6.3)', () => {
  it('sees it come with its registration, in its own words once it publishes, in a call, and go', async () => {
    const r = await online(stage, romeo, 'orchard');
    const j = await online(stage, juliet, 'balcony');
    await r.send(`<presence to='${juliet}' type='subscribe'/>`);
    await j.send(`<presence to='${romeo}' type='subscribed'/>`);
    heard(r);
    const phone = await phoneOf(juliet, 'phone');
    const binding = phone.register();
    expect(heard(r)).toEqual([`${juliet}/phone available`]);
    phone.publish(julietAddress, {
      body: `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="sip:${juliet}"><tuple id="a"><status><basic>open</basic></status><note>gardening</note></tuple></presence>`,
    });
    expect(r.taken()[0]?.childText('status')).toBe('gardening');
    phone.publish(julietAddress, {
      fields: ['Event: dialog', 'Content-Type: application/dialog-info+xml'],
      body: `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="0" state="full" entity="sip:${juliet}"><dialog id="1"><state>confirmed</state></dialog></dialog-info>`,
    });
    expect(heard(r)).toEqual([`${juliet}/phone available dnd`]);
    phones.bindings.end(binding);
    expect(heard(r)).toEqual([`${juliet}/phone unavailable`]);
  });

  it('is seen by a phone and sees a phone, of one account', async () => {
    const j = await online(stage, juliet, 'balcony');
    const own = await phoneOf(juliet, 'phone');
    own.register();
    await own.subscribe(julietAddress);
    await j.send('<presence><status>up here</status></presence>');
    expect(told(own).at(-1)).toContain('up here');
    expect(heard(j)).toContain(`${juliet}/phone available`);
  });
});

// SUBSCRIBE and NOTIFY on the test's clock: RFC 6665 §4, RFC 3856 §6, RFC 3857, RFC 5839, and watchers that mean no good.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type EventHouse, juliet, nurse, openEventHouse, romeo } from '../testing/event-house.ts';
import type { EventPhone, Notification } from '../testing/event-stage.ts';

let storage: EmbeddedStorage;
let clock: FakeClock;
let house: EventHouse;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo, nurse);
  clock = new FakeClock();
  house = openEventHouse(clock, storage);
});
afterEach(() => storage.close());

const states = (phone: EventPhone): readonly string[] => phone.notified().map(({ state }) => state);
const last = (phone: EventPhone): Notification => {
  const found = phone.notified().at(-1);
  if (found === undefined) throw new Error('not notified');
  return found;
};
const watching = async (permission: 'allow' | 'none' = 'allow'): Promise<EventPhone> => {
  const phone = await house.phone(romeo, 'desk');
  await house.account(juliet);
  if (permission === 'allow') await house.decide(juliet, romeo, 'allow');
  return phone;
};
const line = (note: string) => ({ show: 'online', priority: 0, note, activities: [], since: clock.now() }) as const;

describe('a subscription', () => {
  it('is answered with our Contact and its time, then told the state at once, in full (RFC 6665 §4.2.1)', async () => {
    const phone = await watching();
    const answer = await phone.subscribe(juliet);
    expect([answer.status, answer.text('expires'), answer.text('contact')]).toEqual([
      200,
      '3600',
      '<sip:192.0.2.1:5060;transport=tcp>',
    ]);
    const { state, body, request } = last(phone);
    expect(state).toBe('active');
    expect([juliet, romeo, nurse].map((each) => house.events.concern(each))).toEqual([true, true, false]);
    expect(body).toContain('<basic>closed</basic>');
    expect(request.text('to')).toContain('tag=w');
    expect(answer.text('to')).toBe(request.text('from'));
    expect([request.uri, request.text('content-type')]).toEqual([
      'sip:p@192.0.2.2;transport=tcp',
      'application/pidf+xml',
    ]);
  });

  it('follows the board, is renewed, and ends when its time is over (§4.2.1.3, §4.4.1)', async () => {
    const phone = await watching();
    const answer = await phone.subscribe(juliet, { fields: ['Event: presence', 'Expires: 600'] });
    phone.notified();
    const balcony = (await house.phone(juliet, 'balcony')).register();
    expect(last(phone).body).toContain('ID-balcony');
    await clock.advanceAsync(599_000);
    const again = await phone.subscribe(juliet, { fields: ['Event: presence', 'Expires: 600'], within: answer });
    expect([again.status, again.text('expires')]).toEqual([200, '600']);
    expect(states(phone)).toEqual(['active']);
    house.stage.bindings.end(balcony);
    expect(last(phone).body).toContain('closed');
    await clock.advanceAsync(600_000);
    expect(states(phone)).toEqual(['terminated timeout']);
    expect(house.events.counts.watchers).toBe(0);
    expect((await phone.subscribe(juliet, { within: answer })).status).toBe(481);
  });

  it('ends by Expires 0 with the last state, and a request without dialog and time is one look (§4.4.3)', async () => {
    const phone = await watching();
    const answer = await phone.subscribe(juliet);
    phone.notified();
    await phone.subscribe(juliet, { fields: ['Event: presence', 'Expires: 0'], within: answer });
    const { state, body } = last(phone);
    expect([state, body.includes('pidf')]).toEqual(['terminated timeout', true]);
    await phone.subscribe(juliet, { fields: ['Event: presence', 'Expires: 0'] });
    expect(states(phone)).toEqual(['terminated timeout']);
    expect([house.events.counts.watchers, house.asked]).toEqual([0, [`${romeo} ${juliet}`]]);
  });

  it.each([
    [['Event: nonsense'], 489, 'allow-events'],
    [[], 489, 'allow-events'],
    [['Event: presence', 'Accept: text/plain'], 406, 'accept'],
    [['Event: presence', 'Expires: 5'], 423, 'min-expires'],
    [['Event: reg'], 403, undefined],
    [['Event: message-summary'], 403, undefined],
    [['Event: presence.winfo'], 403, undefined],
  ] as const)('with %j is answered %i', async (fields, status, field) => {
    const phone = await watching();
    const answer = await phone.subscribe(juliet, { fields });
    expect([answer.status, field === undefined || answer.has(field)]).toEqual([status, true]);
    expect(phone.notified()).toEqual([]);
  });

  it('of another is none of his business: the dialog must be his own', async () => {
    const phone = await watching();
    const answer = await phone.subscribe(juliet);
    const thief = await house.phone(nurse, 'desk');
    expect((await thief.subscribe(juliet, { within: answer })).status).toBe(481);
    expect(house.events.counts.watchers).toBe(1);
  });
});

describe('permission (RFC 3856 §6.6, RFC 5025 §3.2.1)', () => {
  it('nobody has decided: pending without a word, the owner is asked; an approval is told at once', async () => {
    const phone = await watching('none');
    expect((await phone.subscribe(juliet)).status).toBe(200);
    const { state, body } = last(phone);
    expect([state, body, house.asked]).toEqual(['pending', '', [`${romeo} ${juliet}`]]);
    const balcony = (await house.phone(juliet, 'balcony')).register();
    house.stage.bindings.end(balcony);
    expect(states(phone)).toEqual([]);
    await house.decide(juliet, romeo, 'pending');
    expect(states(phone)).toEqual([]);
    await house.decide(juliet, romeo, 'allow');
    const approved = last(phone);
    expect([approved.state, approved.body.includes('pidf')]).toEqual(['active', true]);
  });

  it('a refusal and a permission that is taken away end it', async () => {
    const phone = await watching('none');
    await house.decide(juliet, romeo, 'pending');
    await phone.subscribe(juliet);
    await house.decide(juliet, romeo, 'none');
    expect(states(phone).at(-1)).toBe('terminated rejected');
    await house.decide(juliet, romeo, 'allow');
    await phone.subscribe(juliet);
    phone.notified();
    await house.decide(juliet, romeo, 'none');
    const { state, body } = last(phone);
    expect([state, body]).toEqual(['terminated rejected', '']);
  });

  it('blocked: 403; politely: active and nobody there, whatever happens', async () => {
    const phone = await watching('none');
    await house.decide(juliet, romeo, 'block');
    expect((await phone.subscribe(juliet)).status).toBe(403);
    await house.decide(juliet, romeo, 'polite-block');
    await phone.subscribe(juliet);
    (await house.phone(juliet, 'balcony')).register();
    const [first, ...more] = phone.notified();
    expect([first?.state, first?.body.includes('closed'), first?.body.includes('balcony'), more]).toEqual([
      'active',
      true,
      false,
      [],
    ]);
    (await house.phone(juliet, 'garden')).register();
    expect(phone.notified()).toEqual([]);
  });

  it('an address that nobody has is as one that has not decided', async () => {
    const phone = await watching();
    const waiting = phone.subscribe('nobody@a.example' as typeof juliet);
    await clock.advanceAsync(0);
    expect((await waiting).status).toBe(200);
    expect(states(phone)).toEqual(['pending']);
  });

  it('whom the owner blocks sees him go (XEP-0191 §3.3)', async () => {
    const phone = await watching();
    const balcony = await house.phone(juliet, 'balcony');
    balcony.register();
    await phone.subscribe(juliet);
    phone.notified();
    house.events.visibilityChanged(balcony.account);
    balcony.account.view = { ...balcony.account.view, blocked: new Set([romeo]) };
    expect(last(phone).body).toContain('closed');
  });

  it('an account that goes ends what watched it, and what it watched', async () => {
    const phone = await watching();
    await phone.subscribe(juliet);
    phone.notified();
    house.events.forget(await house.account(juliet));
    expect(states(phone)).toEqual(['terminated noresource']);
  });
});

describe('notifications', () => {
  it('one at a time, and then only the latest state', async () => {
    const phone = await watching();
    phone.answers = undefined;
    await phone.subscribe(juliet);
    const source = { account: await house.account(juliet), label: 'x', protocol: 'xmpp' } as const;
    for (const note of ['one', 'two', 'three']) house.board.set(source, line(note));
    expect(phone.notified()).toHaveLength(1);
  });

  it('to one who never answers end after 64·T1; others hear of everything meanwhile (RFC 6665 §4.2.2)', async () => {
    const [dead, alive] = [await watching(), await watching()];
    dead.answers = undefined;
    await dead.subscribe(juliet);
    await alive.subscribe(juliet);
    alive.notified();
    (await house.phone(juliet, 'balcony')).register();
    expect(last(alive).body).toContain('balcony');
    await clock.advanceAsync(33_000);
    expect([dead.notified().length, house.events.counts.watchers]).toEqual([1, 1]);
  });

  it('refused for good end it; refused for a while are sent again then (RFC 5057)', async () => {
    const phone = await watching();
    await phone.subscribe(juliet);
    phone.notified();
    phone.answers = 481;
    (await house.phone(juliet, 'balcony')).register();
    phone.notified();
    await clock.advanceAsync(10);
    expect(house.events.counts.watchers).toBe(0);
  });

  it('come often at first, then every five seconds (RFC 3856 §6.10)', async () => {
    const phone = await watching();
    await phone.subscribe(juliet);
    const source = { account: await house.account(juliet), label: 'x', protocol: 'xmpp' } as const;
    for (let n = 0; n < 600; n++) {
      house.board.set(source, line(`${n}`));
      await clock.advanceAsync(100);
    }
    expect(phone.notified().length).toBeLessThanOrEqual(17);
    await clock.advanceAsync(10_000);
    expect(phone.notified().length).toBeLessThanOrEqual(2);
  });

  it('with a condition that holds are left out, or have no body (RFC 5839 §6)', async () => {
    const phone = await watching();
    const answer = await phone.subscribe(juliet);
    const tag = last(phone).request.text('sip-etag');
    const fields = ['Event: presence', `Suppress-If-Match: ${tag}`];
    const again = await phone.subscribe(juliet, { fields, within: answer });
    expect([again.status, phone.notified()]).toEqual([204, []]);
    (await house.phone(juliet, 'balcony')).register();
    const changed = last(phone);
    expect(changed.body).toContain('balcony');
    await phone.subscribe(juliet, {
      fields: ['Event: presence', `Suppress-If-Match: ${changed.request.text('sip-etag')}`],
    });
    expect(last(phone).body).toBe('');
    expect(
      (await phone.subscribe(juliet, { fields: ['Event: presence', 'Suppress-If-Match: old'], within: answer })).status,
    ).toBe(200);
    expect(last(phone).body).toContain('balcony');
  });

  it('a flood ends at the bound of one account, and costs others nothing', async () => {
    const phone = await watching();
    phone.answers = undefined;
    const statuses: number[] = [];
    for (let n = 0; n < 510; n++) statuses.push((await phone.subscribe(juliet)).status);
    expect([statuses.at(499), statuses.at(500), house.events.counts.watchers]).toEqual([200, 503, 500]);
    const other = await house.phone(nurse, 'kitchen');
    expect((await other.subscribe(juliet)).status).toBe(200);
  });
});

describe('packages for oneself', () => {
  it('watcher information tells who watches, who waits, and who was approved (RFC 3857 §4.7)', async () => {
    const own = await house.phone(juliet, 'balcony');
    await own.subscribe(juliet, { fields: ['Event: presence.winfo'] });
    expect(last(own).body).toContain('version="0" state="full"');
    const phone = await watching('none');
    await house.decide(juliet, romeo, 'pending');
    expect(last(own).body).toContain('status="waiting" event="subscribe"');
    await phone.subscribe(juliet);
    expect(last(own).body).toContain('status="pending" event="subscribe"');
    await house.decide(juliet, romeo, 'allow');
    expect(last(own).body).toMatch(/status="active" event="approved"[^>]*>sip:romeo@a.example/);
  });

  it('registrations and waiting messages (RFC 3680, RFC 3842)', async () => {
    const own = await house.phone(juliet, 'balcony');
    await own.subscribe(juliet, { fields: ['Event: reg'] });
    expect(last(own).body).toContain('state="init"');
    own.register();
    expect(last(own).body).toContain('sip:balcony@192.0.2.2');
    await own.subscribe(juliet, { fields: ['Event: message-summary'] });
    expect(last(own).body).toContain('Messages-Waiting: no');
    house.waiting.add(own.account, own.account.nextSequence);
    expect(last(own).body).toContain(
      'Messages-Waiting: yes\r\nMessage-Account: sip:juliet@a.example\r\nText-Message: 1/0',
    );
  });
});

it('a restart forgets all watchers: their dialogs are unknown, and they subscribe again', async () => {
  const phone = await watching();
  const answer = await phone.subscribe(juliet);
  house = openEventHouse(clock, storage);
  await house.account(juliet);
  const after = await house.phone(romeo, 'desk');
  expect((await after.subscribe(juliet, { within: answer })).status).toBe(481);
  expect((await after.subscribe(juliet)).status).toBe(200);
});

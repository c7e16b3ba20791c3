// The registrar over a real store: RFC 3261 §10.3 step by step, flows, GRUUs and Path, and what a restart leaves.
import type { Address } from '@parlance/core/ids';
import { contact } from '@parlance/sip/headers/name-addr';
import type { SipResponse } from '@parlance/sip/message';
import { parameterOf } from '@parlance/sip/parameters';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MessageHouse, MessagePhone } from '../testing/message-house.ts';

const juliet = 'juliet@a.example' as Address;

let storage: EmbeddedStorage;
let clock: FakeClock;
let house: MessageHouse;
let phone: MessagePhone;

beforeEach(async () => {
  storage = await openEmbedded(juliet);
  clock = new FakeClock();
  house = new MessageHouse(clock, storage);
  phone = new MessagePhone(house, await house.account(juliet), 'desk');
});
afterEach(() => storage.close());

/** Contacts of an answer: URI and seconds left. */
const contactsOf = (response: SipResponse): readonly string[] =>
  response
    .all(contact)
    .map((each) => (typeof each === 'string' ? each : `${each.uri} ${parameterOf(each.parameters, 'expires')}`));

const [a, b] = ['sip:a@192.0.2.2', 'sip:b@192.0.2.3'];

const refusal = (asked: Promise<unknown>): Promise<unknown> =>
  asked.then(
    (response) => (response as SipResponse).status,
    (error: unknown) => (error as { readonly status?: number }).status,
  );

describe('a registration (RFC 3261 §10.3)', () => {
  it('without contacts tells which there are (step 6, §10.2.3)', async () => {
    expect(contactsOf(await phone.register('Contact: <sip:a@192.0.2.2>;expires=100', 'Expires: 900'))).toEqual([
      `${a} 100`,
    ]);
    clock.advance(40_000);
    expect(contactsOf(await phone.register('Subject: what is there'))).toEqual([`${a} 60`]);
  });

  it('takes the time of the contact before that of the request, then an hour, and never more than is allowed', async () => {
    const lines = [`Contact: <${a}>;expires=90, <${b}>`, 'Expires: 400'];
    expect(contactsOf(await phone.register(...lines))).toEqual([`${a} 90`, `${b} 400`]);
    expect(contactsOf(await phone.register(`Contact: <${b}>`))).toEqual([`${a} 90`, `${b} 3600`]);
    expect(contactsOf(await phone.register(`Contact: <${b}>;expires=soon`, 'Expires: 70'))).toEqual([
      `${a} 90`,
      `${b} 3600`,
    ]);
    expect(contactsOf(await phone.register(`Contact: <${b}>;expires=86400`))).toEqual([`${a} 90`, `${b} 7200`]);
  });

  it('that is too brief is refused with the least time, and changes nothing (step 7)', async () => {
    const answer = await phone.register(`Contact: <${a}>;expires=3600, <${b}>;expires=59`);
    expect([answer.status, answer.text('min-expires')]).toEqual([423, '60']);
    expect(house.bindings.size).toBe(0);
  });

  it('ends one contact, or all by an asterisk', async () => {
    await phone.register(`Contact: <${a}>, <${b}>`);
    expect(contactsOf(await phone.register(`Contact: <${a}>;expires=0`))).toEqual([`${b} 3600`]);
    expect(contactsOf(await phone.register('Contact: *', 'Expires: 0'))).toEqual([]);
    await house.calm();
    expect(await storage.read('SELECT id FROM binding')).toEqual([]);
  });

  it.each([
    ['without Expires', ['Contact: *']],
    ['with another Expires', ['Contact: *', 'Expires: 60']],
    ['beside a contact', ['Contact: *', `Contact: <${b}>`, 'Expires: 0']],
  ])('with an asterisk %s is wrong, and ends nothing (step 6)', async (_, lines) => {
    await phone.register(`Contact: <${a}>`);
    expect(await refusal(phone.register(...lines))).toBe(400);
    expect(house.bindings.size).toBe(1);
  });

  it('that comes late is refused as a whole, by whichever of its contacts (steps 6 and 7)', async () => {
    await phone.register(`Contact: <${a}>`, 'Call-ID: one', 'CSeq: 5 REGISTER');
    const late = ['Call-ID: one', 'CSeq: 5 REGISTER'];
    expect(await refusal(phone.register(`Contact: <${b}>, <${a}>;expires=0`, ...late))).toBe(500);
    expect(await refusal(phone.register('Contact: *', 'Expires: 0', ...late))).toBe(500);
    expect(contactsOf(await phone.register('Subject: still'))).toEqual([`${a} 3600`]);
    expect((await phone.register(`Contact: <${a}>;expires=0`, 'Call-ID: two', 'CSeq: 1 REGISTER')).status).toBe(200);
    expect(house.bindings.size).toBe(0);
  });

  it('twice of one contact is one contact, however it is written (§19.1.4)', async () => {
    const answer = await phone.register('Contact: <sip:%61@192.0.2.2>, <sip:a@192.0.2.2>;q=0.3');
    expect([answer.status, contactsOf(answer).length]).toEqual([200, 1]);
    expect(house.bindings.of(phone.account)[0]?.state.q).toBe(300);
  });

  it('ends when its time is over', async () => {
    await phone.register(`Contact: <${a}>;expires=60`);
    clock.advance(59_999);
    expect(house.context.table.sessions(juliet)).toHaveLength(1);
    clock.advance(1);
    expect(house.context.table.sessions(juliet)).toHaveLength(0);
  });

  it.each(['mailto:juliet@a.example', 'tel:+4930123', `sip:${juliet}`, `sip:${juliet};gr=urn:uuid:desk`])(
    'of %s is refused: it leads nowhere, or back to here (RFC 5627 §5.1)',
    async (uri) => {
      expect(await refusal(phone.register(`Contact: <${uri}>`))).toBe(403);
      expect(house.bindings.size).toBe(0);
    },
  );

  it('keeps what a contact says: q, and the parameters of push (RFC 8599 §4.1)', async () => {
    const uri = 'sip:a@192.0.2.2;pn-provider=acme;pn-param=x;pn-prid=y';
    await phone.register(`Contact: <${uri}>;q=0.250;methods="MESSAGE"`);
    const [binding] = house.bindings.of(phone.account);
    expect([binding?.state.q, binding?.state.contact]).toEqual([250, uri]);
    expect(parameterOf(binding?.state.parameters ?? [], 'methods')).toBe('MESSAGE');
  });

  it('checklist 59: has so many contacts and no more; those that there are may be renewed and ended', async () => {
    const lines = [1, 2, 3].map((n) => `Contact: <sip:${n}@192.0.2.2>`);
    expect((await phone.register(...lines)).status).toBe(200);
    expect((await phone.register('Contact: <sip:4@192.0.2.2>')).status).toBe(403);
    expect((await phone.register('Contact: <sip:3@192.0.2.2>')).status).toBe(200);
    expect((await phone.register('Contact: <sip:3@192.0.2.2>;expires=0')).status).toBe(200);
    expect((await phone.register('Contact: <sip:4@192.0.2.2>')).status).toBe(200);
    const many = Array.from({ length: 11 }, (_, n) => `<sip:${n}@192.0.2.2>`).join(', ');
    expect(await refusal(phone.register(`Contact: ${many}`))).toBe(400);
  });
});

describe('a flow (RFC 5626 §6)', () => {
  const line = (name: string, number: number): string =>
    `Contact: <sip:${name}@192.0.2.2>;reg-id=${number};+sip.instance="<urn:uuid:desk>"`;

  it('takes the place of the one with its number, also over another connection', async () => {
    const answer = await phone.register(line('old', 1), 'Supported: outbound');
    expect([answer.text('require'), answer.text('flow-timer')]).toEqual(['outbound', '120']);
    const again = new MessagePhone(house, phone.account, 'again');
    expect(contactsOf(await again.register(line('new', 1), 'Supported: outbound'))).toEqual(['sip:new@192.0.2.2 3600']);
    house.bindings.closed(phone.flow);
    expect(house.bindings.of(phone.account).map(({ flow }) => flow)).toEqual([again.flow]);
    house.bindings.closed(again.flow);
    expect(house.bindings.size).toBe(0);
  });

  it('stands beside another of the same phone', async () => {
    await phone.register(line('one', 1));
    expect(contactsOf(await phone.register(line('two', 2)))).toHaveLength(2);
    expect(await refusal(phone.register(line('three', 3), `Contact: <${b}>`))).toBe(400);
  });

  it('is none behind a proxy that does not keep flows', async () => {
    const via = 'Via: SIP/2.0/TCP 192.0.2.9;branch=z9hG4bKbehind';
    expect(await refusal(phone.register(via, line('one', 1), 'Supported: outbound'))).toBe(439);
    const answer = await phone.register(via, line('one', 1), 'Supported: path', 'Path: <sip:edge.example;lr>');
    expect([answer.status, answer.text('require'), answer.text('path')]).toEqual([
      200,
      undefined,
      '<sip:edge.example;lr>',
    ]);
    expect(house.bindings.of(phone.account)[0]?.state.flowNumber).toBeUndefined();
    await phone.register(via, line('one', 1), 'Supported: outbound', 'Path: <sip:edge.example;lr;ob>');
    expect(house.bindings.of(phone.account).some(({ state }) => state.flowNumber === 1)).toBe(true);
  });

  it('behind a proxy outlives a connection of that proxy (RFC 3327 §5.3)', async () => {
    await phone.register(line('one', 0), 'Path: <sip:edge.example;lr>');
    house.bindings.closed(phone.flow);
    expect(house.bindings.of(phone.account).map(({ connected }) => connected)).toEqual([true]);
  });
});

describe('a phone that says which it is (RFC 5627)', () => {
  const own = (port: number): string =>
    `Contact: <sip:d@192.0.2.2:${port}>;+sip.instance="<urn:uuid:desk>";pub-gruu="sip:forged@a.example;gr"`;

  it('is given its public GRUU when it knows what that is, and never one of its own making (§5.1, §5.2)', async () => {
    const gruus = (answer: SipResponse): unknown =>
      answer.all(contact).map((each) => (typeof each === 'string' ? each : parameterOf(each.parameters, 'pub-gruu')));
    expect(gruus(await phone.register(own(5070), 'Supported: gruu'))).toEqual([`sip:${juliet};gr=urn:uuid:desk`]);
    expect(gruus(await phone.register(own(5070)))).toEqual([undefined]);
  });

  it('takes its own place after a restart, and may have two contacts while it runs', async () => {
    await phone.register(own(5070), 'Call-ID: boot-1');
    expect(contactsOf(await phone.register(own(5071), 'Call-ID: boot-1'))).toHaveLength(2);
    expect(contactsOf(await phone.register(own(5072), 'Call-ID: boot-2')).some((uri) => uri.includes(':5072'))).toBe(
      true,
    );
    expect(house.bindings.size).toBe(2);
  });
});

it('a restart leaves what anybody can reach; connections of the last process are gone', async () => {
  const desk = new MessagePhone(house, phone.account, 'datagrams', 'UDP');
  await desk.register('Contact: <sip:u@192.0.2.2>;q=0.5;expires=600', 'Accept: message/cpim');
  await phone.register('Contact: <sip:t@192.0.2.2;transport=tcp>;expires=600');
  await desk.register('Contact: <sip:brief@192.0.2.2>;expires=60');
  await house.calm();
  house.bindings.close();
  clock.advance(100_000);
  const next = new MessageHouse(clock, storage);
  await next.restore();
  const rows = next.bindings.of(await next.account(juliet));
  expect(rows.map(({ state }) => state.contact)).toEqual(['sip:u@192.0.2.2']);
  expect(rows[0]).toMatchObject({
    connected: true,
    flow: undefined,
    state: { q: 500, transport: 'UDP', copies: true },
  });
  await next.calm();
  expect(await storage.read('SELECT id FROM binding')).toHaveLength(1);
  clock.advance(500_000);
  expect(next.bindings.size).toBe(0);
});

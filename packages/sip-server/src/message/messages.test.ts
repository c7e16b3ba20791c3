// Messages from phone to phones over a real store: accepted once, kept, given in order, once to each device, also after a crash (RFC 3428, DESIGN §2).
import type { Address } from '@parlance/core/ids';
import { cseq } from '@parlance/sip/headers/plain';
import type { SipRequest } from '@parlance/sip/message';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MessageHouse, MessagePhone } from '../testing/message-house.ts';

const juliet = 'juliet@a.example' as Address;
const romeo = 'romeo@a.example' as Address;

let storage: EmbeddedStorage;
let clock: FakeClock;
let house: MessageHouse;
let hers: MessagePhone;
let his: MessagePhone;

const phoneOf = async (address: Address, name: string, transport: 'TCP' | 'UDP' = 'TCP'): Promise<MessagePhone> =>
  new MessagePhone(house, await house.account(address), name, transport);

/** The next process on the same disk. */
const restart = async (): Promise<void> => {
  house.bindings.close();
  house = new MessageHouse(clock, storage);
  await house.restore();
};

const count = async (direction: 'in' | 'out'): Promise<number> =>
  (await storage.read(`SELECT sequence FROM entry WHERE direction = ${direction === 'in' ? 0 : 1}`)).length;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  clock = new FakeClock();
  house = new MessageHouse(clock, storage);
  hers = await phoneOf(juliet, 'hers');
  his = await phoneOf(romeo, 'his');
});
afterEach(() => storage.close());

const numbers = (until: number): readonly string[] => Array.from({ length: until }, (_, n) => `${n + 1}`);

describe('many messages', () => {
  it('are as many transactions, each of its own; one that is refused leaves the others arriving, in order', async () => {
    his.answer = ({ body }) => (new TextDecoder().decode(body) === '17' ? 415 : 200);
    await his.register();
    for (const text of numbers(50)) expect(await hers.say(romeo, text)).toBe(202);
    await house.until(() => his.given.length === 50);
    expect(his.texts).toEqual(numbers(50));
    const calls = his.given.map((request) => request.text('call-id'));
    const branches = his.given.map((request) => request.text('via'));
    expect([new Set(calls).size, new Set(branches).size]).toEqual([50, 50]);
    expect(his.given.every((request) => request.one(cseq).number === 1 && !request.has('contact'))).toBe(true);
    await house.calm();
    expect([await count('in'), await count('out')]).toEqual([50, 50]);
  });

  it('that came while nobody was there wait, and come in order, page by page', async () => {
    for (const text of numbers(45)) await hers.say(romeo, text);
    await his.register();
    await house.until(() => his.given.length === 45);
    expect(his.texts).toEqual(numbers(45));
    await house.calm();
    await his.register();
    await house.calm();
    expect(his.given).toHaveLength(45);
  });

  it('more than fit into memory are all given, each once', async () => {
    his.answer = () => undefined;
    await his.register();
    const texts = numbers(230);
    await Promise.all(texts.map((text) => hers.say(romeo, text)));
    his.answer = () => 200;
    const [first] = his.given;
    if (first === undefined) throw new Error('nothing came');
    his.given.length = 0;
    his.flow.onSend?.(first);
    await house.until(() => his.given.length >= 230);
    await house.calm();
    expect(his.texts).toEqual(texts);
  });
});

describe('a phone that does not answer', () => {
  it('is left alone, and given the rest when it registers again', async () => {
    await his.register();
    his.answer = ({ body }) => (new TextDecoder().decode(body) === '2' ? undefined : 200);
    for (const text of numbers(4)) await hers.say(romeo, text);
    await house.until(() => his.given.length === 2);
    clock.advance(32_000);
    await house.calm();
    expect(his.texts).toEqual(['1', '2']);
    his.answer = () => 200;
    await his.register();
    await house.until(() => his.given.length >= 4 && his.texts.at(-1) === '4');
    expect(new Set(his.texts)).toEqual(new Set(numbers(4)));
  });

  it('by one flow gets the message by its other (RFC 5626 §7)', async () => {
    const contact = (name: string, number: number): string =>
      `Contact: <sip:${name}@192.0.2.2>;reg-id=${number};+sip.instance="<urn:uuid:desk>"`;
    const second = await phoneOf(romeo, 'second');
    await second.register(contact('b', 2));
    await his.register(contact('a', 1));
    his.answer = () => 430;
    await hers.say(romeo, 'over the wall');
    await house.until(() => second.given.length === 1);
    expect([his.texts, second.texts]).toEqual([['over the wall'], ['over the wall']]);
    expect(second.given[0]?.text('call-id')).toBe(his.given[0]?.text('call-id'));
  });
});

describe('after a crash', () => {
  it('a request that was accepted is answered again, also after a challenge, and not done again', async () => {
    const request = hers
      .request('MESSAGE', romeo, 'Content-Type: text/plain')
      .with({ body: new Uint8Array([104, 105]) });
    expect(await hers.send(request, romeo)).toBe(202);
    await restart();
    hers = await phoneOf(juliet, 'hers');
    expect(await hers.send(request, romeo)).toBe(202);
    await house.calm();
    expect([await count('in'), await count('out')]).toEqual([1, 1]);
    const challenged = ['Call-ID: hers', 'CSeq: 70 MESSAGE', 'Content-Type: text/plain'];
    const again = hers.request('MESSAGE', romeo, ...challenged);
    expect(await hers.send(again.with({ body: new Uint8Array([104, 105]) }), romeo)).toBe(202);
    await house.calm();
    expect([await count('in'), await count('out')]).toEqual([1, 1]);
    expect(await hers.send(again.with({ body: new Uint8Array([104, 106]) }), romeo)).toBe(202);
    await house.calm();
    expect([await count('in'), await count('out')]).toEqual([2, 2]);
    clock.advance(120_000);
    await house.calm();
    expect(await storage.read('SELECT id FROM request')).toEqual([]);
  });

  it('what a phone was sent and had not answered is sent as the same request', async () => {
    const desk = 'Contact: <sip:desk@192.0.2.2>';
    const said = async (): Promise<SipRequest | undefined> => {
      his = await phoneOf(romeo, 'his', 'UDP');
      his.answer = () => undefined;
      house.ways.set('UDP', his.flow);
      return his.given[0];
    };
    await said();
    await his.register(desk);
    await hers.say(romeo, 'again and again');
    await house.until(() => his.given.length > 0);
    const [before] = his.given;
    house.bindings.close();
    house = new MessageHouse(clock, storage);
    await said();
    await house.restore();
    await house.until(() => his.given.length > 0);
    const [after] = his.given;
    for (const name of ['call-id', 'cseq', 'from', 'via'])
      expect([name, after?.text(name)]).toEqual([name, before?.text(name)]);
  });
});

describe('two phones of one account', () => {
  it('have a place of their own each', async () => {
    await his.register();
    const other = await phoneOf(romeo, 'other');
    await other.register();
    await hers.say(romeo, 'both');
    await house.until(() => his.given.length === 1 && other.given.length === 1);
    await house.calm();
    await other.register(`Contact: <sip:other@192.0.2.2>;expires=0`);
    await hers.say(romeo, 'one');
    await house.until(() => his.given.length === 2);
    await other.register();
    await house.until(() => other.given.length === 2);
    await house.calm();
    expect([his.texts, other.texts]).toEqual([
      ['both', 'one'],
      ['both', 'one'],
    ]);
  });

  it('a new one beside an old one begins now (ADR 0007)', async () => {
    await hers.say(romeo, 'before');
    await his.register();
    await house.until(() => his.given.length === 1);
    await house.calm();
    const fresh = await phoneOf(romeo, 'fresh');
    await fresh.register();
    await house.calm();
    await hers.say(romeo, 'after');
    await house.until(() => fresh.given.length === 1 && his.given.length === 2);
    expect(fresh.texts).toEqual(['after']);
  });

  it('one is given a copy of what the other sends, if it takes such', async () => {
    await hers.register();
    const [copies, silent] = [await phoneOf(juliet, 'copies'), await phoneOf(juliet, 'silent')];
    const contact = (name: string): string => `Contact: <sip:${name}@192.0.2.2>;+sip.instance="<urn:uuid:${name}>"`;
    await copies.register(contact('copies'), 'Accept: text/plain, message/cpim');
    await silent.register(contact('silent'));
    copies.answer = ({ body }) => (body.length > 0 && copies.given.length > 1 ? 488 : 200);
    for (const text of ['one', 'two', 'three']) await hers.say(romeo, text);
    await house.until(() => copies.given.length === 2);
    await house.calm();
    expect(copies.texts[0]).toContain(`From: <sip:${juliet}>\r\nTo: <sip:${romeo}>`);
    expect(copies.texts[0]?.endsWith('Content-Type: text/plain\r\n\r\none')).toBe(true);
    expect(copies.given[0]?.text('to')).toBe(`<sip:${juliet}>`);
    expect([copies.given.length, silent.given.length, hers.given.length]).toEqual([2, 0, 0]);
  });
});

describe('what a message may be', () => {
  const cpim = 'Content-Type: message/cpim';
  const wrapped = `From: <sip:${juliet}>\r\nTo: <sip:${romeo}>\r\n\r\nContent-Type: text/plain\r\n\r\nplainly`;

  it('CPIM is given as it came, and to a phone that refuses it the text in it, once', async () => {
    await his.register();
    his.answer = (request) => (request.text('content-type') === 'message/cpim' ? 415 : 200);
    await hers.say(romeo, wrapped, cpim);
    await house.until(() => his.given.length === 2);
    expect([his.texts, his.given[1]?.text('content-type')]).toEqual([[wrapped, 'plainly'], 'text/plain']);
    his.answer = () => 415;
    await hers.say(romeo, wrapped, cpim);
    await hers.say(romeo, 'last');
    await house.until(() => his.given.length === 5);
    expect(his.texts.slice(2)).toEqual([wrapped, 'plainly', 'last']);
  });

  it('of another type, or too large, is refused before it is kept (415, 513)', async () => {
    expect(await hers.say(romeo, 'x', 'Content-Type: application/sdp')).toBe(415);
    expect(await hers.say(romeo, 'x'.repeat(10_001))).toBe(513);
    await house.calm();
    expect(await count('in')).toBe(0);
  });

  it('what no datagram carries whole goes by TCP, or not to this phone (RFC 3428 §8)', async () => {
    const [desk, wide] = [await phoneOf(romeo, 'desk', 'UDP'), await phoneOf(romeo, 'wide')];
    await desk.register();
    await hers.say(romeo, 'x'.repeat(1_300));
    await hers.say(romeo, 'brief');
    await house.until(() => desk.given.length === 1);
    expect(desk.texts).toEqual(['brief']);
    house.ways.set('TCP', wide.flow);
    await hers.say(romeo, 'y'.repeat(1_300));
    await house.until(() => wide.given.length === 1);
    expect(desk.given).toHaveLength(1);
  });

  it('that expires is not given late; that expires at once is for those who are there', async () => {
    await hers.say(romeo, 'brief', 'Expires: 30');
    await hers.say(romeo, 'long', 'Expires: 300');
    expect(await hers.say(romeo, 'now or never', 'Expires: 0')).toBe(480);
    clock.advance(31_000);
    await his.register();
    await house.until(() => his.given.length === 1);
    expect(await hers.say(romeo, 'now', 'Expires: 0')).toBe(202);
    await house.until(() => his.given.length === 2);
    expect(his.texts).toEqual(['long', 'now']);
    await house.calm();
    expect(await count('in')).toBe(2);
  });

  it('that somebody types is passed on to who is there, and never kept (RFC 3994 §3.5)', async () => {
    const type = 'Content-Type: application/im-iscomposing+xml';
    expect(await hers.say(romeo, '<isComposing/>', type)).toBe(202);
    await his.register();
    await hers.say(romeo, '<isComposing/>', type);
    await house.until(() => his.given.length === 1);
    await house.calm();
    expect([await count('in'), await count('out'), his.given.length]).toEqual([0, 0, 1]);
  });
});

describe('who may be reached', () => {
  it('without an archive a message waits, and is nowhere else', async () => {
    house = new MessageHouse(clock, storage, { archiving: false });
    [hers, his] = [await phoneOf(juliet, 'hers'), await phoneOf(romeo, 'his')];
    await hers.say(romeo, 'for your eyes');
    await house.calm();
    expect(await storage.read('SELECT archived FROM entry')).toEqual([{ archived: 0 }]);
    await his.register();
    await house.until(() => his.given.length === 1);
    expect(his.texts).toEqual(['for your eyes']);
  });

  it('whom one has blocked one does not write to (XEP-0191 §3.3)', async () => {
    const { account } = hers;
    account.view = { ...account.view, blocked: new Set([romeo]) };
    expect(await hers.say(romeo, 'no more')).toBe(403);
    expect(await his.say(juliet, 'why?')).toBe(202);
  });

  it('nobody is nobody, and who tries many addresses is told no more (checklist 16)', async () => {
    const statuses: number[] = [];
    for (let n = 0; n < 25; n++) statuses.push(await hers.say(`x${n}@a.example` as Address, 'anybody?'));
    expect([statuses[0], statuses[19], statuses[20], statuses[24]]).toEqual([480, 480, 202, 202]);
  });
});

// SIP over TCP on real sockets: framing, keep-alives, what strangers and slow readers may cost, an orderly end (RFC 3261 §18.3; RFC 5626 §3.5.1).
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { RawClient } from '@parlance/testkit/raw-client';
import { systemPlatform } from '@parlance/xmpp-client/platform';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { framed, options, stageLimits, TransportStage } from '../testing/transport-stage.ts';
import type { TransportParts } from './parts.ts';

const address = '127.0.0.1';
const ok = /SIP\/2\.0 200 OK[\s\S]*?\r\n\r\n/;
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

let clock: FakeClock;
let stages: TransportStage[] = [];
let clients: RawClient[] = [];

const stageOf = (parts: Partial<TransportParts> = {}, answers = true): TransportStage => {
  const { crypto, random } = systemPlatform;
  const made = new TransportStage({ clock, crypto, random }, parts, answers);
  stages.push(made);
  return made;
};

const client = (socket: Socket): RawClient => {
  const made = new RawClient(socket);
  clients.push(made);
  return made;
};

const dial = async (port: number): Promise<RawClient> => {
  const socket = connect(port, address);
  await once(socket, 'connect');
  return client(socket);
};

/** A stage that listens, and somebody connected to it. */
const talking = async (
  parts: Partial<TransportParts> = {},
): Promise<{ stage: TransportStage; romeo: RawClient; port: number }> => {
  const stage = stageOf(parts);
  const { port } = await stage.transports.listenTcp({ address, port: 0 });
  return { stage, port, romeo: await dial(port) };
};

beforeEach(() => {
  clock = new FakeClock();
});

afterEach(async () => {
  for (const each of clients) each.destroy();
  for (const each of stages) await each.close();
  clients = [];
  stages = [];
});

describe('a stream', () => {
  it('is cut into messages, wherever it was cut before', async () => {
    const { stage, romeo } = await talking();
    const bodies = ['', 'x', 'é', '\r\n\r\n', 'z'.repeat(300)];
    const whole = Buffer.from(bodies.map((body) => `\r\n\r\n${framed(undefined, body)}`).join(''));
    let before = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: whole.length }), { maxLength: 12 }), async (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), whole.length];
        for (const [n, place] of places.entries()) romeo.say(whole.subarray(places[n - 1] ?? 0, place));
        await stage.nth(before + bodies.length - 1);
        const came = stage.came.slice(before).map(({ message }) => Buffer.from(message.body).toString());
        before += bodies.length;
        expect(came).toEqual(bodies);
      }),
      { numRuns: 20 },
    );
    expect(stage.came[0]?.datagram).toBe(0);
  });

  it('is answered on the connection, with where the request came from', async () => {
    const { stage, romeo, port } = await talking();
    romeo.say(framed('SIP/2.0/TCP phone.example:9;rport;branch=z9hG4bK1'));
    const answer = await romeo.hears(ok);
    expect(answer).toContain(`;received=${address}\r\n`);
    expect(answer).toContain(`;rport=${romeo.socket.localPort};`);
    const { flow } = await stage.nth(0);
    expect(flow).toMatchObject({ transport: 'TCP', reliable: true, open: true, local: { address, port } });
    expect(stage.transports.byId(flow.id)).toBe(flow);
    expect(stage.transports.sentBy(flow)).toEqual({ address, port });
    expect(stage.transports.mustSwitch(60_000, flow)).toBe(false);
  });

  it('that asks whether we are there is told so, once a turn (RFC 5626 §3.5.1)', async () => {
    const { romeo } = await talking();
    romeo.say('\r\n\r\n');
    expect(await romeo.hears(/\r\n/)).toBe('\r\n');
    romeo.say(`${'\r\n\r\n'.repeat(10_000)}${framed()}`);
    const heard = await romeo.hears(ok);
    expect(heard.length).toBeLessThan(2_000);
  });

  it.each([
    ['no Content-Length', options(), 400],
    ['two of them', options(['Content-Length: 0', 'l: 0']), 400],
    ['one that is no number', options(['Content-Length: -1']), 400],
    ['one that is too large', options(['Content-Length: 999999']), 513],
    ['one beyond all numbers', options(['Content-Length: 99999999999999999999']), 513],
  ])('with %s is answered and closed, since nobody knows where it goes on (checklist 52)', async (_, text, status) => {
    const { stage, romeo } = await talking();
    romeo.say(`${text}${framed()}`);
    const heard = await romeo.end();
    expect(heard).toMatch(new RegExp(`^SIP/2\\.0 ${status} [\\s\\S]*\r\nVia: [^\r]*;received=${address}\r\n`));
    expect(heard.match(/SIP\/2\.0/g)).toHaveLength(2);
    expect(stage.came).toEqual([]);
    await stage.until(() => stage.closed.length === 1);
  });

  it.each([
    ['no SIP', 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a response that says not how long it is', 'SIP/2.0 200 OK\r\nVia: SIP/2.0/TCP a\r\n\r\n'],
    ['an ACK that says not how long it is', options().replaceAll('OPTIONS', 'ACK')],
    ['a head without end', `OPTIONS sip:a SIP/2.0\r\n${'X: y\r\n'.repeat(3_000)}`],
    ['a lone carriage return', '\rX'],
  ])('that is %s is closed without a word', async (_, text) => {
    const { stage, romeo } = await talking();
    romeo.say(text);
    expect(await romeo.end()).toBe('');
    expect(stage.came).toEqual([]);
  });

  it('that is cut off in a message is gone, and what was whole has been taken', async () => {
    const { stage, romeo } = await talking();
    romeo.say(`${framed()}${framed().slice(0, 40)}`);
    await romeo.hears(ok);
    romeo.socket.resetAndDestroy();
    await stage.until(() => stage.closed.length === 1);
    const { flow } = await stage.nth(0);
    expect(stage.closed).toEqual([flow]);
    expect(flow.open).toBe(false);
    expect(flow.send(bytesOf('late'))).toBe(false);
    expect(stage.transports.byId(flow.id)).toBeUndefined();
    expect(stage.transports.count).toBe(0);
  });
});

describe('bounds', () => {
  it('let a stranger hold no more than ten kilobytes, whoever is trusted more', async () => {
    const { stage, romeo } = await talking();
    romeo.say(framed());
    const { flow } = await stage.nth(0);
    await romeo.hears(ok);
    stage.transports.trusted(flow);
    romeo.say(framed(undefined, 'x'.repeat(200_000)));
    await romeo.hears(ok);
    romeo.say(framed(undefined, 'x'.repeat(300_000)));
    expect(await romeo.end()).toMatch(/^SIP\/2\.0 513/);
  });

  it('count head and body of a stranger together', async () => {
    const { romeo } = await talking();
    romeo.say(options([`X: ${'y'.repeat(6_000)}`, 'Content-Length: 8000'], undefined, 'z'.repeat(5_000)));
    expect(await romeo.end()).toMatch(/^(?:SIP\/2\.0 513[\s\S]*)?$/);
  });

  it('give a stranger half a minute for a whole message, however it drips (checklist 4)', async () => {
    const { stage, romeo } = await talking();
    await stage.until(() => stage.transports.count === 1);
    for (const letter of framed().slice(0, 10)) {
      romeo.say(letter);
      clock.advance(4_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    expect(await romeo.end()).toBe('');
    expect(stage.transports.count).toBe(0);
  });

  it('begin anew with each message, and let pings of a stranger not count', async () => {
    const { stage, romeo } = await talking();
    romeo.say(framed());
    await romeo.hears(ok);
    clock.advance(25_000);
    romeo.say(framed());
    await romeo.hears(ok);
    clock.advance(25_000);
    expect(stage.transports.count).toBe(1);
    romeo.say('\r\n\r\n');
    await romeo.hears(/\r\n/);
    clock.advance(10_000);
    expect(await romeo.end()).toBe('');
  });

  it('let whoever is trusted be silent for long, and for ever with pings', async () => {
    const { stage, romeo } = await talking();
    romeo.say(framed());
    await romeo.hears(ok);
    stage.transports.trusted((await stage.nth(0)).flow);
    for (let hour = 0; hour < 3; hour++) {
      clock.advance(3_500_000);
      romeo.say('\r\n\r\n');
      await romeo.hears(/\r\n/);
    }
    expect(stage.transports.count).toBe(1);
    clock.advance(3_700_000);
    expect(await romeo.end()).toBe('');
  });

  it('end a connection whose peer does not read, when its queue is full', async () => {
    const { stage, romeo } = await talking({ limits: { ...stageLimits, outbound: 500_000 } });
    romeo.say(framed());
    const { flow } = await stage.nth(0);
    romeo.socket.pause();
    const part = new Uint8Array(100_000);
    let sent = 0;
    while (sent < 500 && flow.send(part)) {
      sent++;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(sent).toBeLessThan(500);
    expect(flow.open).toBe(false);
    await stage.until(() => stage.closed.includes(flow));
  });

  it('end a connection whose peer does not read, also when little waits', async () => {
    const { stage, romeo } = await talking({ limits: { ...stageLimits, outbound: 100_000_000 } });
    romeo.say(framed());
    const { flow } = await stage.nth(0);
    stage.transports.trusted(flow);
    romeo.socket.pause();
    for (let n = 0; n < 300; n++) flow.send(new Uint8Array(100_000));
    for (let n = 0; n < 10; n++) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(5_000);
    }
    expect(flow.open).toBe(false);
  });

  it('take so many connections and no more', async () => {
    const { stage, port } = await talking({ limits: { ...stageLimits, connections: 2 } });
    const juliet = await dial(port);
    const tybalt = client(connect(port, address));
    expect(await tybalt.end()).toBe('');
    juliet.say(framed());
    await juliet.hears(ok);
    juliet.destroy();
    await stage.until(() => stage.closed.length === 1);
    const next = await dial(port);
    next.say(framed());
    await next.hears(ok);
  });
});

it('closing lets what waits leave, and waits for nobody who does not go', async () => {
  const { stage, romeo } = await talking();
  romeo.say(framed());
  await romeo.hears(ok);
  const { flow } = await stage.nth(0);
  flow.send(bytesOf('goodbye'));
  await stage.close();
  expect(await romeo.end()).toBe('goodbye');
  expect(stage.transports.count).toBe(0);
});

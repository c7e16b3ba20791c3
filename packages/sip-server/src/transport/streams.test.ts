// SIP over TCP and TLS on real sockets: framing, keep-alives, bounds, names, connections used again (RFC 3261 §18; RFC 5626 §3.5.1; RFC 5922; RFC 5923).
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Flow } from '@parlance/sip/flow';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { RawClient } from '@parlance/testkit/raw-client';
import { systemPlatform } from '@parlance/xmpp-client/platform';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authority, oneCertificate, oneKey, twoCertificate, twoKey } from '../testing/certificates.ts';
import { bothNames, framed, nobody, options, stageLimits, TransportStage } from '../testing/transport-stage.ts';
import { type TransportParts, Unreachable } from './parts.ts';
import { topVia } from './top-via.ts';

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
    ['one beyond all numbers', options(['Content-Length: 99999999999999999999']), 400],
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
    for (const letter of framed().slice(0, 8)) {
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

describe('the way out', () => {
  it('is the connection that is there, also one that the peer opened (RFC 3261 §18)', async () => {
    const { stage, romeo } = await talking();
    romeo.say(framed());
    const { flow } = await stage.nth(0);
    const { transports } = stage;
    expect(transports.flowTo({ transport: 'TCP', ...flow.remote })).toBe(flow);
    expect(transports.flowForResponse(topVia((await stage.nth(0)).message), flow)).toBe(flow);
  });

  it('is opened once for all who ask, used again, and kept for what is sent', async () => {
    const [here, there] = [stageOf(), stageOf()];
    const { port } = await there.transports.listenTcp({ address, port: 0 });
    const { port: own } = await here.transports.listenTcp({ address, port: 0 });
    const target = { transport: 'TCP' as const, address, port };
    const [one, other] = await Promise.all([here.transports.flowTo(target), here.transports.flowTo(target)]);
    expect(one).toBe(other);
    expect(here.transports.flowTo(target)).toBe(one);
    expect(here.transports.sentBy(one)).toEqual({ address, port: own });
    for (let n = 0; n < 3; n++) one.send(bytesOf(framed()));
    await there.nth(2);
    await here.nth(2);
    expect(there.transports.count).toBe(1);
    // Ours are given up when nobody uses them, also when the peer would keep them.
    there.transports.trusted((await there.nth(0)).flow);
    clock.advance(650_000);
    await here.until(() => here.closed.includes(one));
  });

  it('for a response, when its connection is gone, is a new one to where the Via says (RFC 3261 §18.2.2)', async () => {
    const { stage, romeo } = await talking();
    const heard: Promise<string> = new Promise((resolve) => {
      phone = createServer((socket) => socket.once('data', (bytes: Buffer) => resolve(bytes.toString())));
    });
    phone?.listen(0, address);
    await once(phone as Server, 'listening');
    const at = phone?.address();
    const port = typeof at === 'object' && at !== null ? at.port : 0;
    romeo.say(framed(`SIP/2.0/TCP phone.example:${port};branch=z9hG4bK1`));
    const { message, flow } = await stage.nth(0);
    romeo.destroy();
    await stage.until(() => stage.closed.length === 1);
    const back = await stage.transports.flowForResponse(topVia(message), flow);
    back.send(bytesOf('SIP/2.0 200 OK\r\n\r\n'));
    expect(await heard).toContain('200 OK');
    phone?.close();
  });
  let phone: Server | undefined;

  it('is none where nobody listens, and none to whom does not answer in time', async () => {
    const stage = stageOf();
    const { port, close } = await stage.transports.listenTcp({ address, port: 0 });
    await close();
    const target = { address, port, transport: 'TCP' as const };
    await expect(stage.transports.flowTo(target)).rejects.toThrow(Unreachable);
    const silent = createServer();
    silent.listen(0, address);
    await once(silent, 'listening');
    const at = silent.address();
    const shaking = stageOf({ tls: bothNames }).transports.flowTo({
      transport: 'TLS',
      address,
      port: typeof at === 'object' && at !== null ? at.port : 0,
    });
    const failed = expect(shaking).rejects.toThrow(/in time/);
    clock.advance(2_100);
    await failed;
    silent.close();
  });

  it('is none to a browser that is not connected, and none when we close', async () => {
    const { transports } = stageOf();
    await expect(transports.flowTo({ transport: 'WSS', address, port: 443 })).rejects.toThrow(Unreachable);
    await transports.close();
    await expect(transports.flowTo({ transport: 'TCP', address, port: 1 })).rejects.toThrow(Unreachable);
  });
});

describe('TLS', () => {
  const shaken = async (
    port: number,
    settings: { servername?: string; cert?: string; key?: string } = {},
  ): Promise<TLSSocket> => {
    const socket = connectTls({
      host: address,
      port,
      ca: authority,
      checkServerIdentity: () => undefined,
      ...settings,
    });
    await once(socket, 'secureConnect');
    return socket;
  };

  const listening = async (): Promise<{ stage: TransportStage; port: number }> => {
    const stage = stageOf({ tls: bothNames });
    const { port } = await stage.transports.listenTls({ address, port: 0 }, bothNames);
    return { stage, port };
  };

  it('shows the certificate of whom the peer asks for, and needs none of the peer', async () => {
    const { stage, port } = await listening();
    const socket = await shaken(port, { servername: 'two.example' });
    expect(socket.getPeerCertificate().subject.CN).toBe('two.example');
    expect((await shaken(port)).getPeerCertificate().subject.CN).toBe('one.example');
    const romeo = client(socket);
    romeo.say(framed('SIP/2.0/TLS phone.example;branch=z9hG4bK1'));
    await romeo.hears(ok);
    const { flow } = await stage.nth(0);
    expect(flow).toMatchObject({ transport: 'TLS', reliable: true });
    expect(stage.transports.provedNames(flow)).toEqual([]);
  });

  it('knows the names of a peer that shows a certificate of somebody we trust (RFC 5922 §7.4)', async () => {
    const { stage, port } = await listening();
    const romeo = client(await shaken(port, { cert: twoCertificate, key: twoKey }));
    romeo.say(framed('SIP/2.0/TLS two.example;branch=z9hG4bK1'));
    expect(stage.transports.provedNames((await stage.nth(0)).flow)).toEqual(['two.example']);
  });

  it('ends with whoever speaks in the clear, or of old', async () => {
    const { stage, port } = await listening();
    const romeo = await dial(port);
    romeo.say(framed());
    await romeo.end();
    const old = connectTls({ host: address, port, ca: authority, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
    await once(old, 'error');
    expect(stage.came).toEqual([]);
  });

  it.each([
    ['its name', 'one.example', undefined],
    ['its other name, in whatever case', 'ONE.example', undefined],
    ['its address, when no name is wanted', undefined, undefined],
    ['a SIP URI', 'two.example', undefined],
    ['a wildcard', 'sip.one.example', /not for sip\.one\.example/],
    ['a DNS name beside the SIP URI', 'host.two.example', /not for/],
    ['another name', 'three.example', /not for three\.example/],
  ])('out goes to whom it should: %s (RFC 5922 §7.3)', async (_, serverName, refusal) => {
    const { port } = await listening();
    const { transports } = stageOf({ tls: bothNames });
    const flow = Promise.resolve(transports.flowTo({ transport: 'TLS', address, port, serverName }));
    if (refusal === undefined) expect(await flow).toMatchObject({ transport: 'TLS', open: true });
    else await expect(flow).rejects.toThrow(refusal);
  });

  it('is not believed without an authority that we know', async () => {
    const { port } = await listening();
    const { transports } = stageOf({ tls: { ...bothNames, fallback: () => ({}) } });
    await expect(transports.flowTo({ transport: 'TLS', address, port, serverName: 'one.example' })).rejects.toThrow(
      Unreachable,
    );
  });

  it('is used again only for names that the peer has proved (RFC 5923 §5)', async () => {
    const { port } = await listening();
    const { transports } = stageOf({ tls: bothNames });
    const to = (serverName?: string) => transports.flowTo({ transport: 'TLS', address, port, serverName });
    const one = await to('one.example');
    expect(to('one.example')).toBe(one);
    expect(to()).toBe(one);
    const two = await to('two.example');
    expect(two).not.toBe(one);
    expect(to('two.example')).toBe(two);
  });

  const aliased = async (settings: { cert?: string; key?: string }): Promise<[Flow | Promise<Flow>, Flow]> => {
    const { stage, port } = await listening();
    const romeo = client(await shaken(port, settings));
    romeo.say(framed('SIP/2.0/TLS two.example:5071;alias;branch=z9hG4bK1'));
    const { flow } = await stage.nth(0);
    const found = stage.transports.flowTo({ transport: 'TLS', address, port: 5_071, serverName: 'two.example' });
    return [found, flow];
  };

  it('leads back to the port where a peer listens that has proved its name and says so (RFC 5923 §8)', async () => {
    const [found, flow] = await aliased({ cert: twoCertificate, key: twoKey });
    expect(found).toBe(flow);
  });

  it.each([
    ['has proved nothing', {}],
    ['has proved another name', { cert: oneCertificate, key: oneKey }],
  ])('does not where the peer %s', async (_, settings) => {
    const [found, flow] = await aliased(settings);
    expect(found).not.toBe(flow);
    await expect(found).rejects.toThrow(Unreachable);
  });

  it('can be without a certificate of ours on the way out', async () => {
    const { stage, port } = await listening();
    const flow = await stageOf({ tls: nobody }).transports.flowTo({
      transport: 'TLS',
      address,
      port,
      serverName: 'one.example',
    });
    flow.send(bytesOf(framed()));
    expect(stage.transports.provedNames((await stage.nth(0)).flow)).toEqual([]);
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

// XMPP over real WebSockets: subprotocol, framing, restarts, errors, closing, liveness, limits (RFC 7395; SECURITY-CHECKLIST 1, 2, 6, 10).
import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { Turn } from '@parlance/base/turn';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { makeWire, type Wire } from '../testing/wire.ts';
import { type WebSocketListener, webSocketListener } from './websocket.ts';

const open = (to = 'one.example') => `<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' to='${to}' version='1.0'/>`;
const close = "<close xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>";
const echo = "<echo xmlns='urn:example:wire'/>";
const bind = "<bind xmlns='urn:example:wire'/>";
const condition = (name: string) =>
  `<stream:error xmlns:stream='http://etherx.jabber.org/streams'><${name} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>`;

let clock = new FakeClock();
let wire: Wire = makeWire(clock);
let listener: WebSocketListener | undefined;
let stop: () => void = () => undefined;

const serve = async (): Promise<number> => {
  clock = new FakeClock();
  wire = makeWire(clock);
  const made = webSocketListener({
    services: wire.services,
    turn: new Turn(setImmediate),
    limits: { connections: 2, perSource: 10 },
  });
  listener = made;
  const server = createServer();
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    made.upgrade(request, socket, head, { remote: { address: '192.0.2.1', port: 1 }, securePath: true }),
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = () => {
    server.close();
    server.closeAllConnections();
  };
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
};

/** A WebSocket that keeps its frames. */
class Frames {
  readonly socket: WebSocket;
  readonly frames: string[] = [];
  code: number | undefined;
  refused: string | undefined;

  constructor(port: number, protocols: string[] = ['xmpp']) {
    this.socket = new WebSocket(`ws://127.0.0.1:${port}/`, protocols);
    this.socket.on('message', (data: Buffer) => this.frames.push(data.toString()));
    this.socket.on('close', (code) => (this.code = code));
    this.socket.on('error', (error) => (this.refused = error.message));
  }

  async send(...texts: readonly (string | Buffer)[]): Promise<void> {
    await vi.waitUntil(() => this.socket.readyState === WebSocket.OPEN);
    for (const text of texts) this.socket.send(text);
  }

  async have(count: number): Promise<readonly string[]> {
    await vi.waitUntil(() => this.frames.length >= count);
    return this.frames;
  }

  async end(): Promise<readonly string[]> {
    await vi.waitUntil(() => this.code !== undefined);
    return this.frames;
  }
}

let all: Frames[] = [];

const client = async (...texts: readonly (string | Buffer)[]): Promise<Frames> => {
  const made = new Frames(await serve());
  all.push(made);
  await made.send(...texts);
  return made;
};

afterEach(() => {
  for (const { socket } of all) socket.terminate();
  all = [];
  stop();
});

describe('framing (RFC 7395 §3.3)', () => {
  it('answers <open/>, and gives each element a frame and a namespace of its own', async () => {
    const romeo = await client(open(), echo, echo);
    const frames = await romeo.have(4);
    expect(romeo.socket.protocol).toBe('xmpp');
    expect(frames[0]).toBe(
      "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing' id='token1' from='one.example' version='1.0' xml:lang='en'/>",
    );
    expect(frames[1]).toBe(
      "<stream:features xmlns:stream='http://etherx.jabber.org/streams'><echo xmlns='urn:example:wire'/></stream:features>",
    );
    expect(frames.slice(2)).toEqual([echo, echo]);
  });

  it('declares the namespace of stanzas that come as text', async () => {
    const romeo = await client(open());
    await romeo.have(2);
    wire.streams[0]?.write("<iq id='1' type='result'/>");
    wire.streams[0]?.write('<presence/>');
    wire.streams[0]?.write("<r xmlns='urn:xmpp:sm:3'/>");
    expect((await romeo.have(5)).slice(2)).toEqual([
      "<iq xmlns='jabber:client' id='1' type='result'/>",
      "<presence xmlns='jabber:client'/>",
      "<r xmlns='urn:xmpp:sm:3'/>",
    ]);
  });

  it('restarts with a new <open/>', async () => {
    const romeo = await client(open(), "<in xmlns='urn:example:wire'/>", open());
    const frames = await romeo.have(5);
    expect(frames[3]).toContain("id='token2'");
  });

  it('lets nothing overtake a step that waits', async () => {
    const wait = "<wait xmlns='urn:example:wire'/>";
    const romeo = await client(open(), wait, echo, wait, echo);
    expect((await romeo.have(6)).slice(2)).toEqual([wait, echo, wait, echo]);
  });
});

describe('closing (RFC 7395 §3.6)', () => {
  it('answers <close/> and closes the WebSocket', async () => {
    const romeo = await client(open(), close);
    expect((await romeo.end()).at(-1)).toBe(close);
    expect(romeo.code).toBe(1000);
  });

  it('says system-shutdown when the server stops', async () => {
    const romeo = await client(open());
    await romeo.have(2);
    await listener?.close();
    const frames = await romeo.end();
    expect(frames.at(-2)).toContain(condition('system-shutdown'));
    expect(frames.at(-1)).toBe(close);
  });
});

describe('what is no stream', () => {
  it.each([
    ['an element before <open/>', echo, 'bad-format'],
    ['a binary frame', Buffer.from(open()), 'bad-format'],
    ['a document type', '<!DOCTYPE lolz [<!ENTITY lol "lol">]><x/>', 'restricted-xml'],
    ['half an element', "<open xmlns='urn:ietf:params:xml:ns:xmpp-framing'>", 'not-well-formed'],
    ['an empty frame (checklist 4)', '', 'not-well-formed'],
    ['white space in a frame', ' ', 'not-well-formed'],
    ['two elements in a frame', open() + open(), 'not-well-formed'],
    ['another host', open('three.example'), 'host-unknown'],
    ['a stream of the wrong kind', "<flow xmlns='urn:ietf:params:xml:ns:xmpp-framing'/>", 'bad-format'],
    ['a long frame', `<a>${'x'.repeat(11_000)}</a>`, 'policy-violation'],
    ['a deep frame', `${'<a>'.repeat(20)}${'</a>'.repeat(20)}`, 'policy-violation'],
  ])('ends with the right error: %s', async (_, said, expected) => {
    const romeo = await client(said);
    const frames = await romeo.end();
    expect(frames[0]).toMatch(/^<open /);
    expect(frames[1]).toContain(condition(expected));
    expect(frames[2]).toBe(close);
  });

  it('is refused while it is still coming', async () => {
    const romeo = await client(open());
    await romeo.have(2);
    romeo.socket.send('x'.repeat(10_100), { fin: false });
    expect((await romeo.end()).at(-2)).toContain(condition('policy-violation'));
  });

  it('is refused when it comes in pieces that say nothing, by the bytes of their heads (checklist 4)', async () => {
    const romeo = await client(open());
    await romeo.have(2);
    romeo.socket.send('<a>', { fin: false });
    for (let piece = 0; piece < 2_000; piece++) romeo.socket.send('', { fin: false });
    expect((await romeo.end()).at(-2)).toContain(condition('policy-violation'));
  });
});

describe('admission', () => {
  it('wants the subprotocol (checklist 10)', async () => {
    const romeo = new Frames(await serve(), ['soap']);
    all.push(romeo);
    await expect.poll(() => romeo.refused).toContain('400');
  });

  it('takes no more connections than it may', async () => {
    const port = await serve();
    const three = [new Frames(port), new Frames(port)];
    all.push(...three);
    for (const each of three) await each.send(open());
    const late = new Frames(port);
    all.push(late);
    await expect.poll(() => late.refused).toContain('503');
  });

  it('agrees to no compression (checklist 6)', async () => {
    const romeo = await client(open());
    expect(romeo.socket.extensions).toBe('');
  });
});

describe('liveness', () => {
  it('asks a silent peer, and leaves one that answers', async () => {
    const romeo = await client(open(), bind);
    await romeo.have(3);
    let pings = 0;
    romeo.socket.on('ping', () => pings++);
    for (let asked = 1; asked <= 3; asked++) {
      clock.advance(30_000);
      await expect.poll(() => pings).toBe(asked);
      await romeo.have(3);
      wire.streams[0]?.write('<presence/>');
      await romeo.have(3 + asked);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(romeo.code).toBeUndefined();
  });

  it('gives up a peer that does not answer', async () => {
    const romeo = await client(open(), bind);
    await romeo.have(3);
    romeo.socket.pause();
    clock.advance(45_000);
    await expect.poll(() => listener?.count()).toBe(0);
  });

  it('takes a flood of pings for what it is', async () => {
    const romeo = await client(open());
    await romeo.have(2);
    for (let ping = 0; ping < 100; ping++) romeo.socket.ping();
    await romeo.end();
    expect(romeo.code).toBe(1006);
  });
});

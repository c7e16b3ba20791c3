// Peers that ask for much and read nothing, or hold on without getting anywhere: what they cost is bounded, and they are let go (checklist 3, 4, 17).
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House } from '../house.ts';
import { authenticated, inside, opened, plain, saslNs } from './enter.ts';
import { frame, SocketWire, type WebSocketWire, type Wire, wireTo } from './wire.ts';

const mallory = 'mallory@localhost';
let house: House;

beforeAll(async () => {
  house = await House.open({
    // No pace here: what is held for a peer that does not read is bounded by itself.
    yaml: 'limits: {negotiationSeconds: 2, outboundBytes: 200000, bytesPerSecond: 1000000000}\nauth: {registration: open}\n',
  });
  await house.people(mallory, 'romeo@localhost');
});
afterAll(() => house.close());

/** Says the same again and again without reading the answers, until it is put out; how much was said, in bytes. */
const insist = async (wire: Wire, words: string, most: number): Promise<number> => {
  if (!(wire instanceof SocketWire)) throw new Error('this is said on a socket');
  const { socket } = wire;
  socket.pause();
  const portion = words.repeat(Math.ceil(16_384 / words.length));
  let said = 0;
  while (said < most && !wire.closed && socket.writable) {
    said += portion.length;
    if (!socket.write(portion))
      await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), wait(200)]);
    else await new Promise((resolve) => setImmediate(resolve));
    // A connection that is reset shows only to who reads.
    if (socket.writableLength > 1_000_000) socket.resume();
  }
  socket.destroy();
  return said;
};

const ways: readonly [string, () => Promise<Wire>, string][] = [
  ['registration forms', () => opened(house, 'tcp'), "<iq type='get' id='1'><query xmlns='jabber:iq:register'/></iq>"],
  ['requests before binding', () => authenticated(house, 'tcp', mallory), "<iq type='get' id='1'><a xmlns='b'/></iq>"],
  [
    'resumptions that fail',
    () => authenticated(house, 'tcp', mallory),
    "<resume xmlns='urn:xmpp:sm:3' previd='a' h='0'/>",
  ],
  ['pings', () => inside(house, 'tcp', mallory, 'pings'), "<iq type='get' id='1'><ping xmlns='urn:xmpp:ping'/></iq>"],
  [
    'counts',
    async () => {
      const wire = await inside(house, 'tcp', mallory, 'counts');
      wire.say("<enable xmlns='urn:xmpp:sm:3'/>");
      await wire.hears(/<enabled /);
      return wire;
    },
    "<r xmlns='urn:xmpp:sm:3'/>",
  ],
];

describe('answers that nobody reads', () => {
  it.each(ways)('checklist 3: %s are not heaped up', async (_, enter, words) => {
    const wire = await enter();
    expect(await insist(wire, words, 60_000_000)).toBeLessThan(60_000_000);
  });
});

/** Milliseconds in which a connection that gets nowhere has to be gone: the two seconds of this house, and some. */
const late = 3_000;

/** Talks every tenth of a second until the end, and says how long that took and what was heard. */
const dripping = async (wire: Wire, drip: (wire: Wire) => void): Promise<{ took: number; heard: string }> => {
  const began = performance.now();
  while (!wire.closed && performance.now() - began < 2 * late) {
    drip(wire);
    await wait(100);
  }
  return { took: performance.now() - began, heard: wire.rest };
};

describe('checklist 4: signing in has to be done in time, whatever is sent meanwhile', () => {
  const drips: readonly [string, () => Promise<Wire>, (wire: Wire) => void][] = [
    ['silence', () => wireTo(house, 'tcp'), () => undefined],
    ['silence over TLS', () => wireTo(house, 'tls'), () => undefined],
    [
      'a handshake that never ends',
      async () => new SocketWire(connect(house.port('c2sTls'), '127.0.0.1')),
      (wire) => wire.say(Uint8Array.of(22)),
    ],
    [
      'STARTTLS, and then no handshake',
      async () => {
        const wire = await opened(house, 'tcp');
        wire.say("<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>");
        await wire.hears(/<proceed /);
        return wire;
      },
      () => undefined,
    ],
    ['a header, byte by byte', () => wireTo(house, 'tcp'), (wire) => wire.say(' ')],
    ['white space', () => opened(house, 'tcp'), (wire) => wire.say(' ')],
    [
      'a stanza, byte by byte',
      async () => {
        const wire = await opened(house, 'tcp');
        wire.say('<a b="');
        return wire;
      },
      (wire) => wire.say('x'),
    ],
    [
      'requests, signed in and not bound',
      () => authenticated(house, 'tcp', mallory),
      (wire) => wire.say("<iq type='get' id='1'><a xmlns='b'/></iq>"),
    ],
    ['an open WebSocket', () => wireTo(house, 'websocket'), () => undefined],
    [
      'a WebSocket that pings',
      () => opened(house, 'websocket'),
      (wire) => (wire as WebSocketWire).socket.write(frame(9, '')),
    ],
    [
      'a frame, byte by byte',
      () => opened(house, 'websocket'),
      (wire) => (wire as WebSocketWire).socket.write(frame(1, '<', false).subarray(0, 1)),
    ],
    ['a BOSH session', () => opened(house, 'bosh'), (wire) => wire.say('')],
  ];

  it.concurrent.each(drips)('%s', async (_, enter, drip) => {
    const { took, heard } = await dripping(await enter(), drip);
    expect(took).toBeLessThan(late);
    expect(heard).not.toContain('stream:features');
  });
});

it('checklist 17: a try that is dropped for another one counts as failed', async () => {
  const wire = await opened(house, 'tcp');
  wire.say(`<auth xmlns='${saslNs}' mechanism='SCRAM-SHA-1'/>`.repeat(6));
  const heard = await wire.end();
  expect(heard.match(/<challenge /g)).toHaveLength(5);
  expect(heard).toContain('<policy-violation ');
});

it('checklist 4: so does failing: who failed five times has to connect anew', async () => {
  const wire = await opened(house, 'tcp');
  for (let n = 0; n < 5; n++) wire.say(plain('mallory', '', 'wrong'));
  const heard = await wire.end();
  expect(heard.match(/<not-authorized/g)).toHaveLength(5);
  expect(heard).toContain('<policy-violation ');
});

it.each(['', "sid='guessed' "])(
  'checklist 2: of who has not signed in, HTTP reads no long body: <body %s>',
  async (sid) => {
    const wire = new SocketWire(connect(house.port('http'), '127.0.0.1'));
    wire.say('POST /http-bind HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: 500000\r\n\r\n');
    wire.say(`<body ${sid}rid='1' xmlns='http://jabber.org/protocol/httpbind'>${'x'.repeat(21_000)}`);
    expect(await wire.hears(/HTTP\/1.1 \d+/)).toBe('HTTP/1.1 413');
    wire.destroy();
  },
);

it('checklist 10: a WebSocket that is flooded with control frames is closed', async () => {
  const wire = (await opened(house, 'websocket')) as WebSocketWire;
  for (let n = 0; n < 100; n++) wire.socket.write(frame(n % 2 === 0 ? 9 : 10, 'x'.repeat(100)));
  await wire.end();
  expect(wire.closed).toBe(true);
});

// Audio over real sockets on a clock of our own: what is said, and what is heard of packets lost, late, repeated or foreign (RFC 3550 §5).
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { AgreedAudio } from '@parlance/sip/sdp/audio';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { muLaw } from './g711.ts';
import { AudioSession } from './rtp.ts';

const frame = 160;

/** A frame of one value that µ-law gives back as it is. */
const level = (n: number): Int16Array => muLaw.decode(new Uint8Array(frame).fill(n));

interface Packet {
  readonly at: number;
  readonly code?: number;
  readonly first?: number;
  readonly type?: number;
  /** Between head and samples, and behind them. */
  readonly before?: readonly number[];
  readonly after?: readonly number[];
}

const packet = ({ at, code = 0x90, first = 0x80, type = 0, before = [], after = [] }: Packet): Uint8Array => {
  const bytes = Uint8Array.of(...new Uint8Array(12), ...before, ...new Uint8Array(frame).fill(code), ...after);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, first);
  view.setUint8(1, type);
  view.setUint32(4, (0xff_ff_ff_00 + at) >>> 0);
  return bytes;
};

describe('a session', () => {
  let clock: FakeClock;
  let peer: Socket;
  let session: AudioSession;
  const arrived: Uint8Array[] = [];

  const agreed = (more: Partial<AgreedAudio> = {}): AgreedAudio => ({
    remote: { family: 'IP4', host: '127.0.0.1' },
    port: peer.address().port,
    codec: 'pcmu',
    sending: { codec: 0, events: undefined },
    receiving: { codec: 0, events: undefined },
    direction: 'sendrecv',
    ...more,
  });

  /** Sends, and waits until as much is heard. */
  const hears = async (packets: readonly Packet[], samples: number): Promise<void> => {
    for (const each of packets) peer.send(packet(each), session.port, '127.0.0.1');
    await expect.poll(() => session.heard.length).toBe(samples);
  };

  beforeEach(async () => {
    clock = new FakeClock();
    peer = createSocket('udp4');
    arrived.length = 0;
    peer.on('message', (bytes) => arrived.push(bytes));
    peer.bind(0, '127.0.0.1');
    await once(peer, 'listening');
    const source = Int16Array.of(...level(0x91), ...level(0xa2));
    session = await AudioSession.open(clock, '127.0.0.1', source, Uint8Array.of(0xff, 0xff, 1, 2, 3, 4, 5, 6, 7, 8));
  });

  afterEach(() => {
    session.close();
    peer.close();
  });

  it('says a frame every 20 ms, then silence, numbered one by one over the end of 16 bits', async () => {
    session.follow(agreed());
    clock.advance(40);
    await expect.poll(() => arrived.length).toBe(3);
    const views = arrived.map((bytes) => new DataView(bytes.buffer, bytes.byteOffset));
    expect(views.map((view) => view.getUint16(2))).toEqual([0xff_ff, 0, 1]);
    expect(views.map((view) => view.getUint32(4) - 0x05_06_07_08)).toEqual([0, 160, 320]);
    expect(new Set(views.map((view) => view.getUint32(8)))).toEqual(new Set([0x01_02_03_04]));
    expect(arrived.map((bytes) => bytes[12])).toEqual([0x91, 0xa2, 0xff]);
    expect(session.finished).toBe(true);
  });

  it('says nothing while it is held', async () => {
    session.follow(agreed({ direction: 'recvonly' }));
    clock.advance(100);
    session.follow(agreed());
    clock.advance(20);
    await expect.poll(() => arrived.length).toBe(1);
    expect(session.finished).toBe(true);
  });

  it('hears what came out of order in its order, over the end of 32 bits, also when the first came late', async () => {
    session.follow(agreed());
    const packets = [
      { at: 320, code: 0xb3 },
      { at: 160, code: 0xa2 },
      { at: 480, code: 0xc4 },
      { at: 320, code: 0xb3 },
    ];
    await hears(packets, 3 * frame);
    expect(session.heard).toEqual(Int16Array.of(...level(0xa2), ...level(0xb3), ...level(0xc4)));
  });

  it('hears silence where a packet was lost', async () => {
    session.follow(agreed());
    await hears(
      [
        { at: 0, code: 0x91 },
        { at: 320, code: 0xb3 },
      ],
      3 * frame,
    );
    expect(session.heard).toEqual(Int16Array.of(...level(0x91), ...new Int16Array(frame), ...level(0xb3)));
  });

  it('passes over contributors, an extension and padding', async () => {
    session.follow(agreed());
    const extension = [0, 0, 0, 1, 9, 9, 9, 9];
    await hears([{ at: 0, code: 0x91, first: 0xb1, before: [1, 2, 3, 4, ...extension], after: [0, 0, 3] }], frame);
    expect(session.heard).toEqual(level(0x91));
  });

  it.each<readonly [string, Packet]>([
    ['of another version', { at: 160, first: 0x40 }],
    ['of another kind than agreed', { at: 160, type: 101 }],
    ['from long ago', { at: -16_000 }],
    ['that claims more padding than it has', { at: 160, first: 0xa0, after: [255] }],
    ['that claims an extension beyond its end', { at: 160, first: 0x90, before: [0, 0, 255, 255] }],
  ])('does not hear a packet %s', async (_kind, bad) => {
    session.follow(agreed());
    await hears([{ at: 0 }, bad, { at: 320 }], 3 * frame);
    expect(session.heard.subarray(frame, 2 * frame)).toEqual(new Int16Array(frame));
  });

  it('hears whoever spoke first when nobody speaks from the address that was agreed', async () => {
    session.follow(agreed({ remote: { family: 'IP4', host: '192.0.2.1' } }));
    await hears([{ at: 0, code: 0x91 }], frame);
    const stranger = createSocket('udp4');
    await new Promise((done) => stranger.send(packet({ at: 160 }), session.port, '127.0.0.1', done));
    await hears([{ at: 320, code: 0xb3 }], 3 * frame);
    expect(session.heard).toEqual(Int16Array.of(...level(0x91), ...new Int16Array(frame), ...level(0xb3)));
    stranger.close();
  });

  it('hears the one that was agreed, also after another one spoke', async () => {
    session.follow(agreed());
    await hears([{ at: 0, code: 0x91 }], frame);
    session.follow(agreed({ remote: { family: 'IP4', host: '192.0.2.1' } }));
    await hears([{ at: 160, code: 0xa2 }], 2 * frame);
    session.follow(agreed());
    await hears([{ at: 320, code: 0xb3 }], 3 * frame);
    expect(session.heard).toEqual(Int16Array.of(...level(0x91), ...level(0xa2), ...level(0xb3)));
  });
});

// Audio over UDP: a frame every 20 ms from a source, what comes put in its order (RFC 3550 §5.1; RFC 3551 §4.5.14, §6).
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Clock, Timer } from '@parlance/base/clock';
import type { AgreedAudio } from '@parlance/sip/sdp/audio';
import { aLaw, type Law, muLaw } from './g711.ts';
import { rate } from './wav.ts';

/** Milliseconds and samples of one packet. */
const frameTime = 20;
const frame = (rate * frameTime) / 1000;

const headLength = 12;

/** Samples that are kept of what was heard: an hour; and how much earlier than the first that came one may be. */
const longest = rate * 3600;
const earliest = -rate;

/** Where the samples are: behind contributors and an extension, before padding (RFC 3550 §5.1, §5.3.1). Undefined: nowhere. */
const payloadOf = (packet: Uint8Array, view: DataView): Uint8Array | undefined => {
  const flags = view.getUint8(0);
  let begin = headLength + 4 * (flags & 0x0f);
  if (flags & 0x10) begin += begin + 4 <= packet.length ? 4 + 4 * view.getUint16(begin + 2) : packet.length;
  const end = flags & 0x20 ? packet.length - (packet.at(-1) ?? 0) : packet.length;
  return begin < end ? packet.subarray(begin, end) : undefined;
};

const laws: Readonly<Record<AgreedAudio['codec'], Law>> = { pcmu: muLaw, pcma: aLaw };

interface Origin {
  readonly address: string;
  readonly port: number;
}

export class AudioSession {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #source: Int16Array;
  #agreed: AgreedAudio | undefined;
  #timer: Timer | undefined;
  #sent = 0;
  #began = 0;
  #sequence: number;
  readonly #ssrc: number;
  readonly #timestamp: number;
  /** Frames by their timestamp, from the first that came. */
  readonly #heard = new Map<number, Int16Array>();
  #first: number | undefined;
  /** Address and port from which it comes. */
  #origin: string | undefined;

  private constructor(socket: Socket, clock: Clock, source: Int16Array, chance: DataView) {
    this.#socket = socket;
    this.#clock = clock;
    this.#source = source;
    // Unpredictable beginnings (RFC 3550 §5.1).
    this.#sequence = chance.getUint16(0);
    this.#ssrc = chance.getUint32(2);
    this.#timestamp = chance.getUint32(6);
    socket.on('message', (packet, origin) => this.#take(packet, origin));
    socket.on('error', () => undefined);
  }

  /** Opens a port at a local address. `source`: samples to be said, then silence. `chance`: ten unpredictable bytes. */
  static async open(clock: Clock, address: string, source: Int16Array, chance: Uint8Array): Promise<AudioSession> {
    const view = new DataView(chance.buffer, chance.byteOffset, chance.byteLength);
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4');
    socket.bind(0, address);
    await once(socket, 'listening');
    return new AudioSession(socket, clock, source, view);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** All of the source has been said. */
  get finished(): boolean {
    return this.#sent * frame >= this.#source.length;
  }

  /** What was heard so far, in order; gaps are silence. */
  get heard(): Int16Array {
    let [first, end] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [at, part] of this.#heard) [first, end] = [Math.min(first, at), Math.max(end, at + part.length)];
    const samples = new Int16Array(this.#heard.size === 0 ? 0 : end - first);
    for (const [at, part] of this.#heard) samples.set(part, at - first);
    return samples;
  }

  /** Begins, or goes on as agreed anew. */
  follow(agreed: AgreedAudio): void {
    if (this.#agreed?.remote.host !== agreed.remote.host) this.#origin = undefined;
    this.#agreed = agreed;
    if (this.#timer !== undefined) return;
    this.#began = this.#clock.monotonic();
    this.#tick();
  }

  close(): void {
    this.#timer?.cancel();
    this.#socket.close();
  }

  /** By the clock and not by counting, so that a late timer makes no gap. */
  #tick(): void {
    while (this.#sent * frameTime <= this.#clock.monotonic() - this.#began) this.#say();
    this.#timer = this.#clock.after(frameTime, () => this.#tick());
  }

  #say(): void {
    const agreed = this.#agreed;
    const at = this.#sent++ * frame;
    if (agreed === undefined || agreed.direction === 'recvonly' || agreed.direction === 'inactive') return;
    const samples = new Int16Array(frame);
    samples.set(this.#source.subarray(at, at + frame));
    const packet = new Uint8Array(headLength + frame);
    const view = new DataView(packet.buffer);
    view.setUint8(0, 0x80);
    view.setUint8(1, agreed.sending.codec);
    view.setUint16(2, this.#sequence++ & 0xffff);
    view.setUint32(4, (this.#timestamp + at) >>> 0);
    view.setUint32(8, this.#ssrc);
    packet.set(laws[agreed.codec].encode(samples), headLength);
    this.#socket.send(packet, agreed.port, agreed.remote.host);
  }

  /**
   * Only what was agreed. Phones with several addresses do not always speak from the one that they name: whoever speaks first is heard
   * until the named one speaks. Nothing is ever sent elsewhere than was agreed (SECURITY-CHECKLIST 57).
   */
  #take(packet: Uint8Array, { address, port }: Origin): void {
    const agreed = this.#agreed;
    if (agreed === undefined || packet.length <= headLength) return;
    const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
    if (view.getUint8(0) >> 6 !== 2 || (view.getUint8(1) & 0x7f) !== agreed.receiving.codec) return;
    const payload = payloadOf(packet, view);
    if (payload === undefined || this.#heard.size >= longest / frame) return;
    const origin = `${address} ${port}`;
    if (address === agreed.remote.host) this.#origin = origin;
    this.#origin ??= origin;
    if (origin !== this.#origin) return;
    this.#first ??= view.getUint32(4);
    const at = (view.getUint32(4) - this.#first) | 0;
    if (at >= earliest && at < longest) this.#heard.set(at, laws[agreed.codec].decode(payload));
  }
}

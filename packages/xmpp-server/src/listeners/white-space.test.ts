// White space between elements: welcome now and then, and in a flood paid for by its sender alone (RFC 6120 §4.6.1; SECURITY-CHECKLIST 4, 34).
import { silent } from '@parlance/base/log';
import { Turn } from '@parlance/base/turn';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { RawClient } from '@parlance/testkit/raw-client';
import { afterEach, describe, expect, it } from 'vitest';
import { makeWire, type Wire } from '../testing/wire.ts';
import { listenForClients } from './clients.ts';
import { Liveness } from './liveness.ts';
import type { Listening } from './tcp.ts';

const header =
  "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='one.example' version='1.0'>";
const echo = "<echo xmlns='urn:example:wire'/>";

let clock = new FakeClock();
let wire: Wire = makeWire(clock);
let listening: Listening | undefined;
const clients: RawClient[] = [];

const listen = async (rate: number): Promise<number> => {
  clock = new FakeClock();
  wire = makeWire(clock, undefined, rate);
  listening = await listenForClients({
    address: '127.0.0.1',
    port: 0,
    limits: { connections: 3, perSource: 3 },
    log: silent,
    services: wire.services,
    turn: new Turn(setImmediate),
    liveness: new Liveness(clock),
  });
  return listening.port;
};

const client = (port: number): RawClient => {
  const made = RawClient.to(port);
  clients.push(made);
  return made;
};

afterEach(async () => {
  for (const each of clients.splice(0)) each.destroy();
  const ending = listening?.close();
  clock.advance(5_000);
  await ending;
});

const received = (index: number): number => wire.streams[index]?.connection.received ?? 0;

/** Turns of the event loop, without any time on our clock. */
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) {
    clock.turn();
    await new Promise((resolve) => setImmediate(resolve));
  }
};

describe('white space', () => {
  it.each([
    ['before signing in', ''],
    ['in a session', "<bind xmlns='urn:example:wire'/>"],
  ])('in a flood costs its sender, and nobody else, %s (checklist 34)', async (_, bound) => {
    const port = await listen(100_000);
    const enter = async (): Promise<RawClient> => {
      const made = client(port);
      made.say(header + bound);
      await made.hears(bound === '' ? /<\/stream:features>/ : /<bind [^>]*>/);
      return made;
    };
    const [flood, honest] = [await enter(), await enter()];
    flood.say(`${' \n'.repeat(1_000_000)}${echo}`);
    await turns(500);
    const inTwoSeconds = received(0);
    expect(inTwoSeconds).toBeGreaterThan(190_000);
    expect(inTwoSeconds).toBeLessThan(300_000);
    const before = received(1);
    honest.say(' ');
    await turns(20);
    expect(received(1)).toBeGreaterThan(before);
    clock.advance(1_000);
    await turns(100);
    expect(received(0)).toBeLessThan(inTwoSeconds + 200_000);
  });

  it('now and then costs nothing that anybody would notice', async () => {
    const port = await listen(1_000);
    const quiet = client(port);
    quiet.say(header);
    await quiet.hears(/<\/stream:features>/);
    for (let n = 0; n < 20; n++) {
      quiet.say(' ');
      await turns(2);
      clock.advance(1_000);
    }
    quiet.say(echo);
    await turns(5);
    expect(await quiet.hears(/<echo [^>]*>/)).toContain('echo');
  });

  it('byte by byte costs what that takes', async () => {
    const port = await listen(100_000);
    const drip = client(port);
    drip.say(header);
    await drip.hears(/<\/stream:features>/);
    const before = received(0);
    drip.say(' ');
    await turns(20);
    expect(received(0)).toBeGreaterThan(before + 256);
  });
});

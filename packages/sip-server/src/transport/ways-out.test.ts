// The way out on real sockets: connections used again, opened, given up, and new ones for responses (RFC 3261 §18.1.1, §18.2.2).
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { RawClient } from '@parlance/testkit/raw-client';
import { systemPlatform } from '@parlance/xmpp-client/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bothNames, framed, TransportStage } from '../testing/transport-stage.ts';
import { type TransportParts, Unreachable } from './parts.ts';
import { topVia } from './top-via.ts';

const address = '127.0.0.1';
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

/** The port of a server that begins to listen. */
const portOf = async (server: Server): Promise<number> => {
  server.listen(0, address);
  await once(server, 'listening');
  const at = server.address();
  return typeof at === 'object' && at !== null ? at.port : 0;
};

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
    const phone = createServer();
    const port = await portOf(phone);
    romeo.say(framed(`SIP/2.0/TCP phone.example:${port};branch=z9hG4bK1`));
    const { message, flow } = await stage.nth(0);
    romeo.destroy();
    await stage.until(() => stage.closed.length === 1);
    const called = once(phone, 'connection');
    const back = await stage.transports.flowForResponse(topVia(message), flow);
    back.send(bytesOf('SIP/2.0 200 OK\r\n\r\n'));
    const [socket] = (await called) as [Socket];
    expect(await client(socket).hears(/\r\n\r\n/)).toBe('SIP/2.0 200 OK\r\n\r\n');
    phone.close();
  });

  it('is none where nobody listens, and none to whom does not answer in time', async () => {
    const stage = stageOf();
    const gone = await stage.transports.listenTcp({ address, port: 0 });
    await gone.close();
    const target = { address, port: gone.port, transport: 'TCP' as const };
    await expect(stage.transports.flowTo(target)).rejects.toThrow(Unreachable);
    const silent = createServer();
    const port = await portOf(silent);
    const shaking = stageOf({ tls: bothNames }).transports.flowTo({ transport: 'TLS', address, port: port });
    setImmediate(() => clock.advance(2_100));
    await expect(shaking).rejects.toThrow(/in time/);
    silent.close();
  });

  it('is none to a browser that is not connected, and none when we close', async () => {
    const { transports } = stageOf();
    await expect(transports.flowTo({ transport: 'WSS', address, port: 443 })).rejects.toThrow(Unreachable);
    await transports.close();
    await expect(transports.flowTo({ transport: 'TCP', address, port: 1 })).rejects.toThrow(Unreachable);
  });
});

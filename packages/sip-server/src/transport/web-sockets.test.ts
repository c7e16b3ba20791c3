// SIP over real WebSockets: subprotocol, text and binary, one message a frame, keep-alives, bounds (RFC 7118; SECURITY-CHECKLIST 1, 4).
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { systemPlatform } from '@parlance/xmpp-client/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { options, stageLimits, TransportStage } from '../testing/transport-stage.ts';
import { Unreachable } from './parts.ts';

const via = 'SIP/2.0/WS df7jal23ls0d.invalid;branch=z9hG4bK1';

let clock: FakeClock;
let stage: TransportStage;
let server: Server;
let sockets: WebSocket[] = [];

beforeEach(async () => {
  clock = new FakeClock();
  const { crypto, random } = systemPlatform;
  stage = new TransportStage({ clock, crypto, random }, { limits: { ...stageLimits, connections: 2 } });
  const door = stage.transports.webDoor();
  server = createServer();
  server.on('upgrade', (request: IncomingMessage, wire: Duplex, head: Buffer) =>
    door(request, wire, head, { remote: { address: '192.0.2.1', port: 7 }, securePath: request.url === '/secure' }),
  );
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(async () => {
  for (const each of sockets) each.terminate();
  sockets = [];
  await stage.close();
  server.close();
  server.closeAllConnections();
});

interface Frame {
  readonly text: string;
  readonly binary: boolean;
}

interface Browser {
  readonly socket: WebSocket;
  readonly frames: Frame[];
  readonly next: () => Promise<Frame>;
}

const connecting = (protocols: string[] = ['sip'], path = '/'): WebSocket => {
  const at = server.address();
  const port = typeof at === 'object' && at !== null ? at.port : 0;
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, protocols);
  sockets.push(socket);
  return socket;
};

const browser = async (path = '/'): Promise<Browser> => {
  const socket = connecting(['sip'], path);
  const frames: Frame[] = [];
  socket.on('message', (data: Buffer, binary) => frames.push({ text: data.toString('latin1'), binary }));
  await once(socket, 'open');
  expect(socket.protocol).toBe('sip');
  return {
    socket,
    frames,
    next: async () => {
      await expect.poll(() => frames.length).toBeGreaterThan(0);
      return frames.shift() ?? { text: '', binary: false };
    },
  };
};

describe('a frame', () => {
  it.each([
    ['text', (text: string) => text],
    ['binary', (text: string) => Buffer.from(text)],
  ])('of %s is one message, which needs no Content-Length; the answer is text', async (_, form) => {
    const { socket, next } = await browser();
    socket.send(form(options([], via, 'body')));
    const { text, binary } = await next();
    expect(text).toMatch(/^SIP\/2\.0 200 OK\r\n/);
    expect(text).toContain(`Via: ${via}\r\n`);
    expect(binary).toBe(false);
    const { message, flow } = await stage.nth(0);
    expect(Buffer.from(message.body).toString()).toBe('body');
    expect(flow).toMatchObject({ transport: 'WS', reliable: true, remote: { address: '192.0.2.1', port: 7 } });
    expect(flow.local.address).toBe('127.0.0.1');
  });

  it('of ours is binary when it is no UTF-8 (RFC 7118 §4.2)', async () => {
    const { socket, next } = await browser('/secure');
    socket.send(options([], via));
    await next();
    const { flow } = await stage.nth(0);
    expect(flow.transport).toBe('WSS');
    flow.send(new Uint8Array([0x41, 0xff]));
    expect(await next()).toEqual({ text: 'A\u00ff', binary: true });
  });

  it('of nothing but CRLF is a keep-alive (RFC 5626 §3.5.1)', async () => {
    const { socket, next, frames } = await browser();
    socket.send('\r\n\r\n');
    expect((await next()).text).toBe('\r\n');
    socket.send('\r\n');
    socket.send(options([], via));
    expect((await next()).text).toMatch(/^SIP/);
    expect(frames).toEqual([]);
  });

  it.each([
    ['no SIP', 'hello', ''],
    ['too large for a stranger', options([], via, 'x'.repeat(11_000)), 'SIP/2.0 513'],
  ])('that is %s ends the connection', async (_, text, answer) => {
    const { socket, frames } = await browser();
    socket.send(text);
    await once(socket, 'close');
    expect(frames.map((each) => each.text.slice(0, 11)).join('')).toBe(answer);
    expect(stage.came).toEqual([]);
    await stage.until(() => stage.closed.length === 1);
  });

  it('that comes in parts is bounded while it comes', async () => {
    const { socket } = await browser();
    for (let n = 0; n < 20; n++) socket.send('x'.repeat(1_000), { fin: false });
    await once(socket, 'close');
    expect(stage.came).toEqual([]);
  });
});

describe('the door', () => {
  it.each([[[]], [['xmpp']], [['sips', 'asip']]])(
    'is closed to %j: the subprotocol is sip (RFC 7118 §4.1)',
    async (protocols) => {
      const [error] = (await once(connecting(protocols), 'error')) as [Error];
      expect(error.message).toContain('400');
    },
  );

  it('opens for so many at a time', async () => {
    await browser();
    const { socket } = await browser();
    const [error] = (await once(connecting(), 'error')) as [Error];
    expect(error.message).toContain('503');
    socket.close();
    await stage.until(() => stage.closed.length === 1);
    await browser();
  });
});

describe('silence', () => {
  it('is asked about; whoever answers stays, trusted, and whoever does not is gone', async () => {
    const { socket, next } = await browser();
    socket.send(options([], via));
    await next();
    stage.transports.trusted((await stage.nth(0)).flow);
    for (let n = 0; n < 4; n++) {
      const asked = once(socket, 'ping');
      clock.advance(15_000);
      await asked;
      // The answer is on its way to the other side of this same process.
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(stage.transports.count).toBe(1);
    socket.pause();
    clock.advance(40_000);
    await stage.until(() => stage.closed.length === 1);
  });
});

it('one browser is reached over its own WebSocket only, by its id: its place may be a proxy, before many', async () => {
  const { socket, next } = await browser();
  socket.send(options([], via));
  await next();
  const { flow } = await stage.nth(0);
  expect(stage.transports.byId(flow.id)).toBe(flow);
  await expect(stage.transports.flowTo({ transport: 'WS', address: '192.0.2.1', port: 7 })).rejects.toThrow(
    Unreachable,
  );
  expect(stage.transports.flowForResponse(undefined, flow)).toBe(flow);
});

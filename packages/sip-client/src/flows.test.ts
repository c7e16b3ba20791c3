// Flows over real sockets: messages both ways, in pieces, keep-alive, and what is no server (RFC 3261 §18; RFC 5626 §4.4.1).
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Flow } from '@parlance/sip/flow';
import type { SipMessage } from '@parlance/sip/message';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FlowTarget, type OwnFlow, openFlow } from './flows.ts';

const options = (length = '0'): string =>
  `OPTIONS sip:juliet@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.2;branch=z9hG4bK1\r\nContent-Length: ${length}\r\n\r\n`;

let clock: FakeClock;
const came: string[] = [];
const closed: Flow[] = [];
const open: OwnFlow[] = [];

const openTo = async (transport: FlowTarget['transport'], port: number): Promise<OwnFlow> => {
  const flow = await openFlow(
    { transport, address: '127.0.0.1', port },
    {
      clock,
      chance: () => 0,
      message: (message: SipMessage) => came.push(message.startLine),
      closed: (gone) => closed.push(gone),
    },
  );
  open.push(flow);
  return flow;
};

beforeEach(() => {
  clock = new FakeClock();
  came.length = 0;
  closed.length = 0;
});

afterEach(() => {
  for (const flow of open.splice(0)) flow.close();
});

describe('a flow over UDP', () => {
  it('carries a message each way from an address that leads there', async () => {
    const server = createSocket('udp4');
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const flow = await openTo('UDP', server.address().port);
    expect(flow).toMatchObject({ reliable: false, open: true, local: { address: '127.0.0.1' } });
    const heard = once(server, 'message');
    expect(flow.send(new TextEncoder().encode(options()))).toBe(true);
    expect((await heard)[0].toString()).toBe(options());
    for (const text of ['no message', options()]) server.send(text, flow.local.port, '127.0.0.1');
    await expect.poll(() => came).toEqual(['OPTIONS sip:juliet@192.0.2.1 SIP/2.0']);
    flow.close();
    expect(flow.send(new Uint8Array(1))).toBe(false);
    server.close();
  });
});

describe('a flow over TCP', () => {
  let server: Server;
  let peer: Socket;
  let said = '';
  let flow: OwnFlow;

  beforeEach(async () => {
    said = '';
    server = createServer((socket) => {
      socket.on('data', (bytes) => {
        said += bytes.toString();
      });
    });
    const connected = once(server, 'connection').then(([socket]) => socket as Socket);
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    flow = await openTo('TCP', (server.address() as AddressInfo).port);
    peer = await connected;
  });

  afterEach(() => {
    peer.destroy();
    server.close();
  });

  it('puts messages together that come in pieces', async () => {
    peer.write(options().slice(0, 30));
    await pause(20);
    peer.write(options().slice(30) + options());
    await expect.poll(() => came).toHaveLength(2);
    flow.send(new TextEncoder().encode(options()));
    await expect.poll(() => said).toBe(options());
  });

  it('answers a ping', async () => {
    peer.write('\r\n\r\n');
    await expect.poll(() => said).toBe('\r\n');
  });

  it('pings after 80 to 100% of two minutes, and goes on with a server that never answers', async () => {
    clock.advance(95_999);
    expect(said).toBe('');
    clock.advance(1 + 96_000);
    await expect.poll(() => said).toBe('\r\n\r\n\r\n\r\n');
    expect(flow.open).toBe(true);
  });

  it('ends when a server that has answered does not answer any more', async () => {
    peer.write(`\r\n${options()}`);
    await expect.poll(() => came).toHaveLength(1);
    clock.advance(96_000 + 9_999);
    await expect.poll(() => said).toBe('\r\n\r\n');
    expect(closed).not.toContain(flow);
    clock.advance(1);
    await expect.poll(() => closed).toContain(flow);
    expect(flow.open).toBe(false);
  });

  it('is left when the server loses its frame', async () => {
    peer.write(options('many'));
    await expect.poll(() => closed).toContain(flow);
    expect(came).toEqual([]);
  });

  it('is not there where nobody listens', async () => {
    const { port } = server.address() as AddressInfo;
    peer.destroy();
    server.close();
    await once(server, 'close');
    await expect(openTo('TCP', port)).rejects.toThrow('ECONNREFUSED');
  });
});

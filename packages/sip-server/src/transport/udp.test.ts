// SIP by UDP over real sockets: IPv4 and IPv6, large datagrams, noise, STUN, replies from where requests came to (RFC 3261 §18).
import { networkInterfaces } from 'node:os';
import type { Flow } from '@parlance/sip/flow';
import { isRequest } from '@parlance/sip/message';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { systemPlatform } from '@parlance/xmpp-client/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Datagrams, options, TransportStage } from '../testing/transport-stage.ts';
import { Unreachable } from './parts.ts';
import { topVia } from './top-via.ts';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

let stage: TransportStage;
let phones: Datagrams[] = [];

const phone = async (address = '127.0.0.1'): Promise<Datagrams> => {
  const made = await Datagrams.at(address);
  phones.push(made);
  return made;
};

beforeEach(() => {
  const { crypto, random } = systemPlatform;
  stage = new TransportStage({ clock: new FakeClock(), crypto, random });
});

afterEach(async () => {
  for (const each of phones) each.close();
  phones = [];
  await stage.close();
});

const hasIPv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));

describe.each(['127.0.0.1', ...(hasIPv6 ? ['::1'] : [])])('at %s', (address) => {
  it('a request is answered where it came from, whatever its Via says', async () => {
    const { port } = await stage.transports.listenUdp({ address, port: 0 });
    const romeo = await phone(address);
    romeo.say(options([], 'SIP/2.0/UDP phone.example:9;rport;branch=z9hG4bK1'), port);
    const answer = await romeo.next();
    expect(answer).toMatch(/^SIP\/2\.0 200 OK\r\n/);
    expect(answer).toContain(
      `Via: SIP/2.0/UDP phone.example:9;rport=${romeo.port};branch=z9hG4bK1;received=${address}\r\n`,
    );
    const { flow, datagram } = await stage.nth(0);
    expect(flow).toMatchObject({ transport: 'UDP', reliable: false, open: true, local: { address, port } });
    expect(flow.remote).toEqual({ address, port: romeo.port });
    expect(datagram).toBe(options([], 'SIP/2.0/UDP phone.example:9;rport;branch=z9hG4bK1').length);
  });

  it('a message of nearly 64 KB comes whole, and leaves whole', async () => {
    const { port } = await stage.transports.listenUdp({ address, port: 0 });
    const romeo = await phone(address);
    const body = 'x'.repeat(65_000);
    romeo.say(options([], undefined, body), port);
    const { message, flow } = await stage.nth(0);
    expect(message.body.length).toBe(65_000);
    await romeo.next();
    expect(flow.send(bytesOf(options([], undefined, body)))).toBe(true);
    expect((await romeo.next()).length).toBe(options([], undefined, body).length);
    expect(flow.send(new Uint8Array(65_508))).toBe(false);
  });
});

describe('a datagram', () => {
  it.each([
    ['nothing', ''],
    ['a keep-alive', '\r\n\r\n'],
    ['one byte', '\0'],
    ['noise', '\u0001\u0002\u0003'.repeat(50)],
    ['a request without a way back', 'OPTIONS sip:one.example SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n'],
    ['HTTP', 'GET / HTTP/1.1\r\nHost: a\r\n'],
    ['a broken response', 'SIP/2.0 20 OK\r\n\r\n'],
  ])('that is %s is dropped, and the next one understood', async (_, noise) => {
    const { port } = await stage.transports.listenUdp({ address: '127.0.0.1', port: 0 });
    const romeo = await phone();
    romeo.say(noise, port);
    romeo.say(options(), port);
    expect(await romeo.next()).toMatch(/^SIP\/2\.0 200/);
    expect(stage.came).toHaveLength(1);
  });

  it('ends where Content-Length says (RFC 3261 §18.3), and the body is its own', async () => {
    const { port } = await stage.transports.listenUdp({ address: '127.0.0.1', port: 0 });
    const romeo = await phone();
    romeo.say(options(['Content-Length: 3'], undefined, 'abcdef'), port);
    romeo.say(options(['l: 3'], undefined, 'xyz'), port);
    expect(Buffer.from((await stage.nth(0)).message.body).toString()).toBe('abc');
    expect(Buffer.from((await stage.nth(1)).message.body).toString()).toBe('xyz');
  });

  it('of STUN goes to whom it is for (RFC 8489 §5)', async () => {
    const { port } = await stage.transports.listenUdp({ address: '127.0.0.1', port: 0 });
    const romeo = await phone();
    const binding = Buffer.alloc(20);
    binding.writeUInt16BE(1, 0);
    binding.writeUInt32BE(0x2112a442, 4);
    romeo.say(binding, port);
    romeo.say(options(), port);
    await romeo.next();
    expect(stage.stun.map((each) => Buffer.from(each))).toEqual([binding]);
    expect(stage.came).toHaveLength(1);
  });

  it('on which we stumble harms no other', async () => {
    const { crypto, random } = systemPlatform;
    const seen: string[] = [];
    const other = new TransportStage(
      { clock: new FakeClock(), crypto, random },
      {
        receive: (message) => {
          seen.push(isRequest(message) ? message.method : '');
          throw new Error('a bug of ours');
        },
      },
    );
    const { port } = await other.transports.listenUdp({ address: '127.0.0.1', port: 0 });
    const romeo = await phone();
    romeo.say(options(), port);
    romeo.say(options(), port);
    await expect.poll(() => seen).toEqual(['OPTIONS', 'OPTIONS']);
    await other.close();
  });
});

describe('a flow', () => {
  const listened = async (): Promise<{ romeo: Datagrams; flow: Flow; port: number }> => {
    const { port } = await stage.transports.listenUdp({ address: '127.0.0.1', port: 0 });
    const romeo = await phone();
    romeo.say(options(), port);
    await romeo.next();
    return { romeo, flow: (await stage.nth(0)).flow, port };
  };

  it('is found again by its id, which is the same for the same pair and nobody can make', async () => {
    const { romeo, flow, port } = await listened();
    romeo.say(options(), port);
    await romeo.next();
    expect((await stage.nth(1)).flow.id).toBe(flow.id);
    const found = stage.transports.byId(flow.id);
    expect(found).toMatchObject({ id: flow.id, remote: flow.remote, local: flow.local });
    expect(found?.send(bytesOf('found'))).toBe(true);
    expect(await romeo.next()).toBe('found');
    const bytes = Buffer.from(flow.id.slice(2), 'base64url');
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1;
    for (const forged of ['', 'u.', 'u.AAAA', 'none', `u.${bytes.toString('base64url')}`])
      expect(stage.transports.byId(forged)).toBeUndefined();
  });

  it('is closed with its socket', async () => {
    const { flow } = await listened();
    await stage.close();
    expect(flow.open).toBe(false);
    expect(flow.send(bytesOf('late'))).toBe(false);
    expect(stage.transports.byId(flow.id)).toBeUndefined();
  });

  it('is not for large requests (RFC 3261 §18.1.1)', async () => {
    const { flow } = await listened();
    expect(stage.transports.mustSwitch(1_300, flow)).toBe(false);
    expect(stage.transports.mustSwitch(1_301, flow)).toBe(true);
  });

  it('of a response leaves from where its request came to, at the port that the Via says', async () => {
    const { romeo, flow } = await listened();
    const other = await phone();
    const top = topVia((await stage.nth(0)).message);
    const back = await stage.transports.flowForResponse(top && { ...top, port: other.port }, flow);
    expect(back.local).toEqual(flow.local);
    back.send(bytesOf('there'));
    expect(await other.next()).toBe('there');
    const rport = top && { ...top, parameters: [...top.parameters, { name: 'rport', value: `${romeo.port}` }] };
    (await stage.transports.flowForResponse(rport, flow)).send(bytesOf('here'));
    expect(await romeo.next()).toBe('here');
  });
});

describe('the way out', () => {
  const place = { transport: 'UDP' as const, port: 5060 };

  it('leads from the socket of the flow that is given, else from the one that reaches the place', async () => {
    const { transports } = stage;
    const loopback = await transports.listenUdp({ address: '127.0.0.1', port: 0 });
    const second = await transports.listenUdp({ address: '127.0.0.2', port: 0 });
    const first = await transports.flowTo({ ...place, address: '127.0.0.1' });
    expect(first.local).toEqual({ address: '127.0.0.1', port: loopback.port });
    const romeo = await phone('127.0.0.3');
    romeo.say(options(), second.port, '127.0.0.2');
    const { flow } = await stage.nth(0);
    expect((await transports.flowTo({ ...place, address: '127.0.0.1' }, flow)).local.address).toBe('127.0.0.2');
  });

  it('is none without a socket of that family', async () => {
    await stage.transports.listenUdp({ address: '127.0.0.1', port: 0 });
    await expect(stage.transports.flowTo({ ...place, address: '2001:db8::1' })).rejects.toThrow(Unreachable);
  });

  it('tells where others reach us', async () => {
    const { port } = await stage.transports.listenUdp({ address: '127.0.0.1', port: 0 });
    const flow = await stage.transports.flowTo({ ...place, address: '127.0.0.1' });
    expect(stage.transports.sentBy(flow)).toEqual({ address: '127.0.0.1', port });
  });
});

describe('listening', () => {
  it('on a wildcard is listening on every address, each with its own', async () => {
    const { address, port } = await stage.transports.listenUdp({ address: '0.0.0.0', port: 0 });
    expect(address).toBe('0.0.0.0');
    const own = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
    const four = own.filter(({ family }) => family === 'IPv4').map((each) => each.address);
    expect(four).toContain('127.0.0.1');
    for (const [n, each] of four.entries()) {
      const romeo = await phone(each);
      romeo.say(options(), port);
      expect(await romeo.next()).toMatch(/^SIP\/2\.0 200/);
      expect((await stage.nth(n)).flow.local).toEqual({ address: each, port });
    }
  });

  it('at a port that is taken is refused, and nothing stays open', async () => {
    const { port } = await stage.transports.listenUdp({ address: '127.0.0.1', port: 0 });
    await expect(stage.transports.listenUdp({ address: '0.0.0.0', port })).rejects.toThrow(/EADDRINUSE/);
    const { port: another, close } = await stage.transports.listenUdp({ address: '127.0.0.2', port: 0 });
    await close();
    await expect(stage.transports.listenUdp({ address: '127.0.0.2', port: another })).resolves.toMatchObject({
      port: another,
    });
  });
});

it('a flood is taken as it comes; what is sent meanwhile arrives', async () => {
  const { port } = await stage.transports.listenUdp({ address: '127.0.0.1', port: 0 });
  const [flooder, romeo] = [await phone(), await phone()];
  for (let n = 0; n < 2_000; n++) flooder.say(n % 2 === 0 ? options() : 'x'.repeat(500), port);
  // What found no room in the kernel is lost, as UDP is: who asks again gets through.
  await expect
    .poll(() => {
      romeo.say(options(), port);
      return romeo.heard.length;
    })
    .toBeGreaterThan(0);
  expect(stage.came.length).toBeGreaterThan(1);
});

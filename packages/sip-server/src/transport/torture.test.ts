// The torture messages of RFC 4475 on the wire: by UDP, on a stream, in a frame; none ends anything but itself.
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { RawClient } from '@parlance/testkit/raw-client';
import { systemPlatform } from '@parlance/xmpp-client/platform';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Datagrams, framed, options, stageLimits, TransportStage } from '../testing/transport-stage.ts';

const folder = new URL('../../../sip/fixtures/rfc4475/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.dat'));

/** RFC 4475 §3.1.2.19: a status that is none; nobody answers a response, so it is dropped. */
const dropped = new Set(['bigcode.dat']);
/** Messages without end, or not as long as they say, or that say it twice or not at all: a stream cannot go on behind them. */
const lost = new Set(['baddn.dat', 'bigcode.dat', 'clerr.dat', 'dblreq.dat', 'inv2543.dat', 'mcl01.dat', 'ncl.dat']);

const { crypto, random } = systemPlatform;
const ports = { clock: new FakeClock(), crypto, random };
const stage = new TransportStage(ports, { limits: { ...stageLimits, connections: 100 } });
const address = '127.0.0.1';
let [udp, tcp] = [0, 0];
let phone: Datagrams;

beforeAll(async () => {
  udp = (await stage.transports.listenUdp({ address, port: 0 })).port;
  tcp = (await stage.transports.listenTcp({ address, port: 0 })).port;
  phone = await Datagrams.at(address);
});

afterAll(async () => {
  phone.close();
  await stage.close();
});

it('there are 49 of them', () => {
  expect(names).toHaveLength(49);
});

it.each(names)('%s by UDP is one message, or none, and the next is understood', async (name) => {
  const before = stage.came.length;
  phone.say(readFileSync(new URL(name, folder)), udp);
  phone.say(options(['Subject: next']), udp);
  const expected = dropped.has(name) ? 1 : 2;
  const { message } = await stage.nth(before + expected - 1);
  expect(message.text('subject')).toBe('next');
  expect(stage.came).toHaveLength(before + expected);
});

it.each(names)('%s on a stream is understood, and what follows it; or the stream ends', async (name) => {
  const before = stage.came.length;
  const socket = connect(tcp, address);
  await once(socket, 'connect');
  const romeo = new RawClient(socket);
  romeo.say(Buffer.concat([readFileSync(new URL(name, folder)), Buffer.from(framed(undefined, 'next'))]));
  const ended = romeo.end();
  const last = () => Buffer.from(stage.came.slice(before).at(-1)?.message.body ?? []).toString();
  if (!lost.has(name)) await stage.until(() => last() === 'next');
  socket.end();
  await ended;
  expect(last() === 'next').toBe(!lost.has(name));
});

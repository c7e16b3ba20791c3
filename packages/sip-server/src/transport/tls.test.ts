// SIP over TLS on real sockets: certificates by name, peers' names proved, connections used again only then (RFC 5922; RFC 5923).
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { Flow } from '@parlance/sip/flow';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { RawClient } from '@parlance/testkit/raw-client';
import { systemPlatform } from '@parlance/xmpp-client/platform';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { authority, oneCertificate, oneKey, twoCertificate, twoKey } from '../testing/certificates.ts';
import { bothNames, framed, nobody, TransportStage } from '../testing/transport-stage.ts';
import { type TransportParts, Unreachable } from './parts.ts';

const address = '127.0.0.1';
const ok = /SIP\/2\.0 200 OK[\s\S]*?\r\n\r\n/;
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

beforeEach(() => {
  clock = new FakeClock();
});

afterEach(async () => {
  for (const each of clients) each.destroy();
  for (const each of stages) await each.close();
  clients = [];
  stages = [];
});

describe('TLS', () => {
  const shaken = async (
    port: number,
    settings: { servername?: string; cert?: string; key?: string } = {},
  ): Promise<TLSSocket> => {
    const socket = connectTls({
      host: address,
      port,
      ca: authority,
      checkServerIdentity: () => undefined,
      ...settings,
    });
    await once(socket, 'secureConnect');
    return socket;
  };

  const listening = async (): Promise<{ stage: TransportStage; port: number }> => {
    const stage = stageOf({ tls: bothNames });
    const { port } = await stage.transports.listenTls({ address, port: 0 }, bothNames);
    return { stage, port };
  };

  const out = async (serverName: string | undefined): Promise<Flow> => {
    const { port } = await listening();
    return stageOf({ tls: bothNames }).transports.flowTo({ transport: 'TLS', address, port, serverName });
  };

  it('shows the certificate of whom the peer asks for, and needs none of the peer', async () => {
    const { stage, port } = await listening();
    const socket = await shaken(port, { servername: 'two.example' });
    expect(socket.getPeerCertificate().subject.CN).toBe('two.example');
    expect((await shaken(port)).getPeerCertificate().subject.CN).toBe('one.example');
    const romeo = client(socket);
    romeo.say(framed('SIP/2.0/TLS phone.example;branch=z9hG4bK1'));
    await romeo.hears(ok);
    const { flow } = await stage.nth(0);
    expect(flow).toMatchObject({ transport: 'TLS', reliable: true });
    expect(stage.transports.provedNames(flow)).toEqual([]);
  });

  it('knows the names of a peer that shows a certificate of somebody we trust (RFC 5922 §7.4)', async () => {
    const { stage, port } = await listening();
    const romeo = client(await shaken(port, { cert: twoCertificate, key: twoKey }));
    romeo.say(framed('SIP/2.0/TLS two.example;branch=z9hG4bK1'));
    expect(stage.transports.provedNames((await stage.nth(0)).flow)).toEqual(['two.example']);
  });

  it('ends with whoever speaks in the clear, or of old', async () => {
    const { stage, port } = await listening();
    const romeo = await dial(port);
    romeo.say(framed());
    await romeo.end();
    const old = connectTls({ host: address, port, ca: authority, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' });
    await once(old, 'error');
    expect(stage.came).toEqual([]);
  });

  it.each([
    ['the name', 'one.example'],
    ['the name in whatever case', 'ONE.example'],
    ['the address, when no name is wanted', undefined],
    ['the name in a SIP URI', 'two.example'],
  ])('out goes to whoever proves %s (RFC 5922 §7.3)', async (_, serverName) => {
    expect(await out(serverName)).toMatchObject({ transport: 'TLS', open: true });
  });

  it.each([
    ['a wildcard', 'sip.one.example'],
    ['a DNS name beside a SIP URI', 'host.two.example'],
    ['another name', 'three.example'],
  ])('out does not go to whoever proves %s (RFC 5922 §7.2)', async (_, serverName) => {
    await expect(out(serverName)).rejects.toThrow(/the certificate is for/);
  });

  it('is not believed without an authority that we know', async () => {
    const { port } = await listening();
    const { transports } = stageOf({ tls: { ...bothNames, fallback: () => ({}) } });
    await expect(transports.flowTo({ transport: 'TLS', address, port, serverName: 'one.example' })).rejects.toThrow(
      Unreachable,
    );
  });

  it('is used again only for names that the peer has proved (RFC 5923 §5)', async () => {
    const { port } = await listening();
    const { transports } = stageOf({ tls: bothNames });
    const to = (serverName?: string) => transports.flowTo({ transport: 'TLS', address, port, serverName });
    const one = await to('one.example');
    expect(to('one.example')).toBe(one);
    expect(to()).toBe(one);
    const two = await to('two.example');
    expect(two).not.toBe(one);
    expect(to('two.example')).toBe(two);
  });

  const aliased = async (settings: { cert?: string; key?: string }): Promise<[Flow | Promise<Flow>, Flow]> => {
    const { stage, port } = await listening();
    const romeo = client(await shaken(port, settings));
    romeo.say(framed('SIP/2.0/TLS two.example:5071;alias;branch=z9hG4bK1'));
    const { flow } = await stage.nth(0);
    const found = stage.transports.flowTo({ transport: 'TLS', address, port: 5_071, serverName: 'two.example' });
    return [found, flow];
  };

  it('leads back to the port where a peer listens that has proved its name and says so (RFC 5923 §8)', async () => {
    const [found, flow] = await aliased({ cert: twoCertificate, key: twoKey });
    expect(found).toBe(flow);
  });

  it.each([
    ['has proved nothing', {}],
    ['has proved another name', { cert: oneCertificate, key: oneKey }],
  ])('does not where the peer %s', async (_, settings) => {
    const [found, flow] = await aliased(settings);
    expect(found).not.toBe(flow);
    await expect(found).rejects.toThrow(Unreachable);
  });

  it('can be without a certificate of ours on the way out', async () => {
    const { stage, port } = await listening();
    const flow = await stageOf({ tls: nobody }).transports.flowTo({
      transport: 'TLS',
      address,
      port,
      serverName: 'one.example',
    });
    flow.send(bytesOf(framed()));
    expect(stage.transports.provedNames((await stage.nth(0)).flow)).toEqual([]);
  });
});

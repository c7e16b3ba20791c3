// SCRAM-*-PLUS over real TLS: both ends compute the same channel binding, and another channel is not taken for it (RFC 5929, RFC 9266).
import { createHash, X509Certificate } from 'node:crypto';
import { connect as connectTls, createSecureContext, type TLSSocket } from 'node:tls';
import { silent } from '@parlance/base/log';
import { Turn } from '@parlance/base/turn';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { RawClient } from '@parlance/testkit/raw-client';
import { chooseMechanism } from '@parlance/xmpp/sasl/choose';
import { clientCrypto } from '@parlance/xmpp-client/crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { listenForClientsOnTls } from '../listeners/clients.ts';
import { Liveness } from '../listeners/liveness.ts';
import type { Listening } from '../listeners/tcp.ts';
import { testCertificate, testKey } from '../testing/certificate.ts';
import { SignInStage } from '../testing/sign-in-stage.ts';

const header =
  "<stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='capulet.example' version='1.0'>";
const ns = 'urn:ietf:params:xml:ns:xmpp-sasl';
const endPoint = new Uint8Array(createHash('sha256').update(new X509Certificate(testCertificate).raw).digest());

let storage: EmbeddedStorage;
let listening: Listening;
let pump: ReturnType<typeof setInterval>;
const open: RawClient[] = [];

beforeAll(async () => {
  storage = await openEmbedded();
  const clock = new FakeClock();
  const stage = new SignInStage({ ...storage, clock, crypto: clientCrypto });
  await storage.account('juliet@capulet.example');
  await stage.setPassword('juliet@capulet.example', 'r0m30');
  const context = createSecureContext({ cert: testCertificate, key: testKey, minVersion: 'TLSv1.2' });
  const limits = { connections: 10, perSource: 10 };
  const parts = {
    address: '127.0.0.1',
    port: 0,
    limits,
    log: silent,
    services: stage.services,
    turn: new Turn(setImmediate),
    liveness: new Liveness(clock),
  };
  listening = await listenForClientsOnTls(parts, { context: () => context, endPointHash: () => endPoint });
  pump = setInterval(() => clock.turn(), 1);
});

afterEach(() => {
  for (const each of open.splice(0)) each.destroy();
});

afterAll(async () => {
  clearInterval(pump);
  await listening.close();
  await storage.close();
});

const secured = (maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<TLSSocket> =>
  new Promise((resolve, reject) => {
    const { port } = listening;
    const socket = connectTls(
      { host: '127.0.0.1', port, maxVersion, rejectUnauthorized: false, servername: 'capulet.example' },
      () => resolve(socket),
    );
    socket.once('error', reject);
  });

const exported = (socket: TLSSocket): Uint8Array =>
  new Uint8Array(socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0)));

/** Signs in with what the client believes its channel to be; the server's last word. */
const signIn = async (socket: TLSSocket, bindings: ReadonlyMap<string, Uint8Array>): Promise<string> => {
  const client = new RawClient(socket);
  open.push(client);
  client.say(header);
  const features = await client.hears(/<\/stream:features>/);
  const mechanisms = [...features.matchAll(/<mechanism>([^<]+)</g)].map(([, name = '']) => name);
  const bindingTypes = [...features.matchAll(/<channel-binding type='([^']+)'/g)].map(([, type = '']) => type);
  const means = {
    crypto: clientCrypto,
    nonce: () => 'n0nce',
    user: 'juliet',
    password: 'r0m30',
    bindings,
    plaintext: false,
  };
  const choice = chooseMechanism({ mechanisms, bindingTypes }, means);
  if (typeof choice === 'string') throw new Error(choice);
  expect(choice.name).toBe('SCRAM-SHA-256-PLUS');
  client.say(
    `<auth xmlns='${ns}' mechanism='${choice.name}'>${Buffer.from(choice.initial()).toString('base64')}</auth>`,
  );
  const challenge = /<challenge [^>]*>([^<]+)/.exec(await client.hears(/<\/challenge>/))?.[1] ?? '';
  const final = await choice.respond(new Uint8Array(Buffer.from(challenge, 'base64')));
  client.say(`<response xmlns='${ns}'>${Buffer.from(final).toString('base64')}</response>`);
  return client.hears(/<\/(?:success|failure)>/);
};

test('tls-exporter on TLS 1.3', async () => {
  const socket = await secured('TLSv1.3');
  expect(await signIn(socket, new Map([['tls-exporter', exported(socket)]]))).toContain('<success');
});

test('tls-server-end-point on TLS 1.2', async () => {
  const socket = await secured('TLSv1.2');
  expect(await signIn(socket, new Map([['tls-server-end-point', endPoint]]))).toContain('<success');
});

test('the exporter of another connection is noticed', async () => {
  const [socket, other] = [await secured('TLSv1.3'), await secured('TLSv1.3')];
  open.push(new RawClient(other));
  expect(await signIn(socket, new Map([['tls-exporter', exported(other)]]))).toContain('<not-authorized');
});

test('the certificate of somebody else is noticed', async () => {
  const socket = await secured('TLSv1.3');
  const bindings = new Map([['tls-server-end-point', endPoint.map((byte) => byte ^ 1)]]);
  expect(await signIn(socket, bindings)).toContain('<not-authorized');
});

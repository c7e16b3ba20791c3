// Resource binding, and what else a client may say before it (RFC 6120 §7, §4.9.3.12).
import type { Address } from '@parlance/core/ids';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { iqRequest } from '@parlance/xmpp/stanza';
import { clientCrypto } from '@parlance/xmpp-client/crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type SignInClient, SignInStage } from '../testing/sign-in-stage.ts';

const juliet = 'juliet@capulet.example';

let storage: EmbeddedStorage;
let stage: SignInStage;

beforeAll(async () => {
  storage = await openEmbedded(juliet);
});
afterAll(() => storage.close());
beforeEach(() => {
  stage = new SignInStage({ ...storage, clock: new FakeClock(), crypto: clientCrypto });
});

/** A client that has signed in, and begun its stream anew. */
const signedIn = async (): Promise<SignInClient> => {
  const client = stage.client();
  let found = false;
  void stage.context.accounts.load(juliet as Address).then((account) => {
    client.stream.account = account ?? undefined;
    found = true;
  });
  await stage.until(() => found);
  client.stream.restart(true);
  client.open();
  return client;
};

const bindTo = (client: SignInClient, resource: string): Promise<string> =>
  client.ask(iqRequest('set', 'b', el('bind', namespaces.bind, {}, el('resource', namespaces.bind, {}, resource))));
const ping = (to?: string) => iqRequest('get', 'p', el('ping', namespaces.ping), to);

it('gives the resource that is asked for, or one of its own (§7.6, §7.7)', async () => {
  expect(await bindTo(await signedIn(), 'balcony')).toContain(`<jid>${juliet}/balcony</jid>`);
  const [one, other] = [await bindTo(await signedIn(), ''), await bindTo(await signedIn(), '')];
  expect(one).toMatch(new RegExp(`<jid>${juliet}/[^<]{16,}</jid>`));
  expect(one).not.toBe(other);
});

it('ends the elder of two with one resource (§7.7.2.2)', async () => {
  const elder = await signedIn();
  await bindTo(elder, 'balcony');
  elder.connection.take();
  expect(await bindTo(await signedIn(), 'balcony')).toContain(`<jid>${juliet}/balcony</jid>`);
  expect(elder.connection.take()).toContain('<stream:error><conflict ');
});

it('may be tried ten times (§7.7.3)', async () => {
  const client = await signedIn();
  for (let tries = 1; tries < 10; tries++)
    expect(await bindTo(client, 'a\u0085b')).toMatch(/<bad-request [^>]*\/><\/error><\/iq>$/);
  expect(await bindTo(client, 'a\u0085b')).toContain('<stream:error><policy-violation ');
});

it('comes before everything else: the server says so, and who means others is cut off (§7.1)', async () => {
  const client = await signedIn();
  for (const to of [undefined, 'capulet.example', 'JULIET@capulet.example'])
    expect(await client.ask(ping(to))).toContain('<not-allowed ');
  expect(await client.ask(ping('romeo@capulet.example'))).toContain('<stream:error><not-authorized ');
});

it('comes behind signing in: a request before that ends the stream (§4.9.3.12)', async () => {
  expect(await stage.client().ask(ping())).toContain('<stream:error><not-authorized ');
  const legacy = iqRequest('get', 'a', el('query', 'jabber:iq:auth'));
  expect(await stage.client().ask(legacy)).toContain('<stream:error><not-authorized ');
});

it('who asks for registration where there is none is told so (XEP-0077 §3.1)', async () => {
  const client = stage.client();
  expect(await client.ask(iqRequest('get', 'r', el('query', namespaces.register)))).toContain('<service-unavailable ');
  expect(client.stream.isOpen).toBe(true);
});

// XEP-0077 §3.1 and §8 before signing in: offered where it may be used, answered, bounded.
import { refuse } from '@parlance/base/refusal';
import { passwordCredentials } from '@parlance/core/credentials';
import type { Address } from '@parlance/core/ids';
import { Membership } from '@parlance/core/membership';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { preparePassword } from '@parlance/xmpp/sasl/prepare';
import { iqRequest } from '@parlance/xmpp/stanza';
import { registrationFields, registrationRemoval } from '@parlance/xmpp/wire/xep-0077.registration';
import { clientCrypto } from '@parlance/xmpp-client/crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type SignInClient, SignInStage } from '../testing/sign-in-stage.ts';
import { bind } from './bind.ts';
import { FeatureNegotiator } from './negotiator.ts';
import { streamRegistration } from './registration.ts';

let storage: EmbeddedStorage;
let clock: FakeClock;
let stage: SignInStage;

beforeEach(async () => {
  storage = await openEmbedded('juliet@capulet.example');
  clock = new FakeClock();
  stage = new SignInStage({ ...storage, clock, crypto: clientCrypto });
  const { context, services } = stage;
  const membership = new Membership({
    ...context,
    passwordRows: async (password, version) => {
      const prepared = preparePassword(password);
      if (prepared === undefined) return refuse('not-acceptable');
      return passwordCredentials(clientCrypto, context.random, prepared, version);
    },
  });
  const open = new Set(['capulet.example']);
  const feature = streamRegistration({ context, membership, open, next: bind(context, services.sessions) });
  Object.assign(services, { negotiator: (stream: SignInClient['stream']) => new FeatureNegotiator(stream, [feature]) });
});
afterEach(() => storage.close());

const offered = (client: SignInClient): boolean =>
  client.features().child('register', namespaces.registerFeature) !== undefined;
const set = (client: SignInClient, payload: Element): Promise<string> => client.ask(iqRequest('set', 'reg2', payload));
const condition = (answer: string): string | undefined => /<error [^>]*><([a-z-]+) /.exec(answer)?.[1];
const done = "<iq type='result' id='reg2'/>";

test('offered on a secure path of an open domain only (§8)', () => {
  expect(offered(stage.client())).toBe(true);
  expect(offered(stage.client({ securePath: false }))).toBe(false);
  expect(offered(stage.client({}, 'montague.example'))).toBe(false);
});

test('the form (Examples 1, 2)', async () => {
  const answer = await stage.client().ask(iqRequest('get', 'reg1', el('query', namespaces.register)));
  expect(answer).toContain('<instructions>Choose a user name and a password.</instructions><username/><password/>');
});

test('an account is made, and its name is taken then (Examples 4–6)', async () => {
  expect(await set(stage.client(), registrationFields('Bill', 'Calliope'))).toBe(done);
  const [account] = await storage.stores.accounts.load(['bill@capulet.example' as Address]);
  expect(account?.view.role).toBe('user');
  expect(await storage.stores.credentials.of(account?.id ?? (0 as never))).toHaveLength(2);
  expect(condition(await set(stage.client(), registrationFields('bill', 'm1cro$oft')))).toBe('conflict');
  expect(condition(await set(stage.client(), registrationFields('juliet', 'r0m30')))).toBe('conflict');
});

test('checklist 29: a name that looks like somebody else is taken, and nobody is told whose it looks like', async () => {
  await storage.account('scope@capulet.example');
  const answer = await set(stage.client(), registrationFields('\u0455\u0441\u043e\u0440\u0435', 'r0m30'));
  expect(condition(answer)).toBe('conflict');
  expect(answer).not.toContain('scope');
  const taken = await set(stage.client(), registrationFields('scope', 'r0m30'));
  expect(answer).toBe(taken);
});

test('checklist 29: a name of two alphabets is nobody’s, also before there is anybody whom it resembles', async () => {
  expect(condition(await set(stage.client(), registrationFields('p\u0430ul', 'r0m30')))).toBe('not-acceptable');
  expect(await set(stage.client(), registrationFields('\u0430\u043d\u043d\u0430', 'r0m30'))).toBe(done);
  expect(await set(stage.client(), registrationFields('paul', 'r0m30'))).toBe(done);
});

test('what is missing or malformed is not acceptable (Example 7)', async () => {
  const client = stage.client();
  for (const [username, password] of [
    ['', 'Calliope'],
    ['bill', ''],
    ['bill@', 'Calliope'],
    ['bill', '\ue000'],
  ] as const)
    expect(condition(await set(client, registrationFields(username, password)))).toBe('not-acceptable');
  expect(condition(await set(client, registrationRemoval()))).toBe('not-allowed');
});

test('one account for each stream, five in an hour from one source, as many as it wants from this machine (§3.1.1)', async () => {
  const client = stage.client();
  expect(await set(client, registrationFields('a0', 'secret'))).toBe(done);
  expect(condition(await set(client, registrationFields('b0', 'secret')))).toBe('not-acceptable');
  for (let n = 1; n < 5; n++) expect(await set(stage.client(), registrationFields(`a${n}`, 'secret'))).toBe(done);
  expect(condition(await set(stage.client(), registrationFields('a5', 'secret')))).toBe('not-acceptable');
  expect(await set(stage.client({ address: '198.51.100.7' }), registrationFields('c0', 'secret'))).toBe(done);
  expect(await set(stage.client({ address: '127.0.0.1' }), registrationFields('c1', 'secret'))).toBe(done);
  clock.advance(3_600_000);
  expect(await set(stage.client(), registrationFields('a5', 'secret'))).toBe(done);
});

test('other requests go on as without it', async () => {
  expect(await set(stage.client(), el('bind', namespaces.bind))).toContain('<stream:error><not-authorized ');
  const closed = stage.client({}, 'montague.example');
  expect(condition(await set(closed, registrationFields('bill', 'Calliope')))).toBe('service-unavailable');
});

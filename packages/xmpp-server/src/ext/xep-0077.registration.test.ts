// XEP-0077 §3.1–3.3 for those who are signed in: what is known of them, another password, leaving.
import { refuse } from '@parlance/base/refusal';
import { passwordCredentials } from '@parlance/core/credentials';
import type { Address } from '@parlance/core/ids';
import { Membership } from '@parlance/core/membership';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { serialise } from '@parlance/xml/serialise';
import { preparePassword } from '@parlance/xmpp/sasl/prepare';
import { readStanzaError } from '@parlance/xmpp/stanza-error';
import { clientCrypto } from '@parlance/xmpp-client/crypto';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { registration } from './xep-0077.registration.ts';

const bill = 'bill@shakespeare.example';

let storage: EmbeddedStorage;
let stage: Stage;
let globe: StageClient;

beforeEach(async () => {
  storage = await openEmbedded(bill, 'romeo@closed.example');
  stage = new Stage({ clock: new FakeClock(), ...storage, extensions: [] });
  const membership = new Membership({
    ...stage.context,
    passwordRows: async (password, version) => {
      const prepared = preparePassword(password);
      if (prepared === undefined) return refuse('not-acceptable');
      return passwordCredentials(clientCrypto, stage.context.random, prepared, version);
    },
  });
  membership.onRemove.on('act', (account) => void stage.sessions.endAll(account));
  stage.host.add([registration({ membership, open: new Set(['shakespeare.example']) })]);
  globe = await stage.bind(bill, 'globe');
});
afterEach(() => storage.close());

const ask = async (type: 'get' | 'set', content: string, client = globe, to = ''): Promise<string> => {
  client.post(`<iq type='${type}' id='change1'${to}><query xmlns='jabber:iq:register'>${content}</query></iq>`);
  let answer = client.taken();
  await stage.until(() => {
    if (answer.length === 0) answer = client.taken();
    return answer.length > 0;
  });
  const [iq] = answer;
  const [child] = iq?.elements() ?? [];
  if (iq === undefined) return '';
  return readStanzaError(iq)?.condition ?? (child === undefined ? 'done' : serialise(child));
};

const credentials = (): Promise<readonly { readonly version: number }[]> =>
  stage.context.stores.credentials.of(stage.context.account(bill as Address)?.id ?? (0 as never));

test('somebody registered is told so (Example 3)', async () => {
  expect(await ask('get', '')).toContain('<registered/>');
  expect(await ask('get', '', globe, " to='shakespeare.example'")).toContain('<username>bill</username><password/>');
});

test('another password (Examples 18–20)', async () => {
  expect(
    await ask('set', '<username>bill</username><password>newpass</password>', globe, " to='shakespeare.example'"),
  ).toBe('done');
  expect((await credentials()).map(({ version }) => version)).toEqual([1, 1]);
  expect(await ask('set', '<username>Bill</username><password>newer</password>')).toBe('done');
  expect((await credentials()).map(({ version }) => version)).toEqual([2, 2]);
  expect(await ask('set', '<username>bill</username><password/>')).toBe('bad-request');
  expect(await ask('set', '<password>newpass</password>')).toBe('bad-request');
  expect(await ask('set', '<username>romeo</username><password>newpass</password>')).toBe('forbidden');
  expect(await ask('set', '<username>bill</username><password>\ue000</password>')).toBe('not-acceptable');
  expect((await credentials()).map(({ version }) => version)).toEqual([2, 2]);
});

test('leaving: the answer, then the end of all sessions (§3.2, Example 12)', async () => {
  const other = await stage.bind(bill, 'home');
  expect(await ask('set', '<remove/><username>bill</username>')).toBe('bad-request');
  expect(await ask('set', '<remove/>')).toBe('done');
  await stage.until(() => globe.closedWith !== undefined && other.closedWith !== undefined);
  expect([globe.closedWith, other.closedWith]).toEqual(['not-authorized', 'not-authorized']);
  await stage.quiet();
  expect(await stage.context.stores.accounts.load([bill as Address])).toEqual([]);
});

test('where registration is closed there is none', async () => {
  const romeo = await stage.bind('romeo@closed.example', 'orchard');
  expect(await ask('get', '', romeo)).toBe('service-unavailable');
  expect(await ask('set', '<remove/>', romeo)).toBe('service-unavailable');
  expect(await ask('set', '<remove/>', globe, " to='closed.example'")).toBe('not-allowed');
});

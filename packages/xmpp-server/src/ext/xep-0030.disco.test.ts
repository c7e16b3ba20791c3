// XEP-0030 §3, §4, §8: what a server says of itself and of its accounts, and to whom.
import type { Address } from '@parlance/core/ids';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { itemElement, readInfo, readItems } from '@parlance/xmpp/wire/xep-0030.disco';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Extension } from '../extension.ts';
import { Stage } from '../testing/stage.ts';
import { disco } from './xep-0030.disco.ts';

const juliet = 'juliet@capulet.example';
const romeo = 'romeo@montague.example';

/** An extension with items of its own, as publish-subscribe has. */
const books: Extension = {
  support: [],
  register(registrar) {
    registrar.feature('server', 'books');
    registrar.items('account', (_, node) =>
      node === 'books' ? [itemElement({ jid: juliet, node: 'first' })] : undefined,
    );
    registrar.items('server', (_, node) =>
      node === '' ? [itemElement({ jid: 'upload.capulet.example' })] : undefined,
    );
  },
};

let storage: EmbeddedStorage;
let stage: Stage;

beforeAll(async () => {
  storage = await openEmbedded(juliet, romeo);
  stage = new Stage({ clock: new FakeClock(), ...storage, extensions: [disco, books] });
});
afterAll(() => storage.close());

const query = (kind: 'info' | 'items', to: string, node?: string): string => {
  const attributes = to === '' ? '' : ` to='${to}'`;
  const named = node === undefined ? '' : ` node='${node}'`;
  return `<iq type='get' id='1'${attributes}><query xmlns='http://jabber.org/protocol/disco#${kind}'${named}/></iq>`;
};

const condition = (iq: Element): string | undefined => iq.child('error')?.elements()[0]?.name;
const payload = (iq: Element): Element => iq.elements()[0] ?? el('nothing', '');

const allow = (address: string): void => {
  const account = stage.context.account(juliet as Address);
  if (account === null || account === undefined) throw new Error('not loaded');
  const contact = {
    address: address as Address,
    permission: 'allow',
    interest: 'none',
    approved: false,
    listed: true,
  } as const;
  const contacts = new Map([[address, { ...contact, name: '', groups: [], request: '', version: 1 }]]);
  account.view = { ...account.view, contacts };
};

test('the server names its identity and the features of its extensions', async () => {
  const client = await stage.bind(romeo, 'orchard');
  const info = readInfo(payload(await client.ask(query('info', 'capulet.example'))));
  expect(info.identities).toEqual([{ category: 'server', type: 'im' }]);
  expect(info.features).toEqual([namespaces.discoInfo, namespaces.discoItems, 'books']);
  const items = readItems(payload(await client.ask(query('items', 'capulet.example'))));
  expect(items).toEqual([{ jid: 'upload.capulet.example' }]);
});

test('a node that nobody provides is not found', async () => {
  const client = await stage.bind(romeo, 'garden');
  expect(condition(await client.ask(query('info', 'capulet.example', 'none')))).toBe('item-not-found');
  expect(condition(await client.ask(query('items', 'capulet.example', 'none')))).toBe('item-not-found');
});

test('one may ask about oneself, with and without an address', async () => {
  const client = await stage.bind(juliet, 'balcony');
  client.available();
  for (const to of ['', juliet]) {
    const info = readInfo(payload(await client.ask(query('info', to))));
    expect(info.identities).toEqual([{ category: 'account', type: 'registered' }]);
    expect(readItems(payload(await client.ask(query('items', to))))).toEqual([{ jid: `${juliet}/balcony` }]);
    expect(readItems(payload(await client.ask(query('items', to, 'books'))))).toEqual([{ jid: juliet, node: 'first' }]);
  }
});

test('a stranger cannot tell an account from an address that nobody has (§8)', async () => {
  const client = await stage.bind(romeo, 'street');
  for (const to of [juliet, 'nobody@capulet.example']) {
    expect(condition(await client.ask(query('info', to)))).toBe('service-unavailable');
    expect(condition(await client.ask(query('info', to, 'books')))).toBe('service-unavailable');
    expect(payload(await client.ask(query('items', to))).children).toEqual([]);
  }
});

test('who may see the presence sees the account and its resources (Example 6, Example 15)', async () => {
  const client = await stage.bind(romeo, 'tomb');
  allow(romeo);
  expect(readInfo(payload(await client.ask(query('info', juliet)))).identities).toEqual([
    { category: 'account', type: 'registered' },
  ]);
  expect(readItems(payload(await client.ask(query('items', juliet))))).toEqual([{ jid: `${juliet}/balcony` }]);
});

// Accounts move to another house by the portable format and are there as they were; hostile files take nothing with them (XEP-0227).
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { silent } from '@parlance/base/log';
import type { AccountId, Address } from '@parlance/core/ids';
import { parseDocument } from '@parlance/xml/document';
import { type Element, el } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { answersOf } from 'parlance-im/control/answer';
import { callServer } from 'parlance-im/control/caller';
import { openControlSocket } from 'parlance-im/control/listener';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { wireTo } from './attack/wire.ts';
import { parlance, stopped, systemPorts } from './command.ts';
import { House, password } from './house.ts';

const { client: ns } = namespaces;
const [juliet, romeo, nurse, paris] = ['juliet@localhost', 'romeo@localhost', 'nurse@localhost', 'paris@localhost'];

let old: House;
let fresh: House;

beforeEach(async () => {
  old = await House.open();
  fresh = await House.open();
});
afterEach(async () => {
  await old.close();
  await fresh.close();
});

/** The control socket of a house that runs, as long as `use` takes. */
const running = async <T>(house: House, use: () => Promise<T>): Promise<T> => {
  const { configuration, core, xmpp, retention } = house.running;
  const { archiveIds } = xmpp.services.context;
  const state = {
    listeners: [],
    since: 0,
    retention: () => retention.report,
    phones: () => ({ bindings: 0, watchers: 0, publications: 0 }),
    reload: () => Promise.resolve([]),
  };
  const parts = { configuration, core, membership: core.membership, archiveIds, ports: systemPorts, running: state };
  const socket = await openControlSocket(configuration.data, answersOf(parts), silent);
  try {
    return await use();
  } finally {
    await socket.close();
  }
};

const set = (client: XmppClient, payload: string, to?: string): Promise<Element | undefined> =>
  client.request('set', parseDocument(payload, undefined, ns), to);

const say = (from: XmppClient, to: string, body: string): void => {
  from.send(el('message', ns, { to, type: 'chat', id: body }, el('body', ns, {}, body)));
};

const form = (kind: string, fields: Readonly<Record<string, string>>): string =>
  `<x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#${kind}</value></field>${Object.entries(
    fields,
  )
    .map(([name, value]) => `<field var='pubsub#${name}'><value>${value}</value></field>`)
    .join('')}</x>`;

const publish = (client: XmppClient, node: string, id: string, fields: Readonly<Record<string, string>>) =>
  set(
    client,
    `<pubsub xmlns='${namespaces.pubsub}'><publish node='${node}'><item id='${id}'><entry xmlns='urn:x'>${id} &lt;&amp; 消息</entry></item></publish><publish-options>${form('publish-options', fields)}</publish-options></pubsub>`,
  );

/** Juliet has something of everything; Romeo sees her, the nurse asks to, Paris was blocked. */
const live = async (): Promise<void> => {
  await old.people(juliet, romeo, nurse, paris);
  const one = await old.client(juliet);
  const other = await old.client(romeo);
  const third = await old.client(nurse);
  for (const client of [one, other]) {
    await client.request('get', el('query', namespaces.roster));
    client.send(el('presence', ns));
  }
  const asked = one.once('presence');
  other.send(el('presence', ns, { to: juliet, type: 'subscribe' }, el('status', ns, {}, 'Wherefore?')));
  await asked;
  one.send(el('presence', ns, { to: romeo, type: 'subscribed' }));
  one.send(el('presence', ns, { to: romeo, type: 'subscribe' }));
  await set(
    one,
    `<query xmlns='${namespaces.roster}'><item jid='${romeo}' name='R &amp; J'><group>Lovers</group></item></query>`,
  );
  third.send(el('presence', ns, { to: juliet, type: 'subscribe' }));
  await set(one, `<vCard xmlns='vcard-temp'><FN>Juliet 朱丽叶</FN></vCard>`);
  await set(one, `<query xmlns='${namespaces.privateStorage}'><a xmlns='urn:a'>1</a><b xmlns='urn:b'/></query>`);
  await set(one, `<block xmlns='urn:xmpp:blocking'><item jid='${paris}'/><item jid='example.org'/></block>`);
  await publish(one, 'urn:diary', 'first', { access_model: 'whitelist', max_items: '3' });
  await publish(one, 'urn:diary', 'second', {});
  await publish(one, 'urn:tune', 'current', { access_model: 'open' });
  await set(
    one,
    `<pubsub xmlns='${namespaces.pubsubOwner}'><affiliations node='urn:diary'><affiliation jid='${romeo}' affiliation='member'/><affiliation jid='${paris}' affiliation='outcast'/></affiliations></pubsub>`,
  );
  await set(
    other,
    `<pubsub xmlns='${namespaces.pubsub}'><subscribe node='urn:diary' jid='${romeo}'/></pubsub>`,
    juliet,
  );
  for (let n = 0; n < 120; n++) say(n % 2 === 0 ? one : other, n % 2 === 0 ? romeo : juliet, `m${n} <&> 你好`);
  await one.request('get', el('query', namespaces.discoInfo));
  await other.request('get', el('query', namespaces.discoInfo));
  await one.close();
  await set(
    other,
    `<prefs xmlns='${namespaces.mam}' default='roster'><always/><never><jid>${paris}</jid></never></prefs>`,
  );
  say(other, juliet, 'for whom is away');
  say(third, juliet, 'and from somebody else');
  await other.request('get', el('query', namespaces.discoInfo));
  await third.request('get', el('query', namespaces.discoInfo));
  await old.running.core.membership.setRole(nurse as Address, 'admin');
  await old.running.core.membership.setSuspended(paris as Address, true);
};

/** All files of an export by their names, without what belongs to a house: ids of its archive. */
const filesOf = (directory: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((file) => [
        file.slice(directory.length),
        readFileSync(file, 'utf8').replace(/(<(?:result|stanza-id) xmlns='[^']*' id=')[^']*/g, '$1'),
      ]),
  );

it('everything is the same in an empty house, whether the houses run or not', async () => {
  await live();
  const [first, second, third] = ['first', 'second', 'third'].map((name) => join(old.directory, name));
  const exported = await running(old, () => parlance(old, 'export', first ?? ''));
  expect(exported).toMatchObject({ code: 0, out: expect.stringContaining('4 accounts exported') as string });
  expect(statSync(join(first ?? '', 'localhost', 'juliet.xml')).mode & 0o777).toBe(0o600);
  expect(await stopped(old, () => parlance(old, 'export', second ?? ''))).toMatchObject({ code: 0 });
  expect(filesOf(second ?? '')).toEqual(filesOf(first ?? ''));
  const main = join(first ?? '', 'server-data.xml');
  const imported = await running(fresh, () => parlance(fresh, 'import', main, '--json'));
  expect(imported).toEqual({ code: 0, out: '{"accounts":4,"failed":[],"strange":[]}', err: '' });
  expect(await stopped(fresh, () => parlance(fresh, 'export', third ?? ''))).toMatchObject({ code: 0 });
  expect(filesOf(third ?? '')).toEqual(filesOf(first ?? ''));
  const file = filesOf(first ?? '')['/localhost/juliet.xml'] ?? '';
  for (const said of [
    'SCRAM-SHA-256',
    "name='R &amp; J'",
    "type='subscribe'",
    'Juliet 朱丽叶',
    "<a xmlns='urn:a'>1</a>",
    'outcast',
    'm119 &lt;&amp;&gt; 你好',
  ])
    expect(file).toContain(said);
  expect(file.split('<result').length - 1).toBe(122);
});

it('people sign in with their passwords and find what waited, once, and in their archives', async () => {
  await live();
  const directory = join(old.directory, 'moved');
  await stopped(old, () => parlance(old, 'export', directory));
  await stopped(fresh, () => parlance(fresh, 'import', join(directory, 'server-data.xml')));
  const one = await fresh.client(juliet);
  const heard: string[] = [];
  one.on('message', (message) => void heard.push(message.childText('body', ns) ?? ''));
  one.send(el('presence', ns));
  await expect.poll(() => heard.filter((body) => body !== '')).toEqual(['for whom is away', 'and from somebody else']);
  const other = await fresh.client(romeo);
  const arrival = one.once('message');
  say(other, juliet, 'after the move');
  expect((await arrival).childText('body', ns)).toBe('after the move');
  expect(one.account).toBe(juliet);
  await expect(fresh.client(paris)).rejects.toThrow('account-disabled');
  const again = await fresh.client(juliet);
  const query = el(
    'query',
    namespaces.mam,
    {},
    el('set', namespaces.rsm, {}, el('before', namespaces.rsm), el('max', namespaces.rsm, {}, '2')),
  );
  const results: string[] = [];
  again.on('message', (message) => void results.push(serialise(message)));
  await again.request('set', query);
  expect(results.at(-1)).toContain('after the move');
});

/** The mechanisms that a house offers. */
const offered = async (house: House): Promise<readonly string[]> => {
  const wire = await wireTo(house, 'tcp');
  wire.header('localhost');
  const features = await wire.hears(/<\/stream:features>/);
  wire.destroy();
  return [...features.matchAll(/<mechanism>([^<]+)</g)].map(([, name = '']) => name);
};

it('who comes with a verifier for SHA-1 alone is let in where that is wished; the domain offers more after a new password', async () => {
  await old.people(juliet);
  const directory = join(old.directory, 'weak');
  await stopped(old, () => parlance(old, 'export', directory));
  const file = join(directory, 'localhost', 'juliet.xml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replace(/<scram-credentials [^>]*mechanism='SCRAM-SHA-256'.*\n/, ''));
  const main = join(directory, 'server-data.xml');
  const [all, some] = [
    ['SCRAM-SHA-256', 'SCRAM-SHA-1', 'PLAIN'],
    ['SCRAM-SHA-1', 'PLAIN'],
  ];
  const refused = await running(fresh, () => parlance(fresh, 'import', main));
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(`${juliet}: has a verifier for SCRAM-SHA-1 alone`);
  expect(await fresh.running.core.accounts.load(juliet as Address)).toBeNull();
  expect(await running(fresh, () => parlance(fresh, 'import', main, '--allow-sha1'))).toMatchObject({ code: 0 });
  await expect.poll(() => offered(fresh), { timeout: 5_000 }).toEqual(some);
  expect((await fresh.client(juliet)).state).toBe('online');
  await fresh.running.core.membership.setPassword(juliet as Address, password);
  await fresh.stop();
  await fresh.start();
  expect(await offered(fresh)).toEqual(all);
  expect((await fresh.client(juliet)).state).toBe('online');
});

it('an import that is cut off leaves nothing', async () => {
  const elements = [`<vCard xmlns='vcard-temp'><FN>Juliet</FN></vCard>`];
  await running(fresh, async () => {
    const caller = await callServer(fresh.running.configuration.data);
    const begun = await caller?.ask('import begin', { address: juliet, replace: false });
    await caller?.ask('import part', { id: begun?.id ?? (0 as AccountId), elements });
    caller?.close();
  });
  expect(await fresh.running.core.stores.accounts.withoutAddress()).toHaveLength(1);
  await fresh.stop();
  await fresh.start();
  expect(await fresh.running.core.stores.accounts.withoutAddress()).toEqual([]);
  expect(await fresh.running.core.accounts.load(juliet as Address)).toBeNull();
});

it('an account that exists is not touched, unless that is wished; then nothing of it is left', async () => {
  await live();
  const directory = join(old.directory, 'again');
  await stopped(old, () => parlance(old, 'export', directory));
  await fresh.people(juliet);
  const one = await fresh.client(juliet);
  await publish(one, 'urn:mine', 'x', {});
  const main = join(directory, 'server-data.xml');
  const refused = await running(fresh, () => parlance(fresh, 'import', main));
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(`${juliet}: the address is taken`);
  const mine = `<pubsub xmlns='${namespaces.pubsub}'><items node='urn:mine'/></pubsub>`;
  expect((await one.request('get', parseDocument(mine, undefined, ns)))?.child('items')?.elements().length).toBe(1);
  expect(await running(fresh, () => parlance(fresh, 'import', main, '--replace'))).toMatchObject({ code: 0 });
  await expect.poll(() => one.state, { timeout: 5_000 }).not.toBe('online');
  const again = await fresh.client(juliet);
  await expect(again.request('get', parseDocument(mine, undefined, ns))).rejects.toThrow('item-not-found');
});

it.each([
  ['a document type', "<!DOCTYPE x [<!ENTITY a 'b'>]><server-data xmlns='urn:xmpp:pie:0'/>"],
  ['something else', "<users xmlns='urn:other'/>"],
  ['no XML', 'user,password'],
  ['an early end', "<server-data xmlns='urn:xmpp:pie:0'><host jid='localhost'><user name='a'>"],
  [
    'a huge element',
    `<server-data xmlns='urn:xmpp:pie:0'><host jid='localhost'><user name='a'><vCard xmlns='vcard-temp'>${'x'.repeat(17_000_000)}`,
  ],
  ['a deep element', `<server-data xmlns='urn:xmpp:pie:0'><host jid='localhost'><user name='a'>${'<a>'.repeat(300)}`],
  [
    'a file outside',
    "<server-data xmlns='urn:xmpp:pie:0'><include xmlns='http://www.w3.org/2001/XInclude' href='../parlance.yaml'/></server-data>",
  ],
])('a file with %s is refused in one line and leaves no account', async (_what, text) => {
  mkdirSync(join(fresh.directory, 'files'));
  const file = join(fresh.directory, 'files', 'hostile.xml');
  writeFileSync(file, text);
  const outcome = await running(fresh, () => parlance(fresh, 'import', file));
  expect(outcome.code).toBe(1);
  expect(outcome.err.split('\n').length).toBe(1);
  expect(await fresh.running.core.stores.accounts.list('localhost', '', 10)).toEqual([]);
});

it('what is strange is told and passed over; people elsewhere are refused; passwords in clear are used', async () => {
  const file = join(fresh.directory, 'strange.xml');
  writeFileSync(
    file,
    `<?xml version='1.0' encoding='UTF-8'?><server-data xmlns='urn:xmpp:pie:0'><host jid='localhost'>
      <user name='Juliet' password='${password}'><unheard-of xmlns='urn:unheard'/>
        <query xmlns='jabber:iq:roster'><item jid='${romeo}' subscription='both'/><item jid='@'/></query>
        <scram-credentials xmlns='urn:xmpp:pie:0#scram' mechanism='SCRAM-SHA-512'/></user>
      <user name=''/></host><more xmlns='urn:more'/><include xmlns='http://www.w3.org/2001/XInclude' href='strange.xml'/><host jid='elsewhere.example'><user name='juliet'/></host></server-data>`,
  );
  const outcome = await running(fresh, () => parlance(fresh, 'import', file, '--json'));
  expect(outcome.code).toBe(1);
  const told = JSON.parse(outcome.out) as {
    accounts: number;
    failed: { address: string }[];
    strange: { element: string }[];
  };
  expect(told.accounts).toBe(1);
  expect(told.failed.map(({ address }) => address)).toEqual(['@localhost', 'juliet@elsewhere.example']);
  expect(told.strange.map(({ element }) => element)).toEqual([
    "<unheard-of xmlns='urn:unheard'>",
    "<query xmlns='jabber:iq:roster'>",
    "<scram-credentials xmlns='urn:xmpp:pie:0#scram'>",
    "<more xmlns='urn:more'>",
    "<server-data xmlns='urn:xmpp:pie:0'>",
  ]);
  const one = await fresh.client(juliet);
  const roster = await one.request('get', el('query', namespaces.roster));
  expect(roster?.elements().map((item) => item.attr('jid'))).toEqual([romeo]);
});

it('checklist 29: who looks like somebody who lives there is refused with his name, and may be let in', async () => {
  await fresh.people(juliet);
  const file = join(fresh.directory, 'twin.xml');
  const twin = 'juli\u0435t';
  writeFileSync(
    file,
    `<server-data xmlns='urn:xmpp:pie:0'><host jid='localhost'><user name='${twin}' password='${password}'/></host></server-data>`,
  );
  const refused = await running(fresh, () => parlance(fresh, 'import', file));
  expect(refused.code).toBe(1);
  expect(refused.err).toContain(`${twin}@localhost: looks like ${juliet}`);
  expect(await running(fresh, () => parlance(fresh, 'import', file, '--allow-lookalike'))).toMatchObject({ code: 0 });
  expect((await fresh.client(`${twin}@localhost`)).state).toBe('online');
});

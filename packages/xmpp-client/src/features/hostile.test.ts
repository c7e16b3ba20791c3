// What a hostile peer may send in the account's name, and that nobody listens (checklist 23, 24).
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { expect, test } from 'vitest';
import type { XmppClient } from '../client.ts';
import { clientOf } from '../testing/scripted-client.ts';
import { ScriptedServer } from '../testing/scripted-server.ts';
import { readArchive } from './archive.ts';
import { fetchAvatar } from './avatar.ts';
import { BlockList } from './blocking.ts';
import { carbons } from './carbons.ts';
import { answerPings, sendReceipts } from './courtesies.ts';
import { ClientStateIndication } from './csi.ts';
import { Disco } from './disco.ts';
import { onEvent } from './pep.ts';
import { Roster } from './roster.ts';

const ns = "xmlns='jabber:client'";

interface Play {
  readonly server: ScriptedServer;
  readonly client: XmppClient;
  readonly begin: () => Promise<void>;
}

const play = (): Play => {
  const server = new ScriptedServer();
  const client = clientOf(server);
  const begin = async (): Promise<void> => {
    await Promise.all([client.connect(), server.admit()]);
  };
  return { server, client, begin };
};

const from = (address: string | undefined): string => (address === undefined ? '' : ` from='${address}'`);

/** Who may speak for juliet@one.example, and who may not. */
const speakers: readonly [string | undefined, boolean][] = [
  [undefined, true],
  ['juliet@one.example', true],
  ['Juliet@One.Example', true],
  ['juliet@one.example/other', false],
  ['one.example', false],
  ['romeo@two.example', false],
  ['juliet@one.example.evil.example', false],
];

test.each(speakers)('a roster push from %s is believed: %s', async (address, believed) => {
  const { server, client, begin } = play();
  const roster = new Roster(client);
  await begin();
  server.say(
    `<iq ${ns} type='set' id='1'${from(address)}><query xmlns='jabber:iq:roster'><item jid='evil@two.example'/></query></iq>`,
  );
  expect((await server.stanza('iq')).attr('type')).toBe(believed ? 'result' : 'error');
  expect(roster.items.size).toBe(believed ? 1 : 0);
});

test.each(speakers)('a push of the block list from %s is believed: %s', async (address, believed) => {
  const { server, client, begin } = play();
  const list = new BlockList(client);
  await begin();
  server.say(
    `<iq ${ns} type='set' id='1'${from(address)}><block xmlns='urn:xmpp:blocking'><item jid='a@b.example'/></block></iq>`,
  );
  await server.stanza('iq');
  expect(list.addresses.has('a@b.example')).toBe(believed);
});

test.each(speakers)('a copy from %s is believed: %s; a forged one is seen by nobody', async (address, believed) => {
  const { server, client, begin } = play();
  const [copies, messages] = [[] as string[], [] as unknown[]];
  carbons(client, ({ direction, message }) => copies.push(`${direction} ${message.childText('body')}`));
  client.on('message', (message) => messages.push(message));
  await begin();
  server.say(
    `<message ${ns}${from(address)}><sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'>` +
      `<message ${ns} to='romeo@two.example'><body>I hate you</body></message></forwarded></sent></message>`,
  );
  expect(copies).toEqual(believed ? ['sent I hate you'] : []);
  expect(messages).toEqual([]);
});

test.each(speakers)('an archive result from %s is believed: %s', async (address, believed) => {
  const { server, client, begin } = play();
  await begin();
  const reading = readArchive(client, { before: '', max: 10 });
  let query = await server.stanza('iq');
  while (query.child('query', namespaces.mam) === undefined) query = await server.stanza('iq');
  const queryId = query.child('query', namespaces.mam)?.attr('queryid');
  server.say(
    `<message ${ns}${from(address)}><result xmlns='urn:xmpp:mam:2' queryid='${queryId}' id='1'><forwarded xmlns='urn:xmpp:forward:0'>` +
      `<message ${ns} from='romeo@two.example'><body>x</body></message></forwarded></result></message>`,
  );
  server.say(`<iq ${ns} type='result' id='${query.attr('id')}'><fin xmlns='urn:xmpp:mam:2' complete='true'/></iq>`);
  expect((await reading).messages).toHaveLength(believed ? 1 : 0);
});

test.each([
  ['romeo@two.example', 'romeo@two.example'],
  [undefined, 'juliet@one.example'],
  ['romeo@two.example/x', undefined],
])('an event from %s speaks for %s', async (address, owner) => {
  const { server, client, begin } = play();
  const owners: string[] = [];
  onEvent(client, 'urn:xmpp:bookmarks:1', (event) => owners.push(event.owner));
  await begin();
  server.say(
    `<message ${ns}${from(address)}><event xmlns='http://jabber.org/protocol/pubsub#event'><items node='urn:xmpp:bookmarks:1'><item id='1'/></items></event></message>`,
  );
  expect(owners).toEqual(owner === undefined ? [] : [owner]);
  expect(client.features.has('urn:xmpp:bookmarks:1+notify')).toBe(true);
});

/** Plays a contact whose client answers to disco#info with these features. */
const capabilities = async (features: string, ver: string, asks: number): Promise<readonly string[]> => {
  const { server, client, begin } = play();
  const disco = new Disco(client, { identity: { category: 'client', type: 'pc' }, node: 'https://one.example' });
  await begin();
  const presence = el(
    'presence',
    namespaces.client,
    { from: 'romeo@two.example/x' },
    el('c', namespaces.caps, { hash: 'sha-1', node: 'http://code.google.com/p/exodus', ver }),
  );
  let last: readonly string[] = [];
  for (let round = 0; round < 2; round++) {
    const found = disco.capabilitiesOf(presence);
    if (round < asks) {
      const id = (await server.stanza('iq')).attr('id');
      server.say(
        `<iq ${ns} type='result' id='${id}' from='romeo@two.example/x'><query xmlns='http://jabber.org/protocol/disco#info'>` +
          `<identity category='client' name='Exodus 0.9.1' type='pc'/>${features}</query></iq>`,
      );
    }
    last = (await found)?.features ?? [];
  }
  return last;
};

const exodus = ['caps', 'disco#info', 'disco#items', 'muc']
  .map((name) => `<feature var='http://jabber.org/protocol/${name}'/>`)
  .join('');

test('capabilities that fit their hash are asked for once (XEP-0115 §5.2)', async () => {
  expect(await capabilities(exodus, 'QgayPKawpkPSDYmwT/WM94uAlu0=', 1)).toHaveLength(4);
});

test('capabilities that do not fit their hash are not remembered for anybody (checklist 28)', async () => {
  expect(await capabilities(`${exodus}<feature var='evil'/>`, 'QgayPKawpkPSDYmwT/WM94uAlu0=', 2)).toContain('evil');
});

test('a picture that is not what its hash says is not taken', async () => {
  const { server, client, begin } = play();
  await begin();
  const answer = async (hash: string): Promise<Uint8Array | undefined> => {
    const found = fetchAvatar(client, 'romeo@two.example', hash);
    const id = (await server.stanza('iq')).attr('id');
    server.say(
      `<iq ${ns} type='result' id='${id}' from='romeo@two.example'><pubsub xmlns='${namespaces.pubsub}'><items node='urn:xmpp:avatar:data'>` +
        `<item id='${hash}'><data xmlns='urn:xmpp:avatar:data'>YWJj</data></item></items></pubsub></iq>`,
    );
    return found;
  };
  expect(await answer('a9993e364706816aba3e25717850c26c9cd0d89d')).toEqual(new TextEncoder().encode('abc'));
  expect(await answer('0000000000000000000000000000000000000000')).toBeUndefined();
});

test('only those who may know get receipts, and nobody for an error', async () => {
  const { server, client, begin } = play();
  sendReceipts(client, (address) => address.startsWith('romeo@'));
  answerPings(client);
  await begin();
  const ask = (id: string, sender: string, type: string): void =>
    server.say(
      `<message ${ns} id='${id}' from='${sender}' type='${type}'><body>x</body><request xmlns='urn:xmpp:receipts'/></message>`,
    );
  ask('1', 'tybalt@two.example/x', 'chat');
  ask('2', 'romeo@two.example/x', 'error');
  ask('3', 'romeo@two.example/x', 'groupchat');
  ask('4', 'romeo@two.example/x', 'chat');
  const receipt = await server.stanza('message');
  expect([receipt.attr('to'), receipt.child('received', namespaces.receipts)?.attr('id')]).toEqual([
    'romeo@two.example/x',
    '4',
  ]);
  server.say(`<iq ${ns} type='get' id='p' from='one.example'><ping xmlns='urn:xmpp:ping'/></iq>`);
  expect((await server.stanza('iq')).attr('type')).toBe('result');
});

test('a server without client state indication is not told of it', async () => {
  const { server, client, begin } = play();
  const indication = new ClientStateIndication(client);
  await begin();
  indication.active = false;
  client.send(el('presence', namespaces.client));
  expect((await server.next()).name).toBe('presence');
  expect(indication.active).toBe(false);
});

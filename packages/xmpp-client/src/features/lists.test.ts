// Contact list and block list under pushes: nothing that follows the answer is lost, however close behind it comes (RFC 6121 §2.1.6, XEP-0191 §3).
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { expect, test } from 'vitest';
import type { XmppClient } from '../client.ts';
import { clientOf } from '../testing/scripted-client.ts';
import { ScriptedServer } from '../testing/scripted-server.ts';
import { BlockList } from './blocking.ts';
import { Roster } from './roster.ts';

const ns = "xmlns='jabber:client'";

const online = async (): Promise<{ readonly server: ScriptedServer; readonly client: XmppClient }> => {
  const server = new ScriptedServer();
  const client = clientOf(server);
  await Promise.all([client.connect(), server.admit()]);
  return { server, client };
};

const asked = async (server: ScriptedServer, name: string): Promise<Element> => {
  for (;;) {
    const iq = await server.stanza('iq');
    if (iq.elements()[0]?.name === name) return iq;
  }
};

test('a push right behind the roster changes it', async () => {
  const { server, client } = await online();
  const roster = new Roster(client);
  const reading = roster.read();
  const id = (await asked(server, 'query')).attr('id');
  const query = (ver: number, items: string): string =>
    `<query xmlns='${namespaces.roster}' ver='${ver}'>${items}</query>`;
  server.say(`<iq ${ns} type='set' id='p1'>${query(1, "<item jid='romeo@two.example' name='old'/>")}</iq>`);
  server.say(`<iq ${ns} type='result' id='${id}'>${query(2, "<item jid='romeo@two.example' name='new'/>")}</iq>`);
  server.say(`<iq ${ns} type='set' id='p2'>${query(3, "<item jid='nurse@two.example'/>")}</iq>`);
  expect([...(await reading).keys()]).toEqual(['romeo@two.example', 'nurse@two.example']);
  expect(roster.items.get('romeo@two.example')?.name).toBe('new');
  expect(roster.known?.version).toBe('3');
});

test('a push right behind the block list changes it', async () => {
  const { server, client } = await online();
  const list = new BlockList(client);
  const reading = list.read();
  const id = (await asked(server, 'blocklist')).attr('id');
  const items = (...jids: readonly string[]): string => jids.map((jid) => `<item jid='${jid}'/>`).join('');
  const block = (name: string, ...jids: readonly string[]): string =>
    `<${name} xmlns='${namespaces.blocking}'>${items(...jids)}</${name}>`;
  server.say(`<iq ${ns} type='result' id='${id}'>${block('blocklist', 'romeo@two.example', 'paris@two.example')}</iq>`);
  server.say(`<iq ${ns} type='set' id='p1'>${block('unblock', 'romeo@two.example')}</iq>`);
  server.say(`<iq ${ns} type='set' id='p2'>${block('block', 'tybalt@two.example')}</iq>`);
  expect([...(await reading)]).toEqual(['paris@two.example', 'tybalt@two.example']);
});

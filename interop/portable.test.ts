// Accounts move between Prosody and this server by the portable format, both ways (XEP-0227). Skipped where Prosody is not installed.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parlance, stopped } from '@parlance/scenarios/command';
import { House } from '@parlance/scenarios/house';
import { parseDocument } from '@parlance/xml/document';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { XmppClient } from '@parlance/xmpp-client/client';
import { readArchive } from '@parlance/xmpp-client/features/archive';
import { fetchItems, publish } from '@parlance/xmpp-client/features/pep';
import { Roster } from '@parlance/xmpp-client/features/roster';
import { fetchVcard, storeVcard } from '@parlance/xmpp-client/features/vcard';
import { afterEach, describe, expect, test } from 'vitest';
import { domain, type ForeignServer, over } from './foreign-server.ts';
import { migrateProsody, missingProsody, portableFolder, startProsody } from './prosody.ts';

const { client: ns } = namespaces;
const password = 'correct horse';
const [juliet, romeo] = [`juliet@${domain}`, `romeo@${domain}`];
const card = el('vCard', namespaces.vcard, {}, el('FN', namespaces.vcard, {}, 'Juliet Capulet'));
const missing = missingProsody();

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const onProsody = async (server: ForeignServer, address: string): Promise<XmppClient> => {
  const client = new XmppClient({ address, password, transport: over(server), reconnect: 'once-online' });
  closing.push(() => client.close());
  await client.connect();
  return client;
};

/** A node of its own with one item, which everybody may read. */
const keepDiary = async (client: XmppClient): Promise<void> => {
  const payload = el('entry', 'urn:diary', {}, 'O');
  await publish(client, 'urn:diary', { id: 'a', payload }, { access_model: 'open' });
};

const openHouse = async (): Promise<House> => {
  const house = await House.open({ yaml: `domains: [${domain}]\n` });
  closing.push(() => house.close());
  return house;
};

const fileOf = (server: ForeignServer, address: string): string =>
  join(portableFolder(server.directory), `${address}.xml`);

describe.skipIf(missing !== undefined)(
  `accounts and Prosody${missing === undefined ? '' : `, not installed: ${missing}`}`,
  () => {
    test('what Prosody keeps in the portable format comes in', async () => {
      const server = await startProsody({ names: ['juliet', 'romeo'], password });
      closing.push(() => server.stop());
      const one = await onProsody(server, juliet);
      await new Roster(one).set(romeo, 'Romeo', ['Lovers']);
      await storeVcard(one, card);
      await keepDiary(one);
      const other = await onProsody(server, romeo);
      other.send(el('presence', ns, { to: juliet, type: 'subscribe' }));
      await one.close();
      other.send(el('message', ns, { to: juliet, type: 'chat', id: 'm' }, el('body', ns, {}, 'for whom is away')));
      await other.request('get', el('query', namespaces.discoInfo), domain);
      await other.close();

      migrateProsody(server.directory, 'internal', 'xep0227');
      const house = await openHouse();
      for (const address of [juliet, romeo]) {
        const outcome = await stopped(house, () => parlance(house, 'import', fileOf(server, address), '--allow-sha1'));
        expect(outcome).toEqual({ code: 0, out: '1 accounts imported, 0 refused, 0 elements not taken over', err: '' });
      }
      const here = await house.client(juliet);
      const roster = await here.request('get', el('query', namespaces.roster));
      expect(roster?.elements().map((item) => [item.attr('jid'), item.attr('name')])).toEqual([[romeo, 'Romeo']]);
      // Prosody keeps the card as vCard 4 in a node (XEP-0292).
      expect(await fetchItems(here, juliet, 'urn:xmpp:vcard4')).toHaveLength(1);
      const [item] = await fetchItems(here, juliet, 'urn:diary');
      expect([item?.id, item?.payload?.text()]).toEqual(['a', 'O']);
      const { messages } = await readArchive(here, { max: 10 });
      expect(messages.map(({ stanza }) => stanza.childText('body'))).toEqual(['for whom is away']);
      const asked: (string | undefined)[] = [];
      here.on('presence', (stanza) => {
        if (stanza.attr('type') === 'subscribe') asked.push(stanza.attr('from'));
      });
      here.send(el('presence', ns));
      await expect.poll(() => asked).toEqual([romeo]);
    }, 60_000);

    test('what goes out is taken by Prosody', async () => {
      const house = await openHouse();
      await house.people(juliet, romeo);
      const one = await house.client(juliet);
      const item = `<query xmlns='${namespaces.roster}'><item jid='${romeo}' name='Romeo'><group>Lovers</group></item></query>`;
      await one.request('set', parseDocument(item, undefined, ns));
      await storeVcard(one, card);
      await keepDiary(one);
      const directory = join(house.directory, 'out');
      await stopped(house, () => parlance(house, 'export', directory));
      const user = readFileSync(join(directory, domain, 'juliet.xml'), 'utf8').replace(/^<\?.*\n/, '');
      const file = `<server-data xmlns='${namespaces.portable}'><host jid='${domain}'>${user}</host></server-data>`;

      const server = await startProsody({ names: [], password }, (folder) => {
        mkdirSync(portableFolder(folder));
        writeFileSync(join(portableFolder(folder), `${juliet}.xml`), file);
        migrateProsody(folder, 'xep0227', 'internal');
      });
      closing.push(() => server.stop());
      const there = await onProsody(server, juliet);
      const roster = await there.request('get', el('query', namespaces.roster));
      expect(roster?.elements().map((each) => [each.attr('jid'), each.attr('name')])).toEqual([[romeo, 'Romeo']]);
      expect((await fetchVcard(there))?.childText('FN')).toBe('Juliet Capulet');
      expect((await fetchItems(there, juliet, 'urn:diary')).map(({ id }) => id)).toEqual(['a']);
    }, 60_000);
  },
);

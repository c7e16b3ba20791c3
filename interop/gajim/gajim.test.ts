// Gajim, a client with windows, unmodified, at our server. Skipped where it is not installed: npm run peers.
import { join } from 'node:path';
import { House, password } from '@parlance/scenarios/house';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missing } from '../missing.ts';
import { asSomebody, forbidden } from '../namespaces.ts';
import { friend, heard, say, seen, status } from '../stanzas.ts';
import { Gajim } from './gajim.ts';

const install = missing('gajim', 'gajim-remote', 'Xvfb', 'dbus-run-session') ?? forbidden(...asSomebody);
const domain = 'capulet.example';
const juliet = `juliet@${domain}`;
const romeo = `romeo@${domain}`;

describe.skipIf(install !== undefined)(`Gajim (${install ?? 'installed'})`, () => {
  let house: House;
  let other: XmppClient;
  let gajim: Gajim;
  let online: Promise<string | undefined>;

  beforeAll(async () => {
    house = await House.open({ yaml: `domains: [${domain}]` });
    await house.people(juliet, romeo);
    other = await friend(house, romeo, juliet);
    online = seen(other, undefined).then((presence) => presence.attr('from'));
    const certificate = join(house.directory, `data/certs/${domain}.crt`);
    gajim = await Gajim.start({ address: juliet, password, port: house.port('c2s'), certificate });
  }, 30_000);

  afterAll(async () => {
    await gajim?.close();
    await house?.close();
  }, 30_000);

  test('signs in over TLS, its certificate verified, and becomes available', async () => {
    expect(await online).toMatch(/^juliet@capulet\.example\/gajim\./);
    await gajim.answers('get_status here', 'online');
  });

  test('knows who is on its list, and sees how they are', async () => {
    await gajim.answers('list_contacts here', romeo);
    other.send(status('dnd', 'banished'));
    await gajim.answers('list_contacts here', 'dnd');
    expect(await gajim.ask('list_contacts here')).toContain(romeo);
  });

  test('receives a message', async () => {
    other.send(say(juliet, 'But soft! What light through yonder window breaks? 你好'));
    expect(await gajim.keeps('yonder window breaks? 你好')).toBe(true);
    expect(await gajim.ask('get_unread_msgs_number')).toContain('1');
  });

  test('sends one', async () => {
    const answer = heard(other, 'Ay me! 唉');
    await gajim.ask(`send_chat_message ${romeo} 'Ay me! 唉' here`);
    expect((await answer).attr('from')).toMatch(/^juliet@/);
  });
});

// Dino, a client with windows, unmodified, at our server. Skipped where it is not installed: npm run peers.
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { House, password } from '@parlance/scenarios/house';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Dino, elsewhere } from './dino.ts';
import { missing } from './missing.ts';
import { forbidden } from './namespaces.ts';
import { friend, heard, say, seen } from './stanzas.ts';

const install = missing('dino-im', 'xdotool', 'Xvfb', 'dbus-run-session') ?? forbidden(...elsewhere);
const domain = 'capulet.example';
const juliet = `juliet@${domain}`;
const romeo = `romeo@${domain}`;

/** It finds a server by its name only, at port 5222; nobody else is expected at this address. */
const address = '127.0.52.22';

describe.skipIf(install !== undefined)(`Dino (${install ?? 'installed'})`, () => {
  let house: House;
  let other: XmppClient;
  let dino: Dino;
  const way = createServer((socket) => {
    const onward = connect(house.port('c2s'), '127.0.0.1');
    socket.pipe(onward).pipe(socket);
    for (const end of [socket, onward]) end.on('error', () => [socket, onward].map((each) => each.destroy()));
  });

  beforeAll(async () => {
    house = await House.open({ yaml: `domains: [${domain}]` });
    await house.people(juliet, romeo);
    other = await friend(house, romeo, juliet);
    await once(way.listen(5222, address), 'listening');
    dino = await Dino.start({ domain, address, certificate: join(house.directory, `data/certs/${domain}.crt`) });
  }, 60_000);

  afterAll(async () => {
    await dino?.close();
    way.close();
    await house?.close();
  }, 30_000);

  test('is set up by its user, the certificate verified, and becomes available', async () => {
    const online = seen(other, undefined);
    await dino.signIn(juliet, password);
    expect((await online).attr('from')).toMatch(/^juliet@capulet\.example\/dino\./);
  });

  test('receives a message', async () => {
    other.send(say(juliet, 'But soft! What light through yonder window breaks? 你好'));
    expect(await dino.keeps('yonder window breaks? 你好')).toBe(true);
  });

  test('answers', async () => {
    const answer = heard(other, 'Ay me!');
    await dino.converse();
    await dino.write('Ay me!');
    expect((await answer).attr('from')).toMatch(/^juliet@/);
  });
});

// A full disk: sends are refused for now, nothing acknowledged is lost, reading goes on, and sending goes on when there is space again.
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { readArchive } from '@parlance/xmpp-client/features/archive';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { House } from '../house.ts';
import { SmallDisk } from './small-disk.ts';

const { client: ns } = namespaces;
const juliet = 'juliet@localhost';
const romeo = 'romeo@localhost';
const large = 'x'.repeat(8_000);

const probe = SmallDisk.mount(1);
probe?.unmount();

let disk: SmallDisk;
let house: House;

beforeEach(async () => {
  const mounted = probe === undefined ? undefined : SmallDisk.mount(8);
  if (mounted === undefined) return;
  disk = mounted;
  house = await House.open({ yaml: `data: ${JSON.stringify(disk.directory)}\n` });
  await house.people(juliet, romeo);
});
afterEach(async () => {
  if (probe === undefined) return;
  await house.close();
  disk.unmount();
});

/** What becomes of one message: acknowledged without an error, or refused with the error's type and condition. */
const say = async (client: XmppClient, text: string, id: string): Promise<string> => {
  const refused = new Promise<string>((resolve) => {
    const stop = client.on('message', (stanza) => {
      if (stanza.attr('id') !== id || stanza.attr('type') !== 'error') return;
      stop();
      const error = stanza.child('error');
      resolve(`${error?.attr('type')} ${error?.elements()[0]?.name}`);
    });
  });
  const body = el('body', ns, {}, text);
  const acknowledged = client.send(el('message', ns, { to: romeo, type: 'chat', id }, body)).outcome();
  return Promise.race([refused, acknowledged]);
};

const archived = async (client: XmppClient): Promise<readonly (string | undefined)[]> => {
  const ids: (string | undefined)[] = [];
  for (let before = ''; ; ) {
    const { messages, complete, report } = await readArchive(client, { max: 50, before });
    ids.unshift(...messages.map(({ stanza }) => stanza.attr('id')));
    if (complete || report.first === undefined) return ids;
    before = report.first;
  }
};

it.skipIf(probe === undefined)(
  'a full disk refuses for now and loses nothing (needs root, for a small file system)',
  { timeout: 60_000 },
  async () => {
    const one = await house.client(juliet);
    const other = await house.client(romeo);
    const heard: (string | undefined)[] = [];
    other.on('message', (stanza) => void heard.push(stanza.attr('id')));
    other.send(el('presence', ns));
    const kept: string[] = [];
    const refused: string[] = [];
    const send = async (id: string): Promise<string> => {
      const fate = await say(one, large, id);
      (fate === 'acked' ? kept : refused).push(id);
      return fate;
    };
    expect(await send('before')).toBe('acked');

    disk.fill();
    for (let n = 0; n < 500 && refused.length < 5; n++) await send(`full ${n}`);
    expect(await send('full')).toBe('wait resource-constraint');
    expect((await one.request('get', el('query', namespaces.roster)))?.name).toBe('query');
    expect(await archived(one)).toEqual(kept);

    disk.free();
    const freed = performance.now();
    let fate = '';
    for (let n = 0; fate !== 'acked' && performance.now() - freed < 10_000; n++) fate = await send(`after ${n}`);
    expect(performance.now() - freed).toBeLessThan(5_000);
    expect(await archived(one)).toEqual(kept);
    expect(await archived(other)).toEqual(kept);
    expect(heard).toEqual(kept);
    expect(refused).not.toContain('before');

    await house.stop();
    await house.start();
    const again = await house.client(juliet);
    expect(await archived(again)).toEqual(kept);
  },
);

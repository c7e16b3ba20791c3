// baresip and a chat client see each other: asked and approved, what it is told, what it publishes, and its end (RFC 3856, 3903; RFC 8048).
import { House, password } from '@parlance/scenarios/house';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Baresip } from './baresip.ts';
import { missing } from './missing.ts';

const { client: ns } = namespaces;
const [juliet, romeo] = ['juliet@localhost', 'romeo@localhost'];
const install = missing('baresip');

describe.skipIf(install !== undefined)(`presence of baresip (${install ?? 'installed'})`, () => {
  let house: House;

  beforeAll(async () => {
    house = await House.open();
    await house.people(juliet, romeo);
  });

  afterAll(() => house?.close());

  test('it watches a chat client, and a chat client watches it', async () => {
    const [his, hers] = [await house.client(romeo), await house.client(juliet)];
    const seen: string[] = [];
    his.on('presence', (stanza) => {
      seen.push([stanza.attr('from'), stanza.attr('type'), stanza.childText('show')].filter(Boolean).join(' '));
    });
    his.send(el('presence', ns, {}, el('status', ns, {}, 'in the orchard')));
    his.send(el('presence', ns, { to: juliet, type: 'subscribe' }));
    hers.send(el('presence', ns, { to: romeo, type: 'subscribed' }));
    const phone = await Baresip.start({
      address: juliet,
      password,
      port: house.port('sipTcp'),
      transport: 'tcp',
      contacts: [romeo],
    });
    try {
      await expect
        .poll(() => seen.some((each) => /^juliet@localhost\/phone-\w+$/.test(each)), { timeout: 5_000 })
        .toBe(true);
      await expect.poll(() => seen, { timeout: 5_000 }).toContain(`${juliet} subscribe`);
      his.send(el('presence', ns, { to: juliet, type: 'subscribed' }));
      await phone.shows('Subscription-State: active');
      await phone.shows('in the orchard');
      await expect.poll(() => house.running.sip.events.counts, { timeout: 5_000 }).toMatchObject({ watchers: 1 });
    } finally {
      await phone.close();
    }
    await expect.poll(() => seen.at(-1), { timeout: 5_000 }).toMatch(/phone-\w+ unavailable$/);
  });
});

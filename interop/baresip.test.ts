// baresip at our server, over UDP, TCP and TLS: registers, messages both ways and to a chat client, a call with a tone each way, hold.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { House, password } from '@parlance/scenarios/house';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Baresip } from './baresip.ts';
import { missing } from './missing.ts';
import { attentive, heard, say } from './stanzas.ts';

const [juliet, romeo] = ['juliet@localhost', 'romeo@localhost'];
const install = missing('baresip');
const listeners = { udp: 'sipUdp', tcp: 'sipTcp', tls: 'sipTls' } as const;

describe.skipIf(install !== undefined)(`baresip (${install ?? 'installed'})`, () => {
  let house: House;

  beforeAll(async () => {
    house = await House.open();
    await house.people(juliet, romeo);
  });

  afterAll(() => house?.close());

  const open = (address: string, contact: string, tone: number, transport: keyof typeof listeners): Promise<Baresip> =>
    Baresip.start({
      address,
      password,
      port: house.port(listeners[transport]),
      transport,
      certificate: join(house.directory, 'data/certs/localhost.crt'),
      contacts: [contact],
      tone,
    });

  test.each(['udp', 'tcp', 'tls'] as const)('two of them over %s', async (transport) => {
    const phones = await Promise.all([open(juliet, romeo, 440, transport), open(romeo, juliet, 1_000, transport)]);
    const [hers, his] = phones;
    try {
      await hers.say('Art thou not Romeo?');
      await his.hears(juliet, 'Art thou not Romeo?');
      await hers.dial(romeo);
      await his.answer();
      await hers.event('CALL_ESTABLISHED');
      await pause(1_500);
      await hers.call('hold');
      await hers.call('resume');
      await hers.call('hangup');
      await his.event('CALL_CLOSED');
      expect(Math.min(hers.heardTone(1_000), his.heardTone(440))).toBeGreaterThan(500);
    } finally {
      await Promise.all(phones.map((each) => each.close()));
    }
  });

  test('a phone and a chat client hear each other', async () => {
    const client = await attentive(house, romeo);
    const phone = await open(juliet, romeo, 440, 'udp');
    try {
      const words = heard(client, 'from the balcony');
      await phone.say('from the balcony');
      expect((await words).attr('from')).toContain(juliet);
      client.send(say(juliet, '若你不喜歡'));
      await phone.shows('若你不喜歡');
    } finally {
      await phone.close();
    }
  });
});

// The drivers of foreign SIP programs, proved at Kamailio. Skipped where a program is not installed.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Baresip } from './baresip.ts';
import { type Kamailio, startKamailio } from './kamailio.ts';
import { missing } from './missing.ts';

const domain = 'one.example';
const password = 'secret';
const install = missing('kamailio', 'baresip');

describe.skipIf(install !== undefined)(`at Kamailio (${install ?? 'installed'})`, () => {
  let kamailio: Kamailio;

  beforeAll(async () => {
    kamailio = await startKamailio({ domain, people: { names: ['juliet', 'romeo', 'nurse'], password } });
  });

  afterAll(() => kamailio.stop());

  const address = (name: string): string => `${name}@${domain}`;

  test.each(['udp', 'tcp', 'tls'] as const)('baresip over %s', async (transport) => {
    const open = (name: string, contact: string, tone: number): Promise<Baresip> => {
      const port = transport === 'tls' ? kamailio.tlsPort : kamailio.port;
      const certificate = join(kamailio.directory, 'one.crt');
      return Baresip.start({
        address: address(name),
        password,
        port,
        transport,
        certificate,
        contacts: [address(contact)],
        tone,
      });
    };
    const [juliet, romeo] = await Promise.all([open('juliet', 'romeo', 440), open('romeo', 'juliet', 1_000)]);
    await juliet.say('Art thou not Romeo?');
    await romeo.hears(address('juliet'), 'Art thou not Romeo?');
    await romeo.isOnline(true);
    await juliet.sees('open');
    await juliet.dial(address('romeo'));
    await romeo.answer();
    await juliet.event('CALL_ESTABLISHED');
    await pause(1_500);
    await juliet.call('hold');
    await juliet.call('resume');
    await juliet.call('hangup');
    await romeo.event('CALL_CLOSED');
    const heard = [juliet.heardTone(1_000), romeo.heardTone(440)];
    await Promise.all([juliet.close(), romeo.close()]);
    expect(Math.min(...heard)).toBeGreaterThan(500);
  });
});

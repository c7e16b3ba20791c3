// The drivers of foreign SIP programs, proved at Kamailio. Skipped where a program is not installed.
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Baresip } from './baresip.ts';
import { freePort } from './foreign-server.ts';
import { type Kamailio, startKamailio } from './kamailio.ts';
import { missing, missingLibrary } from './missing.ts';
import { playAlone } from './play.ts';
import { startSipp } from './sipp.ts';

const domain = 'one.example';
const password = 'secret';
const libraries = missingLibrary('jssip') ?? missingLibrary('sip.js');
const install = missing('kamailio', 'baresip', 'sipp');

describe.skipIf(install !== undefined)(`at Kamailio (${install ?? 'installed'})`, () => {
  let kamailio: Kamailio;

  beforeAll(async () => {
    kamailio = await startKamailio({ domain, people: { names: ['juliet', 'romeo', 'nurse'], password } });
  });

  const phones: Baresip[] = [];

  afterEach(() => Promise.all(phones.splice(0).map((phone) => phone.close())));

  afterAll(() => kamailio.stop());

  const address = (name: string): string => `${name}@${domain}`;

  test.each(['udp', 'tcp', 'tls'] as const)('baresip over %s', async (transport) => {
    const open = async (name: string, contact: string, tone: number): Promise<Baresip> => {
      const port = transport === 'tls' ? kamailio.tlsPort : kamailio.port;
      const certificate = join(kamailio.directory, 'one.crt');
      const phone = await Baresip.start({
        address: address(name),
        password,
        port,
        transport,
        certificate,
        contacts: [address(contact)],
        tone,
      });
      phones.push(phone);
      return phone;
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
    expect(Math.min(...heard)).toBeGreaterThan(500);
  });

  const played = {
    registered: [200, 200],
    sent: [200, 200],
    heard: [
      ['sip:juliet@one.example', 'Art thou not Romeo?'],
      ['sip:romeo@one.example', 'Neither, fair maid. 若你不喜歡 💔'],
    ],
    refused: 404,
  };

  // Its presence agent cannot notify a contact that has no address.
  test.skipIf(libraries !== undefined).each(['jssip', 'sipjs'])('%s over a WebSocket', async (name) => {
    const [certificate, url] = [join(kamailio.directory, 'one.crt'), `ws://127.0.0.1:${kamailio.port}/`];
    expect(await playAlone({ certificate, password }, name, url, domain, 'juliet', 'romeo')).toEqual(played);
  });

  test('SIPp registers, sends a message and places a call', async () => {
    const [port, keys] = [await freePort(), { domain }];
    const credentials = `[authentication username=nurse password=${password}]`;
    const rows = [['nurse', credentials, address('nurse')]];
    const common = { server: kamailio.port, rows, calls: 1 };
    const contact = `127.0.0.1:${port}`;
    const registered = await startSipp({ ...common, scenario: 'register', keys: { domain, contact } });
    const counts = [await registered.counts];
    for (const scenario of ['message', 'call']) {
      const other = await startSipp({ scenario: `${scenario}-uas`, port, calls: 1 });
      const one = await startSipp({ ...common, scenario, keys });
      counts.push(await one.counts, await other.counts);
    }
    const one = expect.objectContaining({ succeeded: 1, failed: 0, complaints: '' });
    expect(counts).toEqual([one, one, one, one, one]);
  });
});

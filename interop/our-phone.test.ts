// The script client as a phone and baresip, over UDP and TLS: a text each way, a call each way with a tone on both sides.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { House, password } from '@parlance/scenarios/house';
import { strength, tone } from '@parlance/scenarios/sip/tone';
import { readWav, writeWav } from '@parlance/sip-client/audio/wav';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Baresip } from './baresip.ts';
import { missing } from './missing.ts';

const program = fileURLToPath(new URL('../apps/cli/dist/main.js', import.meta.url));
const [juliet, romeo] = ['juliet@localhost', 'romeo@localhost'];
const install = missing('baresip');
const listeners = { udp: 'sipUdp', tls: 'sipTls' } as const;

type Transport = keyof typeof listeners;

describe.skipIf(install !== undefined)(`our phone and baresip (${install ?? 'installed'})`, () => {
  let house: House;
  let folder: string;

  beforeAll(async () => {
    house = await House.open();
    await house.people(juliet, romeo);
    folder = await mkdtemp(join(tmpdir(), 'parlance-phone-'));
    await writeFile(join(folder, 'play.wav'), writeWav(tone(440, 6)));
  });

  afterAll(async () => {
    await house?.close();
    if (folder !== undefined) await rm(folder, { recursive: true });
  });

  /** Juliet's command: its beginning, and its lines at its end. */
  const cli = (transport: Transport, ...words: readonly string[]) => {
    const server = `127.0.0.1:${house.port(listeners[transport])};transport=${transport}`;
    const login = ['--account', juliet, '--password', password, '--server', server, '--sip'];
    const child = spawn(process.execPath, [program, ...login, ...words], { stdio: 'pipe' });
    const begun = once(child.stdout, 'data');
    const end = Promise.all([text(child.stdout), text(child.stderr)]).then(([out, err]) => {
      expect(err).toBe('');
      return out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    });
    return { begun, end };
  };

  const sound = (name: string): readonly string[] => [
    '--play',
    join(folder, 'play.wav'),
    '--record',
    join(folder, `${name}.wav`),
  ];

  const heard = async (name: string): Promise<number> => {
    const samples = readWav(await readFile(join(folder, `${name}.wav`)));
    return strength(samples, 1_000) / strength(samples, 440);
  };

  const open = (transport: Transport): Promise<Baresip> =>
    Baresip.start({
      address: romeo,
      password,
      port: house.port(listeners[transport]),
      transport,
      certificate: join(house.directory, 'data/certs/localhost.crt'),
      contacts: [juliet],
      tone: 1_000,
    });

  test.each(['udp', 'tls'] as const)('talk to each other over %s', async (transport) => {
    const his = await open(transport);
    try {
      expect(await cli(transport, 'send', romeo, 'Art thou not Romeo?').end).toMatchObject([{ event: 'sent' }]);
      await his.hears(juliet, 'Art thou not Romeo?');

      const calling = cli(transport, 'call', romeo, ...sound('call'), '--seconds', '2');
      await his.answer();
      expect(await calling.end).toMatchObject([
        { event: 'ringing', with: romeo },
        { event: 'connected' },
        { event: 'ended', why: 'hung up' },
      ]);
      await his.event('CALL_CLOSED');
      expect(await heard('call')).toBeGreaterThan(20);

      const answering = cli(transport, 'answer', ...sound('answer'), '--seconds', '2');
      await answering.begun;
      await his.dial(juliet);
      expect(await answering.end).toMatchObject([
        { event: 'online' },
        { event: 'ringing', with: romeo },
        { event: 'connected' },
        { event: 'ended', why: 'hung up' },
      ]);
      expect(await heard('answer')).toBeGreaterThan(20);
      expect(his.heardTone(440)).toBeGreaterThan(500);
    } finally {
      await his.close();
    }
  });
});

// xmpp.js, a library for Node and browsers, unmodified, at our server, over each of our transports: its play stands in xmppjs/play.mjs.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { House, password } from '@parlance/scenarios/house';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const play = fileURLToPath(new URL('./xmppjs/play.mjs', import.meta.url));

describe('xmpp.js', () => {
  let house: House;

  beforeAll(async () => {
    house = await House.open();
  });

  afterAll(() => house.close());

  const run = async (service: string, one: string, other: string): Promise<unknown> => {
    await house.people(`${one}@localhost`, `${other}@localhost`);
    const certificate = join(house.directory, 'data/certs/localhost.crt');
    // Node 20 has a WebSocket only when it is asked for.
    const args = ['--experimental-websocket', play, service, one, other];
    const env = { PASSWORD: password, NODE_EXTRA_CA_CERTS: certificate };
    const child = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 15_000 });
    const [output, errors] = await Promise.all([text(child.stdout), text(child.stderr)]);
    return output === '' ? errors : JSON.parse(output);
  };

  test.concurrent.each([
    ['TCP, STARTTLS', 'juliet', 'romeo', () => `xmpp://localhost:${house.port('c2s')}`],
    ['direct TLS', 'rosalind', 'orlando', () => `xmpps://localhost:${house.port('c2sTls')}`],
    ['a WebSocket', 'beatrice', 'benedick', () => `ws://localhost:${house.port('http')}/xmpp-websocket`],
    ['a WebSocket over TLS', 'hermia', 'lysander', () => `wss://localhost:${house.port('https')}/xmpp-websocket`],
  ])('over %s: talks, asks, breaks off and resumes', async (_, one, other, service) => {
    expect(await run(service(), one, other)).toEqual({
      talked: [true, true],
      roster: true,
      carbons: true,
      refused: 'service-unavailable',
      errors: [],
    });
  });
});

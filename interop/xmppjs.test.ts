// xmpp.js, a library for Node and browsers, unmodified, at our server, over each of our transports: its play stands in libraries/xmppjs.mjs. Skipped where it is not installed.
import { House } from '@parlance/scenarios/house';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingLibrary } from './missing.ts';
import { play } from './play.ts';

const install = missingLibrary('@xmpp/client');

describe.skipIf(install !== undefined)(`xmpp.js (${install ?? 'installed'})`, () => {
  let house: House;

  beforeAll(async () => {
    house = await House.open();
  });

  afterAll(() => house.close());

  test.concurrent.each([
    ['TCP, STARTTLS', 'juliet', 'romeo', () => `xmpp://localhost:${house.port('c2s')}`],
    ['direct TLS', 'rosalind', 'orlando', () => `xmpps://localhost:${house.port('c2sTls')}`],
    ['a WebSocket', 'beatrice', 'benedick', () => `ws://localhost:${house.port('http')}/xmpp-websocket`],
    ['a WebSocket over TLS', 'hermia', 'lysander', () => `wss://localhost:${house.port('https')}/xmpp-websocket`],
  ])('over %s: talks, asks, breaks off and resumes', async (_, one, other, service) => {
    await house.people(`${one}@localhost`, `${other}@localhost`);
    expect(await play(house, 'xmppjs', service(), one, other)).toEqual({
      talked: [true, true],
      roster: true,
      carbons: true,
      refused: 'service-unavailable',
      errors: [],
    });
  });
});

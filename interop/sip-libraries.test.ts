// JsSIP and SIP.js at our server, over WebSocket: register, messages both ways, each heard by the other (RFC 7118).
import { House } from '@parlance/scenarios/house';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingLibrary } from './missing.ts';
import { play } from './play.ts';

const install = missingLibrary('jssip') ?? missingLibrary('sip.js');

describe.skipIf(install !== undefined)(`libraries for browsers (${install ?? 'installed'})`, () => {
  let house: House;

  beforeAll(async () => {
    house = await House.open();
    await house.people('juliet@localhost', 'romeo@localhost');
  });

  afterAll(() => house?.close());

  test.each(['jssip', 'sipjs'])('%s', async (name) => {
    const url = `wss://localhost:${house.port('https')}/sip`;
    expect(await play(house, name, url, 'localhost', 'juliet', 'romeo')).toMatchObject({
      registered: [200, 200],
      sent: [202, 202],
      heard: [
        ['sip:juliet@localhost', 'Art thou not Romeo?'],
        ['sip:romeo@localhost', 'Neither, fair maid. 若你不喜歡 💔'],
      ],
    });
  });
});

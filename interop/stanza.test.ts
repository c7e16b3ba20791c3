// stanza, a library for Node and browsers, unmodified, at our server, its endpoints found by host-meta: its play stands in libraries/stanza.mjs. Skipped where it is not installed.
import { House } from '@parlance/scenarios/house';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingLibrary } from './missing.ts';
import { play } from './play.ts';

const install = missingLibrary('stanza');

describe.skipIf(install !== undefined)(`stanza (${install ?? 'installed'})`, () => {
  let house: House;

  beforeAll(async () => {
    house = await House.open();
  });

  afterAll(() => house.close());

  test.concurrent.each([
    ['WebSocket', 'websocket', 'juliet', 'romeo', [true]],
    ['BOSH', 'bosh', 'rosalind', 'orlando', []],
  ] as const)('over %s: becomes friends, talks, reads the archive, keeps its roster, comes back', async (...row) => {
    const [, transport, one, other, resumed] = row;
    await house.people(`${one}@localhost`, `${other}@localhost`);
    const friend = [`${other}@localhost`, 'both'];
    const told = await play(house, 'stanza', transport, `localhost:${house.port('https')}`, one, other);
    const lines = ['Art thou not Romeo?', 'Neither, fair maid. 若你不喜歡 💔'];
    expect(told).toEqual({
      empty: [],
      talked: [true, true],
      copies: lines,
      history: lines,
      versions: { none: [friend], current: [], first: [friend], unknown: [friend] },
      resumed,
    });
  });
});

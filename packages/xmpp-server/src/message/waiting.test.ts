// The law of what waits (XEP-0160 §2): the count in memory is the one on disk, whatever happens to sessions and batches.
import type { Address } from '@parlance/core/ids';
import { openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { offline } from '../ext/xep-0160.offline.ts';
import { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';

const juliet = 'juliet@capulet.example';
const romeo = 'romeo@montague.example';
const most = 4;

const acts = fc.constantFrom('say', 'psst', 'come', 'count', 'acknowledge', 'drop', 'wait', 'leave', 'fail', 'restart');

const play = async (script: readonly string[]): Promise<void> => {
  const storage = await openEmbedded();
  await storage.account(juliet);
  await storage.account(romeo);
  const clock = new FakeClock(0);
  let failing = false;
  const commit: typeof storage.committer.commit = (writes) =>
    failing ? Promise.reject(new Error('broken disk')) : storage.committer.commit(writes);
  const open = (): Stage =>
    new Stage({
      clock,
      stores: storage.stores,
      committer: { commit },
      extensions: [offline],
      mailbox: { pending: most, strangerDay: 1_000 },
    });
  let stage = open();
  let sender = await stage.bind(romeo, 'orchard');
  let client: StageClient | undefined;
  let labels = 0;
  const come = async (counts: boolean): Promise<void> => {
    client = await stage.bind(juliet, `r${labels++}`);
    if (counts) client.enable();
    client.available();
  };
  const message = (more: string): string => `<message to='${juliet}' type='chat'><body>o</body>${more}</message>`;
  const run: Readonly<Record<string, () => Promise<void> | void>> = {
    say: () => sender.post(message('')),
    psst: () => sender.post(message(`<no-permanent-store xmlns='urn:xmpp:hints'/>`)),
    come: () => (client === undefined ? come(false) : undefined),
    count: () => (client === undefined ? come(true) : undefined),
    acknowledge: () => (client?.session.resumption === undefined ? undefined : client.acknowledge()),
    drop: () => {
      client?.drop();
      client = undefined;
    },
    wait: () => clock.advance(60_000),
    leave: () => {
      client?.leave();
      client = undefined;
    },
    fail: async () => {
      failing = true;
      sender.post(message(''));
      await stage.quiet();
      failing = false;
    },
    restart: async () => {
      client = undefined;
      stage = open();
      sender = await stage.bind(romeo, 'orchard');
    },
  };
  try {
    for (const act of script) {
      await run[act]?.();
      await stage.quiet();
      const rows = await storage.read(
        `SELECT sequence FROM entry JOIN address ON address.account = entry.account WHERE pending = 1 AND local = 'juliet' ORDER BY sequence`,
      );
      const account = await load(stage);
      expect([...(account?.waiting ?? [])].sort((a, b) => a - b)).toEqual(rows.map((row) => row['sequence']));
    }
  } finally {
    await storage.close();
  }
};

const load = async (stage: Stage) => {
  let found: ReturnType<Stage['context']['account']>;
  void stage.context.accounts.load(juliet as Address).then((account) => {
    found = account;
  });
  await stage.until(() => found !== undefined);
  return found;
};

test('what memory says waits is what waits on disk', async () => {
  await fc.assert(fc.asyncProperty(fc.array(acts, { minLength: 1, maxLength: 14 }), play), { numRuns: 25 });
}, 30_000);

test('a full mailbox refuses, and takes again when its owner was there', async () => {
  const storage = await openEmbedded();
  await storage.account(juliet);
  await storage.account(romeo);
  const mailbox = { pending: 2, strangerDay: 4 };
  const stage = new Stage({ clock: new FakeClock(0), ...storage, extensions: [offline], mailbox });
  const sender = await stage.bind(romeo, 'orchard');
  const refused = async (): Promise<string | undefined> => {
    await sender.send(`<message to='${juliet}' type='chat' id='m'><body>o</body></message>`);
    return sender.taken().at(-1)?.child('error')?.elements()[0]?.name;
  };
  expect([await refused(), await refused(), await refused()]).toEqual([undefined, undefined, 'service-unavailable']);
  const client = await stage.bind(juliet, 'balcony');
  client.available();
  await stage.quiet();
  client.leave();
  await stage.quiet();
  expect([await refused(), await refused()]).toEqual([undefined, undefined]);
  expect(await storage.read('SELECT * FROM entry WHERE pending = 1')).toHaveLength(2);
  await storage.close();
});

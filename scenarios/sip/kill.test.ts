// A server that is killed while phones talk keeps its promises: a 202 means in both archives, once, however often the phone had to ask (DESIGN §2).
import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { UserAgent } from '@parlance/sip-client/agent';
import { XmppClient } from '@parlance/xmpp-client/client';
import { systemClock } from 'parlance-im/ports/clock';
import { systemDigest } from 'parlance-im/ports/digest';
import { systemRandom } from 'parlance-im/ports/random';
import { expect, it } from 'vitest';
import { archivedIds } from '../kill/archive.ts';
import { ServerProcess } from '../server-process.ts';
import { unencrypted } from '../unencrypted.ts';

/** `npm run endurance` asks for many. */
const kills = Number(process.env['PARLANCE_KILLS'] ?? 3);

const [juliet, romeo, password] = ['juliet@localhost', 'romeo@localhost', 'correct horse'];

/** Messages that are on their way at a time. */
const inFlight = 8;

const phone = (server: ServerProcess, account: string): Promise<UserAgent> =>
  UserAgent.open({
    clock: systemClock,
    random: () => systemRandom.token(96),
    chance: () => (systemRandom.bytes(1)[0] ?? 0) / 256,
    hash: systemDigest,
    server: { transport: 'UDP', address: '127.0.0.1', port: server.sipPort },
    account,
    password,
  });

/** Every text of an account's archive, and how often it stands there. */
const archived = async ({ port }: ServerProcess, address: string): Promise<ReadonlyMap<string, number>> => {
  const client = new XmppClient({ address, password, transport: unencrypted('localhost', port) });
  await client.connect();
  try {
    return await archivedIds(client, (message) => message.childText('body'));
  } finally {
    await client.close();
  }
};

it(`keeps every 202 through ${kills} kills`, { timeout: 90_000 + kills * 15_000 }, async () => {
  const server = await ServerProcess.make({ sip: true });
  const phones: UserAgent[] = [];
  try {
    for (const address of [juliet, romeo]) await server.command('user', 'add', address, '--password', password);
    await server.start();
    const hers = await phone(server, juliet);
    const his = await phone(server, romeo);
    phones.push(hers, his);
    const heard = new Set<string>();
    his.handlers.set('MESSAGE', ({ body }) => {
      heard.add(new TextDecoder().decode(body));
      return { status: 200 };
    });
    expect(await his.register()).toMatchObject({ status: 200 });
    const [said, promised]: [string[], string[]] = [[], []];
    const hush = new AbortController();
    const talk = async (): Promise<void> => {
      while (!hush.signal.aborted) {
        const text = `word ${said.length}`;
        said.push(text);
        const answer = await hers.message(`sip:${romeo}`, text);
        if (typeof answer !== 'string' && answer.status === 202) promised.push(text);
        else await wait(20);
      }
    };
    const talks = Array.from({ length: inFlight }, talk);
    for (let kill = 0; kill < kills; kill++) {
      await wait(randomInt(100, 800));
      await server.kill();
      await server.start();
    }
    await wait(1_000);
    hush.abort();
    await Promise.all(talks);
    expect(promised.length).toBeGreaterThan(kills);
    await expect.poll(() => promised.filter((text) => !heard.has(text)), { timeout: 20_000 }).toEqual([]);
    const [own, other] = [await archived(server, juliet), await archived(server, romeo)];
    expect(promised.filter((text) => own.get(text) !== 1 || other.get(text) !== 1)).toEqual([]);
    expect(said.filter((text) => (own.get(text) ?? 0) > 1 || own.get(text) !== other.get(text))).toEqual([]);
  } finally {
    for (const each of phones) each.close();
    await server.close();
  }
});

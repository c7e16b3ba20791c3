// XEP-0160 §2: what waited is delivered in order, with its delay, once; across sessions, broken connections and resumptions.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { namespaces } from '@parlance/xmpp/namespaces';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { offline } from './xep-0160.offline.ts';

const juliet = 'juliet@capulet.example';
const romeo = 'romeo@montague.example';

let storage: EmbeddedStorage;
let clock: FakeClock;
let stage: Stage;
let sender: StageClient;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  clock = new FakeClock(Date.UTC(2002, 8, 10, 23, 8, 25));
  stage = new Stage({ clock, ...storage, extensions: [offline] });
  sender = await stage.bind(romeo, 'orchard');
});
afterEach(() => storage.close());

const message = (body: string, extra = ''): string =>
  `<message to='${juliet}' type='chat'><body>${body}</body>${extra}</message>`;

const say = async (...bodies: readonly string[]): Promise<void> => {
  for (const body of bodies) sender.post(message(body));
  await stage.quiet();
};

const waiting = async (): Promise<number> =>
  Number((await storage.read('SELECT COUNT(*) AS n FROM entry WHERE pending = 1'))[0]?.['n']);

const numbers = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, n) => `${from + n}`);

test('an offline message says when it was sent (Example 3)', async () => {
  await say('O blessed, blessed night!');
  clock.advance(60_000);
  const client = await stage.bind(juliet, 'balcony');
  client.available(1);
  await stage.quiet();
  const [stanza, ...more] = client.taken();
  expect(more).toEqual([]);
  expect(stanza?.childText('body')).toBe('O blessed, blessed night!');
  const delay = stanza?.child('delay', namespaces.delay);
  expect([delay?.attr('from'), delay?.attr('stamp')]).toEqual(['capulet.example', '2002-09-10T23:08:25.000Z']);
  expect(stanza?.child('stanza-id', namespaces.sid)?.attr('by')).toBe(juliet);
  expect(await waiting()).toBe(0);
});

test('a message that is not archived has no archive id, and is gone once it was delivered (XEP-0334 §4.1)', async () => {
  sender.post(message('psst', `<no-permanent-store xmlns='${namespaces.hints}'/>`));
  await stage.quiet();
  const client = await stage.bind(juliet, 'balcony');
  client.available();
  await stage.quiet();
  const [stanza] = client.taken();
  expect(stanza?.childText('body')).toBe('psst');
  expect(stanza?.child('stanza-id', namespaces.sid)).toBeUndefined();
  expect(await storage.read('SELECT * FROM entry')).toEqual([]);
});

test('a negative priority gets nothing (RFC 6121 §8.5.2.1)', async () => {
  await say('1');
  const client = await stage.bind(juliet, 'balcony');
  client.available(-1);
  await stage.quiet();
  expect(client.bodies()).toEqual([]);
  expect(await waiting()).toBe(1);
});

test('live messages do not overtake the backlog that is being read', async () => {
  await say(...numbers(0, 170));
  const client = await stage.bind(juliet, 'balcony');
  client.available();
  sender.post(message('live 1'));
  await stage.until(() => client.session.outbound.length > 0 || client.backlog > 0);
  sender.post(message('live 2'));
  await stage.quiet();
  sender.post(message('live 3'));
  await stage.quiet();
  expect(client.bodies()).toEqual([...numbers(0, 170), 'live 1', 'live 2', 'live 3']);
  expect(await waiting()).toBe(0);
});

test('on a stream that counts, an entry waits until it is acknowledged', async () => {
  await say(...numbers(0, 3));
  const client = await stage.bind(juliet, 'balcony');
  client.enable();
  client.available();
  await stage.quiet();
  expect(client.bodies()).toEqual(numbers(0, 3));
  expect(await waiting()).toBe(3);
  client.acknowledge();
  await stage.quiet();
  expect(await waiting()).toBe(0);
});

test('of two sessions that come at once, one gets it; the other when the first one is lost', async () => {
  await say(...numbers(0, 60));
  const [first, second] = [await stage.bind(juliet, 'balcony'), await stage.bind(juliet, 'chamber')];
  first.enable();
  second.enable();
  first.available();
  second.available();
  await stage.quiet();
  expect(first.bodies()).toEqual(numbers(0, 60));
  expect(second.bodies()).toEqual([]);
  first.drop();
  await stage.quiet();
  expect(second.bodies()).toEqual([]);
  await clock.advanceAsync(10_000);
  await stage.quiet();
  expect(second.bodies()).toEqual(numbers(0, 60));
  second.acknowledge();
  await stage.quiet();
  expect(await waiting()).toBe(0);
});

test('a connection that breaks midway goes on where it was', async () => {
  await say(...numbers(0, 120));
  const client = await stage.bind(juliet, 'balcony');
  client.enable();
  client.available();
  await stage.until(() => client.session.outbound.unacknowledged > 0);
  client.drop();
  await say('live');
  const again = stage.connect();
  again.resume(client);
  await stage.quiet();
  expect([...client.bodies(), ...again.bodies()]).toEqual([...numbers(0, 120), 'live']);
  again.acknowledge();
  await stage.quiet();
  expect(await waiting()).toBe(0);
});

test('a slow client is not given everything at once', async () => {
  const large = 'x'.repeat(10_000);
  await say(...numbers(0, 60).map((n) => `${n} ${large}`));
  const client = await stage.bind(juliet, 'balcony');
  client.enable();
  client.available();
  await stage.quiet();
  const first = client.bodies().length;
  expect(first).toBe(50);
  client.acknowledge();
  await stage.quiet();
  expect(client.bodies()).toHaveLength(10);
});

test('what a lost session alone had goes to the session that is there, and to the next one only if nobody had it', async () => {
  const first = await stage.bind(juliet, 'balcony');
  first.enable();
  first.available();
  await stage.quiet();
  first.drop();
  await say('1', '2');
  const second = await stage.bind(juliet, 'chamber');
  second.available();
  await stage.quiet();
  expect(second.bodies()).toEqual([]);
  await clock.advanceAsync(10_000);
  await stage.quiet();
  expect(second.bodies()).toEqual(['1', '2']);
  await clock.advanceAsync(300_000);
  await stage.quiet();
  expect(await waiting()).toBe(0);
  second.leave();
  const third = await stage.bind(juliet, 'tomb');
  third.available();
  await stage.quiet();
  expect(third.bodies()).toEqual([]);
});

test('a copy is nobody having it (XEP-0280 §6)', async () => {
  stage.host.copies(() => true);
  const [first, copied] = [await stage.bind(juliet, 'balcony'), await stage.bind(juliet, 'chamber')];
  first.enable();
  copied.enable();
  first.available();
  copied.available(-1);
  await say('1');
  expect([first.bodies(), copied.bodies()]).toEqual([['1'], ['1']]);
  first.drop();
  await clock.advanceAsync(10_000);
  const third = await stage.bind(juliet, 'tomb');
  third.available();
  await stage.quiet();
  expect(third.bodies()).toEqual(['1']);
  expect(await waiting()).toBe(0);
});

test('whatever sessions do, every message gets through, and to no session twice', async () => {
  type Act = {
    readonly kind: 'say' | 'bind' | 'drop' | 'resume' | 'leave' | 'acknowledge' | 'wait';
    readonly of: number;
  };
  const act: fc.Arbitrary<Act> = fc.record({
    kind: fc.constantFrom('say', 'say', 'bind', 'drop', 'resume', 'leave', 'acknowledge', 'wait'),
    of: fc.nat({ max: 3 }),
  });
  let said = 0;
  const play = async (acts: readonly Act[], first: number): Promise<void> => {
    const seen = new Map<string, string[]>();
    const clients = new Map<number, { client: StageClient; lost: boolean }>();
    const collect = (): void => {
      for (const { client } of clients.values()) seen.get(client.session.id)?.push(...client.bodies());
    };
    const one = async ({ kind, of }: Act): Promise<void> => {
      const held = clients.get(of);
      if (kind === 'say')
        sender.post(message(`${said++}`, of === 3 ? `<no-permanent-store xmlns='${namespaces.hints}'/>` : ''));
      else if (kind === 'wait') await (of > 0 ? clock.advanceAsync(of * 8_000) : stage.quiet());
      else if (kind === 'bind' && held === undefined) {
        const client = await stage.bind(juliet, `r${of}`);
        clients.set(of, { client, lost: false });
        seen.set(client.session.id, []);
        if (of > 0) client.enable();
        client.available();
      } else if (held === undefined) return;
      else if (kind === 'acknowledge' && !held.lost && of > 0) held.client.acknowledge();
      else if (kind === 'leave' && !held.lost) {
        if (of > 0) held.client.acknowledge();
        held.client.leave();
        collect();
        clients.delete(of);
      } else if (kind === 'drop' && !held.lost) {
        held.client.drop();
        collect();
        if (of === 0) clients.delete(of);
        else clients.set(of, { client: held.client, lost: true });
      } else if (kind === 'resume' && held.lost) {
        if (stage.context.table.byId(held.client.session.id) === undefined) clients.delete(of);
        else {
          const client = stage.connect();
          client.resume(held.client);
          clients.set(of, { client, lost: false });
        }
      }
    };
    for (const each of acts) await one(each);
    await stage.quiet();
    for (const [of, { lost }] of [...clients]) if (lost) await one({ kind: 'resume', of });
    await stage.quiet();
    const last = await stage.bind(juliet, 'last');
    clients.set(9, { client: last, lost: false });
    seen.set(last.session.id, []);
    last.available();
    await stage.quiet();
    collect();
    const all = [...seen.values()].flat();
    for (let n = first; n < said; n++) expect(all).toContain(`${n}`);
    for (const bodies of seen.values()) expect(new Set(bodies).size).toBe(bodies.length);
    for (const { client } of clients.values()) client.leave();
    await stage.quiet();
    const rest = await stage.bind(juliet, 'rest');
    rest.available();
    await stage.quiet();
    rest.leave();
    await stage.quiet();
    expect(await waiting()).toBe(0);
  };
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 5, maxLength: 30 }), (acts) => play(acts, said)),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 40, endOnFailure: true },
  );
});

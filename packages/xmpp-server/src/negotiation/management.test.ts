// Stream management on real streams: order, wrong counts, foreign and doubled resumptions, exact counts (XEP-0198 §3–§6).
import type { Address } from '@parlance/core/ids';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { parseDocument } from '@parlance/xml/document';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { offline } from '../ext/xep-0160.offline.ts';
import { socketFraming } from '../framing.ts';
import type { StreamServices } from '../services.ts';
import { ClientStream } from '../stream.ts';
import { MemoryConnection } from '../testing/memory-connection.ts';
import { Stage } from '../testing/stage.ts';
import { bind } from './bind.ts';
import { Management, resumption } from './management.ts';
import { FeatureNegotiator } from './negotiator.ts';

const juliet = 'juliet@capulet.example';
const romeo = 'romeo@montague.example';

let clock: FakeClock;
let storage: EmbeddedStorage;
let stage: Stage;
let services: StreamServices;

const openStage = (): void => {
  stage = new Stage({ clock, ...storage, extensions: [offline] });
  const { context, sessions, inbound } = stage;
  const management = new Management(context, sessions);
  services = {
    context,
    sessions,
    inbound,
    negotiator: (stream) => new FeatureNegotiator(stream, [bind(context, sessions), resumption(sessions)]),
    nonza: (session, element, stream) => void management.handle(session, element, stream),
    upgrade: undefined,
  };
};

beforeEach(async () => {
  clock = new FakeClock();
  storage = await openEmbedded(juliet, romeo);
  openStage();
});
afterEach(() => storage.close());

const sm = (name: string, attributes: Readonly<Record<string, string>> = {}): string =>
  `<${name} xmlns='${namespaces.sm}'${Object.entries(attributes)
    .map(([key, value]) => ` ${key}='${value}'`)
    .join('')}/>`;

class Client {
  readonly connection = new MemoryConnection({ securePath: true, bindings: {}, address: '192.0.2.1' });
  readonly stream = new ClientStream(this.connection, services, socketFraming);

  /** Has signed in as somebody. */
  static async as(address: string | undefined): Promise<Client> {
    const client = new Client();
    client.stream.account = address === undefined ? undefined : await stage.account(address);
    client.stream.opened(el('stream', namespaces.stream, { to: 'capulet.example', version: '1.0' }));
    client.connection.take();
    return client;
  }

  /** Says it without waiting. */
  post(xml: string): void {
    this.stream.element(parseDocument(xml, undefined, namespaces.client));
  }

  /** Says it and hears what comes back. */
  async says(xml: string): Promise<string> {
    this.post(xml);
    await stage.quiet();
    return this.connection.take();
  }

  async binds(resource: string): Promise<void> {
    await this.says(
      `<iq type='set' id='b'><bind xmlns='${namespaces.bind}'><resource>${resource}</resource></bind></iq>`,
    );
  }

  /** Bound and resumable; gives the stream's id. */
  async enables(resource: string): Promise<string> {
    await this.binds(resource);
    const answer = await this.says(sm('enable', { resume: 'true' }));
    return / id='([^']+)'/.exec(answer)?.[1] ?? '';
  }

  /** Its cable is pulled. */
  drops(): void {
    this.stream.closed();
  }
}

const message = (to: string, body: string): string => `<message to='${to}' type='chat'><body>${body}</body></message>`;

const sessionsOf = (address: string): number => stage.context.table.sessions(address as Address).length;

it.each([[undefined], [romeo]])(
  'enabling before binding fails, and the stream goes on (§3); signed in as %s',
  async (who) => {
    const client = await Client.as(who);
    expect(await client.says(sm('enable'))).toMatch(/^<failed xmlns='urn:xmpp:sm:3'><unexpected-request /);
    expect(client.connection.ended).toBe(false);
  },
);

it('resuming before signing in, or after binding, fails (§6)', async () => {
  const stranger = await Client.as(undefined);
  expect(await stranger.says(sm('resume', { previd: 'x', h: '0' }))).toContain('<unexpected-request ');
  const bound = await Client.as(romeo);
  await bound.binds('orchard');
  expect(await bound.says(sm('resume', { previd: 'x', h: '0' }))).toContain('<unexpected-request ');
  expect(bound.connection.ended).toBe(false);
});

it.each([
  { previd: 'x' },
  { previd: 'x', h: '' },
  { previd: 'x', h: '-1' },
  { previd: 'x', h: '4294967296' },
  { h: '0' },
])(
  'resuming with %o is a bad request, and the stream goes on (§6)',
  async (attributes: Readonly<Record<string, string>>) => {
    const client = await Client.as(romeo);
    expect(await client.says(sm('resume', attributes))).toMatch(/^<failed [^>]+><bad-request /);
    await client.binds('orchard');
    expect(sessionsOf(romeo)).toBe(1);
  },
);

it('nobody resumes a stream of somebody else, one that was not to be resumed, or none; each may bind (§5)', async () => {
  const owner = await Client.as(romeo);
  const id = await owner.enables('orchard');
  const plain = await Client.as(romeo);
  await plain.binds('garden');
  await plain.says(sm('enable'));
  const other = await Client.as(juliet);
  expect(await other.says(sm('resume', { previd: id, h: '0' }))).toMatch(/^<failed [^>]+><item-not-found /);
  await other.binds('balcony');
  expect(sessionsOf(juliet)).toBe(1);
  const own = await Client.as(romeo);
  for (const previd of ['none', String(plain.stream.session?.id)])
    expect(await own.says(sm('resume', { previd, h: '0' }))).toContain('<item-not-found ');
  expect(sessionsOf(romeo)).toBe(2);
  expect([owner.connection.ended, plain.connection.ended]).toEqual([false, false]);
});

it('a count above what was sent ends the stream and says both numbers (§6)', async () => {
  const client = await Client.as(romeo);
  await client.enables('orchard');
  const heard = await client.says(sm('a', { h: '10' }));
  expect(heard).toContain('<undefined-condition ');
  expect(heard).toContain("<handled-count-too-high xmlns='urn:xmpp:sm:3' h='10' send-count='0'/>");
  expect(client.connection.ended).toBe(true);
});

it('a resumption that counts too much takes nothing over: the session waits on, can be resumed, and expires (§6)', async () => {
  const lost = await Client.as(romeo);
  const id = await lost.enables('orchard');
  lost.drops();
  const wrong = await Client.as(romeo);
  expect(await wrong.says(sm('resume', { previd: id, h: '7' }))).toContain('<handled-count-too-high ');
  const back = await Client.as(romeo);
  expect(await back.says(sm('resume', { previd: id, h: '0' }))).toContain('<resumed ');
  back.drops();
  const again = await Client.as(romeo);
  await again.says(sm('resume', { previd: id, h: '7' }));
  clock.advance(310_000);
  expect(sessionsOf(romeo)).toBe(0);
});

it('what a lost connection brought last is counted before the resumption is answered (§5)', async () => {
  const lost = await Client.as(romeo);
  const id = await lost.enables('orchard');
  // Juliet's account is not in memory: the message waits, and then for the disk.
  lost.post(message(juliet, 'once'));
  lost.drops();
  const back = await Client.as(romeo);
  expect(await back.says(sm('resume', { previd: id, h: '0' }))).toContain(
    `<resumed xmlns='urn:xmpp:sm:3' previd='${id}' h='1'/>`,
  );
  back.post(message(juliet, 'twice'));
  expect(await back.says(sm('r'))).toContain(" h='2'");
  expect((await stage.account(juliet)).waiting.size).toBe(2);
});

it('a connection that is still open ends with conflict, and nothing that it says later counts (§5)', async () => {
  const old = await Client.as(romeo);
  const id = await old.enables('orchard');
  const young = await Client.as(romeo);
  old.post(message(juliet, 'once'));
  young.post(sm('resume', { previd: id, h: '0' }));
  old.post(message(juliet, 'late'));
  await stage.quiet();
  expect(old.connection.take()).toContain('<conflict ');
  expect(young.connection.take()).toContain(" h='1'/>");
  expect(sessionsOf(romeo)).toBe(1);
  expect((await stage.account(juliet)).waiting.size).toBe(1);
});

it('of two that resume at once the later has the session, and it is whole', async () => {
  const lost = await Client.as(romeo);
  const id = await lost.enables('orchard');
  lost.post(message(juliet, 'once'));
  lost.drops();
  const [one, two] = [await Client.as(romeo), await Client.as(romeo)];
  one.post(sm('resume', { previd: id, h: '0' }));
  two.post(sm('resume', { previd: id, h: '0' }));
  await stage.quiet();
  expect(one.connection.take()).toContain('<conflict ');
  expect(two.connection.take()).toContain('<resumed ');
  expect(await two.says(sm('r'))).toContain(" h='1'");
  expect(stage.context.table.sessions(romeo as Address).map(({ connected }) => connected)).toEqual([true]);
});

it('one that goes while its resumption waits leaves the session resumable', async () => {
  const lost = await Client.as(romeo);
  const id = await lost.enables('orchard');
  lost.post(message(juliet, 'once'));
  lost.drops();
  const hasty = await Client.as(romeo);
  hasty.post(sm('resume', { previd: id, h: '0' }));
  hasty.drops();
  await stage.quiet();
  expect(stage.context.table.sessions(romeo as Address).map(({ connected }) => connected)).toEqual([false]);
  const back = await Client.as(romeo);
  expect(await back.says(sm('resume', { previd: id, h: '0' }))).toContain(" h='1'/>");
});

it('a request for an acknowledgement before enabling is passed over', async () => {
  const client = await Client.as(romeo);
  await client.binds('orchard');
  expect(await client.says(sm('r'))).toBe('');
  expect(client.connection.ended).toBe(false);
});

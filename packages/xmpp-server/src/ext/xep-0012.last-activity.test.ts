// XEP-0012 on the stage: when somebody left, for whom, and the server's uptime.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import type { Element } from '@parlance/xml/element';
import { readDelay } from '@parlance/xmpp/wire/xep-0203.delay';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { befriend, juliet, online, openCompany, romeo } from '../testing/company.ts';
import type { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { lastSeen } from './xep-0012.last-activity.ts';

let storage: EmbeddedStorage;
let clock: FakeClock;
let stage: Stage;
let r: StageClient;
let j: StageClient;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  clock = new FakeClock();
  stage = openCompany({ clock, ...storage }, lastSeen);
  r = await online(stage, romeo, 'orchard');
  j = await online(stage, juliet, 'balcony');
});
afterEach(() => storage.close());

const ask = (to?: string): Promise<Element> =>
  r.ask(`<iq type='get' id='last1'${to === undefined ? '' : ` to='${to}'`}><query xmlns='jabber:iq:last'/></iq>`);

const said = (iq: Element): [string | undefined, string] => {
  const query = iq.elements()[0];
  return [query?.attr('seconds'), query?.text() ?? ''];
};

const condition = (iq: Element): string | undefined => iq.child('error')?.elements()[0]?.name;

it('is zero while somebody is there, then counts from the leave, with its status (Examples 1–5)', async () => {
  await befriend(r, j);
  expect(said(await ask(juliet))).toEqual(['0', '']);
  await j.send("<presence type='unavailable'><status>Heading Home</status></presence>");
  j.leave();
  await clock.advanceAsync(903_000);
  await stage.quiet();
  expect(said(await ask(juliet))).toEqual(['903', 'Heading Home']);
});

it('is told to who probes, with the time of the leave (RFC 6121 §4.3.2 rule 3)', async () => {
  await befriend(r, j);
  j.leave();
  const left = clock.now();
  await clock.advanceAsync(903_000);
  await stage.quiet();
  r.taken();
  await r.send(`<presence to='${juliet}' type='probe' id='probe1'/>`);
  await stage.quiet();
  const [absent] = r.taken();
  expect([absent?.attr('type'), absent?.attr('id'), absent && readDelay(absent)?.time]).toEqual([
    'unavailable',
    'probe1',
    left,
  ]);
});

it('is told of one who is connected and not available (RFC 6121 §4.3.2 rule 3)', async () => {
  await befriend(r, j);
  await j.send("<presence type='unavailable'/>");
  const left = clock.now();
  await clock.advanceAsync(60_000);
  r.taken();
  await r.send(`<presence to='${juliet}' type='probe'/>`);
  await stage.quiet();
  const [absent] = r.taken();
  expect(absent && readDelay(absent)?.time).toBe(left);
});

it('is known at once, and on disk a second later', async () => {
  await befriend(r, j);
  const { account } = j.session;
  const stored = (): Promise<string | undefined> => stage.context.stores.documents.get(account.id, 'last activity', '');
  j.leave();
  expect(await stored()).toBeUndefined();
  expect(said(await ask(juliet))).toEqual(['0', '']);
  await clock.advanceAsync(2_000);
  await stage.quiet();
  expect(JSON.parse((await stored()) ?? '{}')).toEqual({ at: clock.now() - 2_000, status: '' });
});

it('counts from the end of the last session', async () => {
  await befriend(r, j);
  const second = await online(stage, juliet, 'chamber');
  await j.send("<presence type='unavailable'><status>first</status></presence>");
  j.leave();
  await clock.advanceAsync(5_000);
  expect(said(await ask(juliet))).toEqual(['0', '']);
  second.leave();
  await clock.advanceAsync(7_000);
  await stage.quiet();
  expect(said(await ask(juliet))).toEqual(['7', '']);
});

it('is not there for those who may not watch, whether or not the account exists (RFC 6121 §8.5.1, checklist 27)', async () => {
  for (const address of [juliet, 'nobody@capulet.example'])
    expect(condition(await ask(address))).toBe('service-unavailable');
});

it('of one who was never here is not known', async () => {
  await storage.account('nurse@capulet.example');
  const nurse = await stage.bind('nurse@capulet.example', 'x');
  await befriend(r, nurse);
  stage.context.table.remove(nurse.session);
  expect(condition(await ask('nurse@capulet.example'))).toBe('item-not-found');
});

it('of oneself is now, of the server its uptime (Examples 10, 11)', async () => {
  await clock.advanceAsync(123_456);
  expect(said(await ask())).toEqual(['0', '']);
  expect(said(await ask('montague.example'))).toEqual(['123', '']);
});

// SECURITY-CHECKLIST 27: what each relation lets somebody learn of an account that is there; RFC 6121 §8.5.3.1, §11, XEP-0012 §8.
import type { Contact, Permission } from '@parlance/core/contact';
import { stranger } from '@parlance/core/contact';
import type { Address } from '@parlance/core/ids';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import type { Element } from '@parlance/xml/element';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { lastSeen } from '../ext/xep-0012.last-activity.ts';
import { blocking } from '../ext/xep-0191.blocking.ts';
import { juliet, online, openCompany, romeo } from '../testing/company.ts';
import type { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';

let storage: EmbeddedStorage;
let stage: Stage;
let r: StageClient;
let j: StageClient;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  stage = openCompany({ clock: new FakeClock(), ...storage }, lastSeen, blocking);
  r = await online(stage, romeo, 'orchard');
  j = await online(stage, juliet, 'balcony');
});
afterEach(() => storage.close());

/** What Juliet's contact list and block list say of Romeo. */
const relate = (change: Partial<Contact>, blocked: readonly string[] = []): void => {
  const { account } = j.session;
  const row = { ...stranger(romeo as Address, 0), listed: true, ...change };
  account.view = { ...account.view, contacts: new Map([[romeo, row]]), blocked: new Set(blocked) };
};

const condition = (stanza: Element | undefined): string | undefined => stanza?.child('error')?.elements()[0]?.name;

/** What Romeo learns by every way that he has. */
const learned = async (): Promise<string[]> => {
  const ways: string[] = [];
  r.taken();
  await j.send('<presence><show>dnd</show></presence>');
  if (r.taken().length > 0) ways.push('broadcast');
  await r.send(`<presence to='${juliet}' type='probe'/>`);
  if (r.taken().length > 0) ways.push('probe');
  await r.send(`<presence to='${juliet}/balcony' type='probe'/>`);
  if (r.taken().length > 0) ways.push('probe of a resource');
  await r.send(`<iq to='${juliet}/balcony' type='get' id='v'><query xmlns='jabber:iq:version'/></iq>`);
  if (condition(r.taken()[0]) !== 'service-unavailable') ways.push('request');
  await r.send(`<iq to='${juliet}' type='get' id='l'><query xmlns='jabber:iq:last'/></iq>`);
  if (condition(r.taken()[0]) === undefined) ways.push('last activity');
  r.leave();
  const back = await stage.bind(romeo, 'orchard');
  await back.send('<presence/>');
  if (back.taken().some((stanza) => stanza.attr('from')?.startsWith(juliet) === true)) ways.push('greeting');
  return ways;
};

it.each<[Permission, readonly string[]]>([
  ['none', []],
  ['pending', []],
  ['polite-block', []],
  ['block', []],
  ['allow', ['broadcast', 'probe', 'probe of a resource', 'request', 'last activity']],
])('permission %s: %j', async (permission, ways) => {
  relate({ permission });
  expect(await learned()).toEqual(ways);
});

it.each(['asked', 'granted'] as const)('interest alone, %s: nothing', async (interest) => {
  relate({ interest });
  expect(await learned()).toEqual([]);
});

it('an approval that was never asked for: nothing', async () => {
  relate({ approved: true });
  expect(await learned()).toEqual([]);
});

it.each([romeo, `${romeo}/orchard`, 'montague.example'])('allowed, and %s blocked: nothing', async (pattern) => {
  relate({ permission: 'allow' }, [pattern]);
  expect(await learned()).toEqual([]);
});

it('directed presence to one resource: that it is there, and requests', async () => {
  relate({});
  await j.send(`<presence to='${romeo}/orchard'/>`);
  expect(await learned()).toEqual(['probe of a resource', 'request']);
});

it('a watcher who wants to watch is greeted', async () => {
  relate({ permission: 'allow' });
  const row = { ...stranger(juliet as Address, 0), listed: true, interest: 'granted' as const };
  r.session.account.view = { ...r.session.account.view, contacts: new Map([[juliet, row]]) };
  expect(await learned()).toContain('greeting');
});

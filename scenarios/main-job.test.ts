// The main job: people see each other's status and talk, and who was away gets what he missed (DESIGN §1, rows 1 and 2).
import { type Element, el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import type { XmppClient } from '@parlance/xmpp-client/client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { House } from './house.ts';

const { client: ns } = namespaces;
const juliet = 'juliet@localhost';
const romeo = 'romeo@localhost';

let house: House;

beforeEach(async () => {
  house = await House.open();
  await house.people(juliet, romeo);
});
afterEach(() => house.close());

const presence = (attrs: Readonly<Record<string, string>> = {}, ...children: readonly Element[]): Element =>
  el('presence', ns, attrs, ...children);

const say = (to: string, text: string): Element => el('message', ns, { to, type: 'chat' }, el('body', ns, {}, text));

/** The first stanza of that kind which fits, from now on. */
const next = (client: XmppClient, kind: 'message' | 'presence', fits: (stanza: Element) => boolean): Promise<Element> =>
  new Promise((resolve) => {
    const stop = client.on(kind, (stanza) => {
      if (!fits(stanza)) return;
      stop();
      resolve(stanza);
    });
  });

const hasType = (type: string | undefined, from: string) => (stanza: Element) =>
  stanza.attr('type') === type && (stanza.attr('from') ?? '').startsWith(from);

const says = (text: string) => (stanza: Element) => stanza.childText('body', ns) === text;

/** Both subscribe to each other. */
const befriend = async (one: XmppClient, other: XmppClient): Promise<void> => {
  for (const [asker, asked] of [
    [one, other],
    [other, one],
  ] as const) {
    const request = next(asked, 'presence', hasType('subscribe', asker.account));
    const granted = next(asker, 'presence', hasType('subscribed', asked.account));
    asker.send(presence({ to: asked.account, type: 'subscribe' }));
    await request;
    asked.send(presence({ to: asker.account, type: 'subscribed' }));
    await granted;
  }
};

it('people subscribe to each other, see each other come, change and go, and talk', async () => {
  const one = await house.client(juliet);
  const other = await house.client(romeo);
  for (const client of [one, other]) {
    await client.request('get', el('query', namespaces.roster));
    client.send(presence());
  }
  await befriend(one, other);

  const away = next(one, 'presence', (stanza) => stanza.childText('show', ns) === 'away');
  const began = performance.now();
  other.send(presence({}, el('show', ns, {}, 'away'), el('status', ns, {}, 'in the orchard')));
  expect((await away).childText('status', ns)).toBe('in the orchard');
  expect(performance.now() - began).toBeLessThan(1_000);

  const heard = next(other, 'message', says('Art thou not Romeo?'));
  expect(await one.send(say(romeo, 'Art thou not Romeo?')).outcome()).toBe('acked');
  expect((await heard).attr('from')).toBe(one.address);
  const answered = next(one, 'message', says('Neither, fair maid.'));
  other.send(say(one.address, 'Neither, fair maid.'));
  await answered;

  const gone = next(one, 'presence', hasType('unavailable', romeo));
  await other.close();
  await gone;
});

it('who was away gets what he missed, in order, with the time at which it came', async () => {
  const one = await house.client(juliet);
  one.send(presence());
  const words = ['O Romeo,', 'Romeo!', 'wherefore art thou', 'Romeo?'];
  for (const word of words) expect(await one.send(say(romeo, word)).outcome()).toBe('acked');

  const other = await house.client(romeo);
  const missed: Element[] = [];
  other.on('message', (message) => missed.push(message));
  const last = next(other, 'message', says('Romeo?'));
  other.send(presence());
  await last;
  expect(missed.map((message) => message.childText('body', ns))).toEqual(words);
  for (const message of missed) expect(message.child('delay', namespaces.delay)?.attr('from')).toBe('localhost');
});

it('a session goes on where it was after the server was stopped and started again', async () => {
  const one = await house.client(juliet);
  const other = await house.client(romeo);
  for (const client of [one, other]) client.send(presence());
  const resumed = [one.once('resumed'), other.once('resumed')];
  const heard = next(other, 'message', says('Good night, good night!'));
  await house.stop();
  one.send(say(romeo, 'Good night, good night!'));
  await house.start();
  for (const client of [one, other]) client.wake();
  await Promise.all(resumed);
  expect((await heard).attr('from')).toBe(one.address);
});

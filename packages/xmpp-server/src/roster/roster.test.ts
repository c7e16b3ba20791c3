// RFC 6121 §2 on the stage: requests, pushes, errors, limits, what is on disk; and exact versions for every client that comes back.
import type { Address } from '@parlance/core/ids';
import { chanceOf } from '@parlance/testkit/chance';
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPresence } from '../presence/room.ts';
import { brief, heard, online } from '../testing/company.ts';
import { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { rosterLimits } from './limits.ts';

const juliet = 'juliet@capulet.example';
const romeo = 'romeo@montague.example';
const nurse = 'nurse@capulet.example';

let storage: EmbeddedStorage;
let clock: FakeClock;
let stage: Stage;
let disk: 'works' | 'fails';

const open = (limits = rosterLimits): Stage =>
  new Stage({
    clock,
    stores: storage.stores,
    committer: {
      commit: (writes) =>
        disk === 'works' ? storage.committer.commit(writes) : Promise.reject(new Error('disk full')),
    },
    extensions: [],
    presence: (context, points) => openPresence(context, points, limits),
  });

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo, nurse);
  clock = new FakeClock();
  disk = 'works';
  stage = open();
});
afterEach(() => storage.close());

const set = (item: string, to = ''): string =>
  `<iq type='set' id='s'${to}><query xmlns='jabber:iq:roster'>${item}</query></iq>`;

const get = (ver?: string): string =>
  `<iq type='get' id='g'><query xmlns='jabber:iq:roster'${ver === undefined ? '' : ` ver='${ver}'`}/></iq>`;

const condition = (stanza: Element): string | undefined => stanza.child('error')?.elements()[0]?.name;

const itemsOf = (iq: Element | undefined): string[] =>
  iq
    ?.elements()[0]
    ?.elements()
    .map((item) => serialise(item)) ?? [];

const verOf = (iq: Element | undefined): string => iq?.elements()[0]?.attr('ver') ?? '';

const answerTo = (client: StageClient): Element | undefined =>
  client.taken().find((stanza) => stanza.name === 'iq' && stanza.attr('type') !== 'set');

describe('a roster', () => {
  it('is empty at first, and says so with an empty query (§2.1.4)', async () => {
    const j = await stage.bind(juliet, 'balcony');
    const iq = await j.ask(get());
    expect([iq.attr('type'), itemsOf(iq), verOf(iq) !== '']).toEqual(['result', [], true]);
  });

  it('gets an item, with a push to every session that asked for it and to no other (§2.1.6, §2.3.2)', async () => {
    const [one, two, deaf] = [
      await online(stage, juliet, 'balcony'),
      await online(stage, juliet, 'chamber'),
      await stage.bind(juliet, 'deaf'),
    ];
    one.taken();
    await one.send(set(`<item jid='${nurse}' name='Nurse'><group>Servants</group></item>`));
    const [push, result] = one.taken();
    expect([push?.attr('to'), push?.attr('type'), push?.attr('from')]).toEqual([`${juliet}/balcony`, 'set', undefined]);
    expect(itemsOf(push)).toEqual([
      `<item xmlns='jabber:iq:roster' jid='${nurse}' name='Nurse' subscription='none'><group>Servants</group></item>`,
    ]);
    expect([result?.attr('type'), result?.attr('id'), result?.children.length]).toEqual(['result', 's', 0]);
    expect(itemsOf(two.taken()[0])).toEqual(itemsOf(push));
    expect(heard(deaf)).toEqual([]);
    await one.send(`<iq type='result' id='${push?.attr('id')}'/>`);
    await two.send(`<iq type='error' id='${push?.attr('id')}'><error type='cancel'/></iq>`);
    expect([heard(one), heard(two)]).toEqual([[], []]);
  });

  it('is on disk when the set is answered, and the same after a restart', async () => {
    const j = await stage.bind(juliet, 'balcony');
    await j.send(set(`<item jid='${nurse}' name='Nurse'><group>Servants</group><group>Old</group></item>`));
    await j.send(set("<item jid='irc.capulet.example'/>"));
    const before = await j.ask(get());
    const again = await open().bind(juliet, 'balcony');
    await again.send(get());
    const after = again.taken()[0];
    expect([itemsOf(after).sort(), verOf(after)]).toEqual([itemsOf(before).sort(), verOf(before)]);
    expect(itemsOf(before)).toHaveLength(2);
  });

  it("takes an item exactly as it was set the last time (§2.4.1), and keeps what is not the client's", async () => {
    const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
    await r.send(`<presence to='${juliet}' type='subscribe'/>`);
    await j.send(`<presence to='${romeo}' type='subscribed'/>`);
    await r.send(set(`<item jid='${juliet}' name='J' subscription='both' ask='subscribe'><group>A</group></item>`));
    await r.send(set(`<item jid='${juliet}' name='' approved='true'/>`));
    expect(itemsOf(await r.ask(get()))).toEqual([`<item xmlns='jabber:iq:roster' jid='${juliet}' subscription='to'/>`]);
  });

  it('loses an item; a request of it that waits stays a request', async () => {
    const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
    await j.send(set(`<item jid='${romeo}' name='R'/>`));
    await r.send(`<presence to='${juliet}' type='subscribe'/>`);
    j.taken();
    await j.send(set(`<item jid='${romeo}' subscription='remove'/>`));
    expect(heard(j)).toEqual([`push ${romeo} remove`, 'iq result']);
    expect(itemsOf(await j.ask(get()))).toEqual([]);
    expect(j.session.account.view.contacts.get(romeo)).toMatchObject({ permission: 'pending', name: '' });
    await j.send(set(`<item jid='${romeo}' subscription='remove'/>`));
    expect(j.taken().map(condition)).toEqual(['item-not-found']);
  });
});

it('is given to who asks with more than this server knows, as clients of MIX do (XEP-0405 §2.10)', async () => {
  const j = await online(stage, juliet, 'balcony');
  await j.send(set(`<item jid='${romeo}'/><annotate xmlns='urn:xmpp:mix:roster:0'/>`));
  const ask = "<query xmlns='jabber:iq:roster' ver=''><annotate xmlns='urn:xmpp:mix:roster:0'/></query>";
  const answer = await j.ask(`<iq type='get' id='g'>${ask}</iq>`);
  expect(itemsOf(answer)).toEqual([`<item xmlns='jabber:iq:roster' jid='${romeo}' subscription='none'/>`]);
});

describe('a roster set is refused', () => {
  it.each([
    [`<item jid='${juliet}'/>`, 'not-allowed'],
    ["<item jid='nobody@capulet.example' subscription='remove'/>", 'item-not-found'],
    ["<item jid='a@b.example'/><item jid='c@d.example'/>", 'bad-request'],
    ["<item jid='a@b.example'><group/></item>", 'not-acceptable'],
    [`<item jid='a@b.example' name='${'n'.repeat(1024)}'/>`, 'not-acceptable'],
  ])('%s: %s (§2.3.3)', async (item, expected) => {
    const j = await stage.bind(juliet, 'balcony');
    await j.send(set(item));
    expect(j.taken().map(condition)).toEqual([expected]);
  });

  it('with an item inside a get', async () => {
    const j = await stage.bind(juliet, 'balcony');
    const iq = await j.ask(
      "<iq type='get' id='g'><query xmlns='jabber:iq:roster'><item jid='a@b.example'/></query></iq>",
    );
    expect(condition(iq)).toBe('bad-request');
  });

  it('for another account, whether or not it exists (§2.1.5)', async () => {
    const j = await stage.bind(juliet, 'balcony');
    for (const to of [romeo, 'nobody@capulet.example']) {
      await j.send(set(`<item jid='${nurse}'/>`, ` to='${to}'`));
      expect(j.taken().map(condition)).toEqual(['forbidden']);
    }
  });

  it('beyond the limits, also by subscribing and pre-approving (checklist 33)', async () => {
    stage = open({ ...rosterLimits, items: 2 });
    const j = await online(stage, juliet, 'balcony');
    await j.send(set("<item jid='one@b.example'/>"));
    await j.send("<presence to='two@b.example' type='subscribe'/>");
    j.taken();
    await j.send(set("<item jid='three@b.example'/>"));
    await j.send("<presence to='three@b.example' type='subscribe'/>");
    await j.send("<presence to='three@b.example' type='subscribed'/>");
    expect(j.taken().map(condition)).toEqual(Array(3).fill('policy-violation'));
    await j.send(set("<item jid='one@b.example' name='still changeable'/>"));
    expect(heard(j)).toEqual(['push one@b.example none', 'iq result']);
  });

  it('when the disk is full, and then nothing of it happened', async () => {
    const j = await online(stage, juliet, 'balcony');
    await j.send(set(`<item jid='${nurse}' name='Nurse'/>`));
    const before = await j.ask(get());
    disk = 'fails';
    await j.send(set("<item jid='a@b.example'/>"));
    const second = await stage.bind(juliet, 'chamber');
    j.post(set("<item jid='c@d.example'/>"));
    const early = await second.ask(get());
    expect(itemsOf(early)).toEqual(itemsOf(before));
    await j.send(set(`<item jid='${nurse}' subscription='remove'/>`));
    await j.send(`<presence to='${romeo}' type='subscribe'/>`);
    expect(j.taken().map(condition)).toEqual(Array(4).fill('resource-constraint'));
    disk = 'works';
    for (const ver of [verOf(early), verOf(before), undefined])
      expect(itemsOf(await j.ask(get(ver)))).toEqual(itemsOf(before));
  });

  it('that cannot be stored, and so are all later ones of the same item', async () => {
    const [j, editor] = [await online(stage, juliet, 'balcony'), await online(stage, juliet, 'editor')];
    await j.send(set(`<item jid='${nurse}' name='Nurse'/>`));
    const before = itemsOf(await j.ask(get()));
    disk = 'fails';
    j.post(set(`<item jid='${nurse}' name='Angelica'/>`));
    editor.post(set(`<item jid='${nurse}' name='Dame'/>`));
    await stage.quiet();
    j.taken();
    expect(itemsOf(await j.ask(get()))).toEqual(before);
  });

  it('that cannot be stored, and nobody is told a version which a crash would give to something else', async () => {
    const j = await online(stage, juliet, 'balcony');
    await j.send(set(`<item jid='${nurse}' name='Nurse'/>`));
    disk = 'fails';
    await j.send(set("<item jid='a@b.example'/>"));
    j.taken();
    const cache = new Cache();
    cache.take([await j.ask(get())]);
    disk = 'works';
    stage = open();
    const again = await online(stage, juliet, 'balcony');
    for (const name of ['b', 'c', 'd']) await again.send(set(`<item jid='${name}@b.example'/>`));
    again.taken();
    cache.take([await again.ask(get(cache.ver))]);
    const whole = new Cache();
    whole.take([await again.ask(get())]);
    expect(cache.items).toEqual(whole.items);
  });
});

it('only so many strangers may wait for an answer', async () => {
  stage = open({ ...rosterLimits, requests: 1 });
  for (const address of [romeo, nurse]) {
    const client = await stage.bind(address, 'x');
    await client.send(`<presence to='${juliet}' type='subscribe'/>`);
  }
  const j = await stage.bind(juliet, 'balcony');
  await j.send('<presence/>');
  expect(heard(j)).toEqual([`${juliet}/balcony available`, `${romeo} subscribe`]);
});

describe('versions (§2.6)', () => {
  it('are announced', () => {
    expect(stage.host.streamFeatures().map(({ name, ns }) => `${ns} ${name}`)).toEqual([
      'urn:xmpp:features:rosterver ver',
      'urn:xmpp:features:pre-approval sub',
    ]);
  });

  it('equal: an empty result; unknown, empty or of another account: the whole roster', async () => {
    const [j, r] = [await stage.bind(juliet, 'balcony'), await stage.bind(romeo, 'orchard')];
    await j.send(set(`<item jid='${nurse}'/>`));
    await r.send(set(`<item jid='${nurse}'/>`));
    j.taken();
    const ver = verOf(await j.ask(get()));
    expect((await j.ask(get(ver))).children).toEqual([]);
    for (const other of ['', 'x', verOf(await r.ask(get()))]) expect(itemsOf(await j.ask(get(other)))).toHaveLength(1);
  });

  it('older: what changed comes as pushes, in order, behind an empty result', async () => {
    const j = await stage.bind(juliet, 'balcony');
    for (let n = 0; n < 8; n++) await j.send(set(`<item jid='n${n}@b.example'/>`));
    j.taken();
    const ver = verOf(await j.ask(get()));
    for (const n of [3, 5, 3]) await j.send(set(`<item jid='n${n}@b.example' name='changed'/>`));
    j.taken();
    await j.send(get(ver));
    const [result, ...pushes] = j.taken();
    expect([result?.attr('type'), result?.children.length]).toEqual(['result', 0]);
    expect(pushes.map(brief)).toEqual(['push n5@b.example none', 'push n3@b.example none']);
    expect(new Set(pushes.map(verOf)).size).toBe(2);
    expect((await j.ask(get(verOf(pushes.at(-1))))).children).toEqual([]);
  });

  it('one that is not on disk is told to nobody: after a crash it would be given to something else', async () => {
    const [j, editor] = [await stage.bind(juliet, 'balcony'), await online(stage, juliet, 'editor')];
    editor.post(set("<item jid='n0@b.example'/>"));
    j.post(get());
    expect(j.taken()).toEqual([]);
    await stage.quiet();
    const [answer, ...more] = j.taken();
    expect(itemsOf(answer)).toHaveLength(1);
    expect(more).toEqual([]);
  });

  it('a change that happens meanwhile comes behind the older ones, so that nothing is missed when only some arrive', async () => {
    const [j, editor] = [await stage.bind(juliet, 'balcony'), await online(stage, juliet, 'editor')];
    for (let n = 0; n < 8; n++) await editor.send(set(`<item jid='n${n}@b.example'/>`));
    const ver = verOf(await editor.ask(get()));
    for (const n of [3, 5]) await editor.send(set(`<item jid='n${n}@b.example' name='changed'/>`));
    j.post(get(ver));
    editor.post(set("<item jid='n4@b.example' name='changed'/>"));
    editor.post(set("<item jid='n3@b.example' subscription='remove'/>"));
    await stage.quiet();
    expect(heard(j)).toEqual([
      'iq result',
      'push n3@b.example none',
      'push n5@b.example none',
      'push n4@b.example none',
      'push n3@b.example remove',
    ]);
  });

  it('a change that nobody sees is none: a request of a listed contact', async () => {
    const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
    await j.send(set(`<item jid='${romeo}'/>`));
    const before = verOf(await j.ask(get()));
    await r.send(`<presence to='${juliet}' type='subscribe'/>`);
    expect(heard(j)).toEqual([`${romeo} subscribe`]);
    expect(verOf(await j.ask(get()))).toBe(before);
  });
});

/** A client that keeps its roster between sessions and believes nothing but the server (§2.6.2). */
class Cache {
  ver = '';
  readonly items = new Map<string, string>();

  take(stanzas: readonly Element[]): void {
    for (const stanza of stanzas.filter(({ name }) => name === 'iq')) {
      const query = stanza.elements()[0];
      if (query === undefined || query.ns !== 'jabber:iq:roster') continue;
      if (stanza.attr('type') === 'result') this.items.clear();
      for (const item of query.elements()) {
        const jid = item.attr('jid') ?? '';
        if (item.attr('subscription') === 'remove') this.items.delete(jid);
        else this.items.set(jid, serialise(item));
      }
      this.ver = query.attr('ver') ?? this.ver;
    }
  }
}

it.each([1, 2, 3, 4])('whoever comes back with an old roster has the present one afterwards (run %i)', async (seed) => {
  const chance = chanceOf(seed);
  const editor = await online(stage, juliet, 'editor');
  const watcher = await stage.bind(romeo, 'orchard');
  const caches = [new Cache(), new Cache(), new Cache()];
  for (let round = 0; round < 60; round++) {
    const jid = chance(3) === 0 ? romeo : `n${chance(10)}@b.example`;
    const acts = [
      set(`<item jid='${jid}' name='${round}'/>`),
      set(`<item jid='${jid}' name='${round}'/>`),
      set(`<item jid='${jid}' subscription='remove'/>`),
      `<presence to='${jid}' type='subscribe'/>`,
      `<presence to='${jid}' type='unsubscribe'/>`,
      `<presence to='${jid}' type='subscribed'/>`,
    ];
    await editor.send(acts[chance(acts.length)] ?? '');
    await watcher.send(`<presence to='${juliet}' type='${chance(2) === 0 ? 'subscribe' : 'unsubscribe'}'/>`);
    if (chance(3) > 0) continue;
    const cache = caches[chance(caches.length)] ?? new Cache();
    const client = await stage.bind(juliet, `c${round}`);
    const meanwhile = (): void => {
      if (chance(2) === 0) editor.post(acts[chance(acts.length)] ?? '');
      if (chance(2) === 0) editor.post(set(`<item jid='n${chance(10)}@b.example' name='meanwhile ${round}'/>`));
    };
    meanwhile();
    client.post(get(cache.ver));
    meanwhile();
    await stage.quiet();
    const stanzas = client.taken();
    const broken = chance(3) === 0;
    cache.take(broken ? stanzas.slice(0, chance(stanzas.length + 1)) : stanzas);
    if (broken) {
      client.leave();
      continue;
    }
    await editor.send(set(`<item jid='n${chance(10)}@b.example' name='live ${round}'/>`));
    cache.take(client.taken());
    client.leave();
    const truth = await editor.ask(get());
    expect([...cache.items.values()].sort()).toEqual(itemsOf(truth).sort());
    expect(cache.ver).toBe(verOf(truth));
  }
  const restarted = open();
  const account = stage.context.accounts.peek(juliet as Address);
  const client = await restarted.bind(juliet, 'later');
  expect(client.session.account.view.rosterVersion).toBe(account?.view.rosterVersion);
  expect(client.session.account.view.rosterRemoval).toBe(account?.view.rosterRemoval);
});

it('a session that is back in time has missed no push', async () => {
  const [j, editor] = [await online(stage, juliet, 'balcony'), await online(stage, juliet, 'editor')];
  j.enable();
  j.drop();
  await editor.send(set(`<item jid='${nurse}' name='Nurse'/>`));
  const again = stage.connect();
  again.resume(j);
  await stage.quiet();
  expect(heard(again)).toEqual([`push ${nurse} none`]);
  expect(answerTo(editor)?.attr('type')).toBe('result');
});

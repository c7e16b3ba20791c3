// XEP-0191 on the stage: the examples of §3, and everything that a block stops or lets through again.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import type { Element } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { befriend, heard, juliet, online, openCompany, romeo } from '../testing/company.ts';
import type { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { blocking } from './xep-0191.blocking.ts';

let storage: EmbeddedStorage;
let stage: Stage;
let r: StageClient;
let j: StageClient;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  stage = openCompany({ clock: new FakeClock(), ...storage }, blocking);
  r = await online(stage, romeo, 'orchard');
  j = await online(stage, juliet, 'balcony');
  await befriend(r, j);
  await befriend(j, r);
});
afterEach(() => storage.close());

const set = (name: string, ...jids: readonly string[]): string => {
  const items = jids.map((jid) => `<item jid='${jid}'/>`).join('');
  return `<iq type='set' id='${name}1'><${name} xmlns='urn:xmpp:blocking'>${items}</${name}></iq>`;
};

const get = "<iq type='get' id='l'><blocklist xmlns='urn:xmpp:blocking'/></iq>";

const items = (iq: Element | undefined): (string | undefined)[] =>
  iq
    ?.elements()[0]
    ?.elements()
    .map((item) => item.attr('jid')) ?? [];

const condition = (stanza: Element | undefined): string | undefined => stanza?.child('error')?.elements()[0]?.name;

describe('the list', () => {
  it('is empty, then has what was blocked, also on disk (Examples 3–7)', async () => {
    expect(items(await j.ask(get))).toEqual([]);
    await j.send(set('block', romeo, 'iago@shakespeare.example', 'spam.example'));
    expect(items(await j.ask(get))).toEqual([romeo, 'iago@shakespeare.example', 'spam.example']);
    expect(await storage.read('SELECT pattern FROM block')).toHaveLength(3);
    await j.send(set('unblock', romeo));
    expect(items(await j.ask(get))).toEqual(['iago@shakespeare.example', 'spam.example']);
    await j.send(set('unblock'));
    expect(items(await j.ask(get))).toEqual([]);
    expect(await storage.read('SELECT pattern FROM block')).toEqual([]);
  });

  it('is pushed to the sessions that asked for it (Examples 8, 12, 15)', async () => {
    const chamber = await online(stage, juliet, 'chamber');
    await chamber.send(get);
    j.taken();
    chamber.taken();
    const pushed: [string | undefined, (string | undefined)[]][] = [];
    for (const stanza of [set('block', romeo), set('unblock', romeo), set('unblock')]) {
      await j.send(stanza);
      const push = chamber.taken().find(({ name }) => name === 'iq');
      pushed.push([push?.elements()[0]?.name, items(push)]);
      expect(push?.attr('to')).toBe(`${juliet}/chamber`);
      expect(j.taken().filter((iq) => iq.attr('type') === 'set')).toEqual([]);
    }
    expect(pushed).toEqual([
      ['block', [romeo]],
      ['unblock', [romeo]],
      ['unblock', []],
    ]);
  });

  it('refuses a block of nothing, of no address, and of too many', async () => {
    for (const stanza of [set('block'), set('block', '@'), set('unblock', '@')])
      expect(condition(await j.ask(stanza))).toBe('bad-request');
    const many = Array.from({ length: 2_001 }, (_, n) => `n${n}@spam.example`);
    expect(condition(await j.ask(set('block', ...many)))).toBe('policy-violation');
  });
});

describe('the one who blocks', () => {
  it('sees the blocked go, and nobody whom he could not see before', async () => {
    await stage.bind(romeo, 'quiet');
    const k = await online(stage, juliet, 'kitchen');
    await j.send(set('block', romeo));
    expect(heard(k)).toEqual([`${romeo}/orchard unavailable`]);
    await r.send("<presence type='unavailable'/>");
    await j.send(set('unblock', romeo));
    expect(heard(k)).toEqual([]);
  });

  it('of one resource sees that one go', async () => {
    const other = await online(stage, romeo, 'garden');
    j.taken();
    await j.send(set('block', `${romeo}/garden`));
    expect(heard(j)).toEqual([`${romeo}/garden unavailable`, 'iq result']);
    await j.send(set('unblock'));
    expect(heard(j)).toContain(`${romeo}/garden available`);
    other.leave();
  });
});

describe('a blocked address', () => {
  beforeEach(async () => {
    await j.send(set('block', romeo));
    j.taken();
  });

  it('sees the one who blocked go, and come back (§3.3, §3.4)', async () => {
    expect(heard(r)).toEqual([`${juliet}/balcony unavailable`]);
    await j.send('<presence><show>dnd</show></presence>');
    expect(heard(r)).toEqual([]);
    await j.send(set('unblock', romeo));
    expect(heard(r)).toEqual([`${juliet}/balcony available dnd`]);
  });

  it('is told that messages and requests reach nobody', async () => {
    r.taken();
    await r.send(`<message to='${juliet}' type='chat'><body>hi</body></message>`);
    await r.send(`<message to='${juliet}/balcony' type='chat'><body>hi</body></message>`);
    await r.send(`<iq to='${juliet}/balcony' type='get' id='v'><query xmlns='${namespaces.version}'/></iq>`);
    await r.send(`<iq to='${juliet}' type='get' id='w'><query xmlns='${namespaces.version}'/></iq>`);
    expect(r.taken().map(condition)).toEqual(Array(4).fill('service-unavailable'));
    expect(j.taken()).toEqual([]);
    expect(await storage.read('SELECT * FROM message')).toEqual([]);
  });

  it('gets no answer to presence, and its answers and errors go nowhere', async () => {
    r.taken();
    await r.send(`<presence to='${juliet}' type='probe'/>`);
    await r.send(`<presence to='${juliet}/balcony'/>`);
    await r.send('<presence><show>away</show></presence>');
    await r.send(`<presence to='${juliet}' type='unsubscribe'/>`);
    await r.send(`<iq to='${juliet}/balcony' type='result' id='x'/>`);
    await r.send(`<message to='${juliet}/balcony' type='error'/>`);
    expect(heard(r)).toEqual([`${romeo}/orchard available away`, `push ${juliet} from`]);
    expect(heard(j)).toEqual([`push ${romeo} to`]);
  });

  it('cannot be written to either (Example 9)', async () => {
    r.taken();
    await j.send(`<message to='${romeo}' type='chat'><body>Can you hear me now?</body></message>`);
    await j.send(`<iq to='${romeo}' type='get' id='v'><query xmlns='${namespaces.version}'/></iq>`);
    await j.send(`<presence to='${romeo}'/>`);
    const answers = j.taken();
    expect(answers.map(condition)).toEqual(Array(3).fill('not-acceptable'));
    for (const stanza of answers) {
      expect(stanza.child('error')?.attr('type')).toBe('cancel');
      expect(stanza.child('error')?.child('blocked', namespaces.blockingErrors)).toBeDefined();
    }
    expect(r.taken()).toEqual([]);
  });

  it('keeps its subscription, so that nothing has to be agreed again (§4)', async () => {
    r.taken();
    expect(j.session.account.view.contacts.get(romeo)?.permission).toBe('allow');
    r.leave();
    const back = await stage.bind(romeo, 'orchard');
    await back.send('<presence/>');
    expect(heard(back)).toEqual([`${romeo}/orchard available`]);
  });
});

it('a block of one resource leaves the others alone (§6)', async () => {
  const second = await online(stage, romeo, 'garden');
  j.taken();
  r.taken();
  await j.send(set('block', `${romeo}/orchard`));
  expect(heard(r)).toEqual([`${juliet}/balcony unavailable`]);
  expect(heard(second)).toEqual([]);
  await second.send(`<message to='${juliet}' type='chat'><body>me</body></message>`);
  expect(j.bodies()).toEqual(['me']);
});

it('a block of a domain takes everybody there, but never oneself (§5, §6)', async () => {
  const second = await online(stage, juliet, 'chamber');
  await j.send(set('block', 'montague.example', 'capulet.example'));
  expect(heard(r)).toContain(`${juliet}/balcony unavailable`);
  j.taken();
  await second.send(`<message to='${juliet}/balcony' type='chat'><body>it is me</body></message>`);
  expect(j.bodies()).toEqual(['it is me']);
});

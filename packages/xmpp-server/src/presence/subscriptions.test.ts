// RFC 6121 §3 on the stage: asking, approving, refusing, ending; who is told what, in which order, and who is not.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { befriend, heard, juliet, online, openCompany, romeo } from '../testing/company.ts';
import type { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';

let storage: EmbeddedStorage;
let stage: Stage;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  stage = openCompany({ clock: new FakeClock(), ...storage });
});
afterEach(() => storage.close());

const friends = async (): Promise<[StageClient, StageClient]> => {
  const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
  await befriend(r, j);
  await befriend(j, r);
  return [r, j];
};

describe('subscribing (§3.1)', () => {
  it('is asked, approved, shown', async () => {
    const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
    await r.send(`<presence id='xk3h1v69' to='${juliet}' type='subscribe'><status>It is I</status></presence>`);
    expect(heard(r)).toEqual([`push ${juliet} none ask`]);
    const [request, ...more] = j.taken();
    expect(more).toEqual([]);
    expect([request?.attr('from'), request?.attr('to'), request?.attr('id')]).toEqual([romeo, juliet, 'xk3h1v69']);
    expect(request?.childText('status')).toBe('It is I');

    await j.send(`<presence id='h4v1c4kj' to='${romeo}' type='subscribed'/>`);
    expect(heard(j)).toEqual([`push ${romeo} from`]);
    expect(heard(r)).toEqual([`${juliet} subscribed`, `push ${juliet} to`, `${juliet}/balcony available`]);
  });

  it('treats a full address as the bare one (§3.1.2)', async () => {
    const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
    await r.send(`<presence to='${juliet}/balcony' type='subscribe'/>`);
    expect(j.taken()[0]?.attr('to')).toBe(juliet);
  });

  it('waits for one who is not there, once, whole, at each return, until it is answered (§3.1.3)', async () => {
    const r = await online(stage, romeo, 'orchard');
    await r.send(`<presence to='${juliet}' type='subscribe'><status>first</status></presence>`);
    await r.send(`<presence to='${juliet}' type='subscribe'><status>second</status></presence>`);
    for (const label of ['one', 'two']) {
      const j = await stage.bind(juliet, label);
      await j.send('<presence/>');
      const requests = j.taken().filter((stanza) => stanza.attr('type') === 'subscribe');
      expect(requests.map((stanza) => stanza.childText('status'))).toEqual(['first']);
      if (label === 'two') await j.send(`<presence to='${romeo}' type='unsubscribed'/>`);
      j.leave();
    }
    r.taken();
    const back = await stage.bind(juliet, 'three');
    await back.send('<presence/>');
    expect(heard(back)).toEqual([`${juliet}/three available`]);
  });

  it('makes no roster item of a stranger (§3.1.3, security warning)', async () => {
    const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
    await r.send(`<presence to='${juliet}' type='subscribe'/>`);
    const roster = await j.ask("<iq type='get' id='r2'><query xmlns='jabber:iq:roster'/></iq>");
    expect(roster.elements()[0]?.elements()).toEqual([]);
  });

  it('of somebody who is not there looks like any other that waits (§8.5.1)', async () => {
    const r = await online(stage, romeo, 'orchard');
    await r.send("<presence to='nobody@capulet.example' type='subscribe'/>");
    expect(heard(r)).toEqual(['push nobody@capulet.example none ask']);
  });

  it('is answered at once when it was approved before (§3.4)', async () => {
    const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
    await j.send(`<presence to='${romeo}' type='subscribed'/>`);
    expect(heard(j)).toEqual([`push ${romeo} none approved`]);
    expect(heard(r)).toEqual([]);
    await r.send(`<presence to='${juliet}' type='subscribe'/>`);
    expect(heard(j)).toEqual([`push ${romeo} from approved`]);
    expect(heard(r)).toEqual([
      `push ${juliet} none ask`,
      `${juliet} subscribed`,
      `push ${juliet} to`,
      `${juliet}/balcony available`,
    ]);
  });

  it('is refused for oneself, for other domains, without an address, and when it is too large', async () => {
    const r = await online(stage, romeo, 'orchard');
    await r.send(`<presence to='${romeo}' type='subscribe'/>`);
    await r.send("<presence to='benvolio@verona.test' type='subscribe'/>");
    await r.send("<presence type='subscribe'/>");
    await r.send(`<presence to='${juliet}' type='subscribe'><status>${'x'.repeat(10_000)}</status></presence>`);
    expect(r.taken().map((stanza) => stanza.child('error')?.elements()[0]?.name)).toEqual([
      'not-allowed',
      'remote-server-not-found',
      'bad-request',
      'policy-violation',
    ]);
    expect(r.session.account.view.contacts.size).toBe(0);
  });
});

describe('ending a subscription', () => {
  it('by the one who is watched: unavailable, then unsubscribed, then the push (§3.2.2)', async () => {
    const [r, j] = await friends();
    await j.send(`<presence to='${romeo}' type='unsubscribed'/>`);
    expect(heard(r)).toEqual([`${juliet}/balcony unavailable`, `${juliet} unsubscribed`, `push ${juliet} from`]);
    expect(heard(j)).toEqual([`push ${romeo} to`]);
    await j.send('<presence><show>dnd</show></presence>');
    expect(heard(r)).toEqual([]);
  });

  it('by the one who watches (§3.3)', async () => {
    const [r, j] = await friends();
    await r.send(`<presence to='${juliet}' type='unsubscribe'/>`);
    expect(heard(j)).toEqual([`${romeo} unsubscribe`, `push ${romeo} to`]);
    expect(heard(r)).toEqual([`${juliet}/balcony unavailable`, `push ${juliet} from`]);
  });

  it('by removing the roster item (§2.5.2)', async () => {
    const [r, j] = await friends();
    await r.send(
      `<iq type='set' id='x'><query xmlns='jabber:iq:roster'><item jid='${juliet}' subscription='remove'/></query></iq>`,
    );
    expect(heard(r)).toEqual([`push ${juliet} remove`, `${juliet}/balcony unavailable`, 'iq result']);
    expect(heard(j)).toEqual([
      `${romeo}/orchard unavailable`,
      `${romeo} unsubscribe`,
      `push ${romeo} to`,
      `${romeo} unsubscribed`,
      `push ${romeo} none`,
    ]);
  });

  it('by removing the account', async () => {
    const [r, j] = await friends();
    stage.points.accountRemoved.run(r.session.account);
    await stage.quiet();
    expect(r.closedWith).toBe('not-authorized');
    expect(heard(j)).toEqual([
      `${romeo}/orchard unavailable`,
      `${romeo} unsubscribed`,
      `push ${romeo} from`,
      `${romeo} unsubscribe`,
      `push ${romeo} none`,
    ]);
  });

  it('takes a request back, also one that waits (§3.3.3)', async () => {
    const r = await online(stage, romeo, 'orchard');
    await r.send(`<presence to='${juliet}' type='subscribe'/>`);
    await r.send(`<presence to='${juliet}' type='unsubscribe'/>`);
    const j = await stage.bind(juliet, 'balcony');
    await j.send('<presence/>');
    expect(heard(j)).toEqual([`${juliet}/balcony available`]);
    expect(await storage.read('SELECT address FROM contact WHERE account = 1')).toEqual([]);
  });
});

// RFC 6121 §4.6 and §4.3 on the stage: presence for one recipient, and probes.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { befriend, brief, heard, juliet, nurse, online, openCompany, romeo } from '../testing/company.ts';
import type { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';

let storage: EmbeddedStorage;
let stage: Stage;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo, nurse);
  stage = openCompany({ clock: new FakeClock(), ...storage });
});
afterEach(() => storage.close());

const friends = async (): Promise<[StageClient, StageClient]> => {
  const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
  await befriend(r, j);
  await befriend(j, r);
  return [r, j];
};

describe('directed presence (§4.6)', () => {
  it('reaches a stranger, who then may ask the session, and hears of its end', async () => {
    const [j, n] = [await online(stage, juliet, 'balcony'), await online(stage, nurse, 'kitchen')];
    const seen = (): boolean =>
      stage.host.presence.maySee(j.session, { local: 'nurse', domain: 'capulet.example', resource: 'kitchen' });
    expect(seen()).toBe(false);
    await j.send(`<presence to='${nurse}/kitchen'><status>psst</status></presence>`);
    const [stanza] = n.taken();
    expect([stanza?.attr('to'), stanza?.childText('status')]).toEqual([`${nurse}/kitchen`, 'psst']);
    expect(seen()).toBe(true);
    await j.send('<presence><show>away</show></presence>');
    expect(heard(n)).toEqual([]);
    await j.send("<presence type='unavailable'/>");
    expect(heard(n)).toEqual([`${juliet}/balcony unavailable`]);
    expect(seen()).toBe(false);
  });

  it('ends once, when it was ended by hand or its recipient watches anyway', async () => {
    const [r, j] = await friends();
    const n = await online(stage, nurse, 'kitchen');
    await j.send(`<presence to='${nurse}'/>`);
    await j.send(`<presence to='${nurse}' type='unavailable'/>`);
    await j.send(`<presence to='${romeo}/orchard'/>`);
    j.leave();
    await stage.quiet();
    expect(heard(n)).toEqual([`${juliet}/balcony available`, `${juliet}/balcony unavailable`]);
    expect(heard(r)).toEqual([`${juliet}/balcony available`, `${juliet}/balcony unavailable`]);
  });

  it('is over with the subscription: its recipient was told of the end, and has no rights left (§3.2.2, §3.3.3)', async () => {
    const [j, n] = [await online(stage, juliet, 'balcony'), await online(stage, nurse, 'kitchen')];
    const seen = (): boolean =>
      stage.host.presence.maySee(j.session, { local: 'nurse', domain: 'capulet.example', resource: 'kitchen' });
    for (const [client, end] of [
      [j, `<presence to='${nurse}' type='unsubscribed'/>`],
      [n, `<presence to='${juliet}' type='unsubscribe'/>`],
    ] as const) {
      await j.send(`<presence to='${nurse}/kitchen'/>`);
      await befriend(n, j);
      await client.send(end);
      expect(heard(n).filter((word) => word.endsWith('balcony unavailable'))).toHaveLength(1);
      expect(seen()).toBe(false);
    }
    j.leave();
    await stage.quiet();
    expect(heard(n)).toEqual([]);
  });

  it('gives no more rights to one that went and came back (§4.6.1)', async () => {
    const [j, n] = [await online(stage, juliet, 'balcony'), await online(stage, nurse, 'kitchen')];
    await n.send(`<presence to='${juliet}/balcony'/>`);
    await j.send(`<presence to='${nurse}/kitchen'/>`);
    await n.send("<presence type='unavailable'/>");
    await n.send('<presence/>');
    await n.send(`<iq to='${juliet}/balcony' type='get' id='v'><query xmlns='jabber:iq:version'/></iq>`);
    expect(n.taken().at(-1)?.child('error')?.elements()[0]?.name).toBe('service-unavailable');
    expect(j.taken().filter(({ name }) => name === 'iq')).toEqual([]);
  });

  it('works without having announced oneself (§4.6.3 rule 3)', async () => {
    const [j, n] = [await stage.bind(juliet, 'balcony'), await online(stage, nurse, 'kitchen')];
    await j.send(`<presence to='${nurse}'/>`);
    j.leave();
    await stage.quiet();
    expect(heard(n)).toEqual([`${juliet}/balcony available`, `${juliet}/balcony unavailable`]);
  });

  it('is bounded', async () => {
    const j = await online(stage, juliet, 'balcony');
    for (let n = 0; n < 512; n++) j.post(`<presence to='room${n}@capulet.example/me'/>`);
    await j.send("<presence to='one@more.example/me'/>");
    expect(heard(j)).toEqual(['one@more.example/me error policy-violation']);
  });
});

describe('probes that clients send (§4.3)', () => {
  it('are answered with presence, or its absence, for those who may watch', async () => {
    const [r, j] = await friends();
    await j.send("<presence id='pres1'><show>dnd</show></presence>");
    r.taken();
    await r.send(`<presence to='${juliet}' type='probe' id='probe1'/>`);
    const [stanza] = r.taken();
    expect([stanza?.attr('id'), stanza?.childText('show')]).toEqual(['pres1', 'dnd']);
    await r.send(`<presence to='${juliet}/balcony' type='probe'/>`);
    expect(heard(r)).toEqual([`${juliet}/balcony available`]);
    j.leave();
    await stage.quiet();
    r.taken();
    await r.send(`<presence to='${juliet}' type='probe' id='probe2'/>`);
    const [absent] = r.taken();
    expect([absent && brief(absent), absent?.attr('id')]).toEqual([`${juliet} unavailable`, 'probe2']);
  });

  it('say nothing to strangers, whether or not the account exists', async () => {
    await online(stage, juliet, 'balcony');
    const n = await online(stage, nurse, 'kitchen');
    for (const address of [juliet, 'nobody@capulet.example', 'x@verona.test', 'capulet.example'])
      await n.send(`<presence to='${address}' type='probe'/>`);
    expect(heard(n)).toEqual([]);
  });

  it('correct a roster that believes too much (§4.3.2 rule 1)', async () => {
    const [r, j] = await friends();
    const contacts = new Map(j.session.account.view.contacts);
    contacts.delete(romeo);
    j.session.account.view = { ...j.session.account.view, contacts };
    await r.send(`<presence to='${juliet}' type='probe'/>`);
    expect(heard(r)).toEqual([`${juliet} unsubscribed`, `push ${juliet} from`]);
  });

  it('are answered by the one session that directed presence (§4.6.6)', async () => {
    const [j, n] = [await online(stage, juliet, 'balcony'), await online(stage, nurse, 'kitchen')];
    await j.send(`<presence to='${nurse}/kitchen'><status>psst</status></presence>`);
    n.taken();
    await n.send(`<presence to='${juliet}/balcony' type='probe'/>`);
    const [stanza] = n.taken();
    expect([stanza && brief(stanza), stanza?.children.length]).toEqual([`${juliet}/balcony available`, 0]);
  });
});

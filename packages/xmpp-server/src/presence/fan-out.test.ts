// RFC 6121 §4.4 in numbers: one presence to many is serialised once, and a long queue keeps only the last of each.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { befriend, brief, juliet, online, openCompany, romeo } from '../testing/company.ts';
import type { Stage } from '../testing/stage.ts';

let storage: EmbeddedStorage;
let stage: Stage;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  stage = openCompany({ clock: new FakeClock(), ...storage });
});
afterEach(() => storage.close());

it('a broadcast looks at its stanza a fixed number of times, however many get it', async () => {
  const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
  await befriend(r, j);
  const looks = async (): Promise<number> => {
    let count = 0;
    const child = el('c', namespaces.caps);
    Object.defineProperty(child, 'attrs', {
      get: () => {
        count++;
        return [];
      },
    });
    void stage.inbound.handle(j.session, el('presence', namespaces.client, { from: j.session.jid }, child));
    await stage.quiet();
    return count;
  };
  const few = await looks();
  for (let n = 0; n < 15; n++) await online(stage, romeo, `more${n}`);
  expect(await looks()).toBe(few);
  expect(few).toBeGreaterThan(0);
});

it('a session that is away gets the last presence of each contact, not all of them', async () => {
  const [r, j] = [await online(stage, romeo, 'orchard'), await online(stage, juliet, 'balcony')];
  await befriend(r, j);
  r.enable();
  r.drop();
  for (let n = 0; n < 200; n++) j.post(`<presence><status>${n}</status></presence>`);
  for (let n = 0; n < 80; n++) j.post(`<message to='${romeo}/orchard' type='chat'><body>${n}</body></message>`);
  j.post('<presence><show>dnd</show></presence>');
  await stage.quiet();
  const again = stage.connect();
  again.resume(r);
  await stage.quiet();
  const stanzas = again.taken();
  expect(stanzas.filter(({ name }) => name === 'message')).toHaveLength(80);
  const presences = stanzas.filter(({ name }) => name === 'presence');
  expect(presences.length).toBeLessThanOrEqual(64);
  expect(brief(presences.at(-1) ?? el('nothing', ''))).toBe(`${juliet}/balcony available dnd`);
});

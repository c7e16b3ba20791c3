// XEP-0352 §3.2, §4.2, §5: an idle client is spared states, gets the newest of each in order, and loses nothing.
import { type EmbeddedStorage, openEmbedded } from '@parlance/testkit/embedded-storage';
import { FakeClock } from '@parlance/testkit/fake-clock';
import type { Element } from '@parlance/xml/element';
import { serialise } from '@parlance/xml/serialise';
import { namespaces } from '@parlance/xmpp/namespaces';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { juliet, openCompany, romeo } from '../testing/company.ts';
import type { Stage } from '../testing/stage.ts';
import type { StageClient } from '../testing/stage-client.ts';
import { clientState } from './xep-0352.client-state.ts';

const inactive = "<inactive xmlns='urn:xmpp:csi:0'/>";
const active = "<active xmlns='urn:xmpp:csi:0'/>";

let storage: EmbeddedStorage;
let stage: Stage;
let phone: StageClient;
let other: StageClient;

beforeEach(async () => {
  storage = await openEmbedded(juliet, romeo);
  stage = openCompany({ clock: new FakeClock(), ...storage }, clientState);
  phone = await stage.bind(juliet, 'phone');
  other = await stage.bind(romeo, 'orchard');
  phone.enable();
  await phone.send('<presence/>');
  phone.taken();
});
afterEach(() => storage.close());

const show = (value: string): Promise<void> =>
  other.send(`<presence to='${juliet}/phone'><show>${value}</show></presence>`);
const state = (name: string): string =>
  `<message to='${juliet}/phone' type='chat'><${name} xmlns='http://jabber.org/protocol/chatstates'/></message>`;
const summary = (stanzas: readonly Element[]): readonly string[] =>
  stanzas.map((stanza) => {
    const shown = stanza.childText('show') ?? stanza.childText('body') ?? stanza.childIn(namespaces.chatstates)?.name;
    return `${stanza.name} ${shown ?? ''}`.trim();
  });

test('the server says that it knows client states (Example 1)', () => {
  expect(stage.host.streamFeatures().map((feature) => serialise(feature))).toContain("<csi xmlns='urn:xmpp:csi:0'/>");
});

test('while idle, only the newest of each state waits, and comes with activity', async () => {
  await phone.send(inactive);
  await show('away');
  await other.send(state('composing'));
  await show('dnd');
  await other.send(state('paused'));
  expect(phone.taken()).toEqual([]);
  await phone.send(active);
  expect(summary(phone.taken())).toEqual(['presence dnd', 'message paused']);
});

test('what is important comes at once, behind what it may refer to', async () => {
  await phone.send(inactive);
  await show('away');
  await other.send(`<message to='${juliet}' type='chat'><body>Wherefore</body></message>`);
  expect(summary(phone.taken())).toEqual(['presence away', 'message Wherefore']);
  await show('xa');
  expect(phone.taken()).toEqual([]);
  await other.send(`<presence to='${juliet}' type='subscribe'/>`);
  expect(summary(phone.taken())).toEqual(['presence xa', 'presence']);
});

test('activity is answered before what is asked next (§5.1, Example 4)', async () => {
  await phone.send(inactive);
  await show('away');
  phone.post(active);
  await phone.send("<iq type='get' id='roster1'><query xmlns='jabber:iq:roster'/></iq>");
  expect(summary(phone.taken())).toEqual(['presence away', 'iq']);
});

test('a resumed stream is active, and has what waited (§5.2)', async () => {
  await phone.send(inactive);
  await show('away');
  phone.drop();
  const again = stage.connect();
  again.resume(phone);
  await stage.quiet();
  expect(summary(again.taken())).toEqual(['presence away']);
  await show('dnd');
  expect(summary(again.taken())).toEqual(['presence dnd']);
});

test('what waits is bounded', async () => {
  await phone.send(inactive);
  for (let n = 0; n < 300; n++) {
    const from = `<message to='${juliet}/phone' type='chat' id='${n}'>`;
    other.post(`${from}<composing xmlns='http://jabber.org/protocol/chatstates'/></message>`);
  }
  await stage.quiet();
  expect([phone.taken(), phone.session.outbound.length - phone.session.outbound.unacknowledged]).toEqual([[], 1]);
  for (let n = 0; n < 256; n++) phone.session.sendLatest(`<presence from='a${n}@capulet.example'/>`, `a${n}`);
  await stage.quiet();
  expect(phone.taken().length).toBeGreaterThan(250);
});

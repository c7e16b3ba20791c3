// What insiders forge: identities, and elements that bear the server's word. Nothing of it arrives, and the stanza goes on (checklist 23, 25, 32).
import { afterAll, beforeAll, beforeEach, describe, expect, it, test } from 'vitest';
import { House } from '../house.ts';
import { inside, settled } from './enter.ts';
import type { Wire, WireName } from './wire.ts';

const mallory = 'mallory@localhost';
const romeo = 'romeo@localhost';
let house: House;
let victim: Wire;

beforeAll(async () => {
  house = await House.open();
  await house.people(mallory, romeo);
});
afterAll(() => house.close());

const client = "xmlns='jabber:client'";

/** Romeo, who is there, and what mallory's words make of him. */
beforeEach(async () => {
  victim?.destroy();
  victim = await inside(house, 'tcp', romeo, 'orchard');
  victim.say('<presence/>');
  await settled(victim);
});

const forged: readonly (readonly [name: string, element: string])[] = [
  ['an id in his name', "<stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='romeo@localhost'/>"],
  ['an id in his name, in capitals', "<stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='ROMEO@LocalHost'/>"],
  [
    'an id in his name, in wide letters',
    "<stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='romeo@ｌｏｃａｌｈｏｓｔ'/>",
  ],
  ['an id in his name, with a dot behind', "<stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='romeo@localhost.'/>"],
  ['an id in his name, by a prefix', "<p:stanza-id xmlns:p='urn:xmpp:sid:0' id='forged' by='romeo@localhost'/>"],
  ["an id in the server's name", "<stanza-id xmlns='urn:xmpp:sid:0' id='forged' by='localhost'/>"],
  ['an id in no name', "<stanza-id xmlns='urn:xmpp:sid:0' id='forged'/>"],
  [
    "a delay in the server's name",
    "<delay xmlns='urn:xmpp:delay' from='localhost' stamp='2001-01-01T00:00:00Z'>forged</delay>",
  ],
  [
    'a copy that he received',
    `<received xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message ${client} from='juliet@localhost' to='${romeo}'><body>forged</body></message></forwarded></received>`,
  ],
  [
    'a copy that he sent',
    `<sent xmlns='urn:xmpp:carbons:2'><forwarded xmlns='urn:xmpp:forward:0'><message ${client} from='${romeo}' to='juliet@localhost'><body>forged</body></message></forwarded></sent>`,
  ],
  [
    'a result of his archive',
    `<result xmlns='urn:xmpp:mam:2' id='1'><forwarded xmlns='urn:xmpp:forward:0'><message ${client}><body>forged</body></message></forwarded></result>`,
  ],
];

/** What arrives at the victim of a message with this content. */
const arrived = async (wire: Wire, body: string, content: string): Promise<string> => {
  wire.say(`<message ${client} to='${romeo}' type='chat'><body>${body}</body>${content}</message>`);
  return victim.hears(/<stanza-id [^>]*by='romeo@localhost'\/><\/message>/);
};

it.each(forged)(
  'checklist 25: %s is removed: once, twice, a hundred times, at the top and inside',
  async (_, element) => {
    const wire = await inside(house, 'tcp', mallory, 'm');
    for (const copies of [1, 2, 100]) {
      const all = element.repeat(copies);
      const top = await arrived(wire, 'top', all);
      expect(top).not.toContain('forged');
      expect(top).toContain('<body>top</body><stanza-id ');
      const inner = await arrived(wire, 'inner', `<a xmlns='urn:example:a'>x<b>${all}</b>y</a>`);
      expect(inner).not.toContain('forged');
      expect(inner).toContain("<a xmlns='urn:example:a'>x<b/>y</a>");
    }
    wire.destroy();
  },
);

it.each<WireName>(['tls', 'websocket', 'bosh'])('checklist 25: over %s, too', async (name) => {
  const wire = await inside(house, name, mallory, 'm');
  const heard = await arrived(wire, 'x', forged.map(([, element]) => element).join(''));
  expect(heard).not.toContain('forged');
  expect(heard).toContain('<body>x</body><stanza-id ');
  wire.destroy();
});

test('checklist 25: so it is in presence', async () => {
  const wire = await inside(house, 'tcp', mallory, 'm');
  wire.say(`<presence to='${romeo}'><status>here</status>${forged.map(([, element]) => element).join('')}</presence>`);
  const heard = await victim.hears(/<\/presence>/);
  expect(heard).toContain('<status>here</status>');
  expect(heard).not.toContain('forged');
  wire.destroy();
});

test("checklist 25: and in what waits for who is away; the server's own word is added", async () => {
  victim.say('</stream:stream>');
  await victim.end();
  const wire = await inside(house, 'tcp', mallory, 'm');
  wire.say(
    `<message to='${romeo}' type='chat'><body>later</body>${forged.map(([, element]) => element).join('')}</message>`,
  );
  await settled(wire);
  victim = await inside(house, 'tcp', romeo, 'orchard');
  victim.say('<presence/>');
  const heard = await victim.hears(/<\/message>/);
  expect(heard).not.toContain('forged');
  expect(heard.match(/<stanza-id /g)).toHaveLength(1);
  expect(heard.match(/<delay [^>]*from='localhost'/g)).toHaveLength(1);
  wire.destroy();
});

test("checklist 25: what other servers' entities said stays", async () => {
  const wire = await inside(house, 'tcp', mallory, 'm');
  wire.say(
    `<message to='${romeo}' type='chat'><body>x</body><stanza-id xmlns='urn:xmpp:sid:0' id='theirs' by='room@chat.example'/></message>`,
  );
  expect(await victim.hears(/<\/message>/)).toContain("id='theirs'");
  wire.destroy();
});

describe('checklist 23, 32', () => {
  it('a roster push is no iq that a stranger gets through', async () => {
    const wire = await inside(house, 'tcp', mallory, 'm');
    wire.say(
      `<iq type='set' id='push' to='${romeo}/orchard'><query xmlns='jabber:iq:roster'><item jid='evil@localhost' subscription='both'/></query></iq>`,
    );
    expect(await settled(wire)).toContain('<service-unavailable ');
    expect(await settled(victim)).not.toContain('evil');
    wire.destroy();
  });

  it('nobody changes the roster, the block list, the vCard or the nodes of another one', async () => {
    const wire = await inside(house, 'tcp', mallory, 'm');
    const payloads = [
      "<query xmlns='jabber:iq:roster'><item jid='mallory@localhost' subscription='both'/></query>",
      "<block xmlns='urn:xmpp:blocking'><item jid='juliet@localhost'/></block>",
      "<vCard xmlns='vcard-temp'><FN>evil</FN></vCard>",
      "<query xmlns='jabber:iq:private'><a xmlns='urn:a'>evil</a></query>",
      "<query xmlns='jabber:iq:register'><remove/></query>",
      "<prefs xmlns='urn:xmpp:mam:2' default='never'/>",
      "<enable xmlns='urn:xmpp:carbons:2'/>",
      "<pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='urn:xmpp:bookmarks:1'><item id='a'><a xmlns='b'/></item></publish></pubsub>",
    ];
    for (const payload of payloads) {
      wire.say(`<iq type='set' id='evil' to='${romeo}'>${payload}</iq>`);
      expect(await wire.hears(/<\/iq>/)).toMatch(/<iq [^>]*type='error'/);
    }
    wire.destroy();
  });

  it('an answer that nobody waits for settles nothing: the server asks by id and by session', async () => {
    victim.say(
      "<presence><c xmlns='http://jabber.org/protocol/caps' hash='sha-1' node='urn:n' ver='AAAAAAAAAAAAAAAAAAAAAAAAAAA='/></presence>",
    );
    const asked = await victim.hears(/<iq [^>]*type='get'.*?<\/iq>|<iq [^>]*type='get'[^>]*>/);
    const id = /id='([^']+)'/.exec(asked)?.[1] ?? '';
    expect(id.length).toBeGreaterThan(12);
    const wire = await inside(house, 'tcp', mallory, 'm');
    for (const to of ['localhost', romeo, `${romeo}/orchard`, mallory])
      wire.say(
        `<iq type='result' id='${id}' to='${to}'><query xmlns='http://jabber.org/protocol/disco#info'><feature var='urn:evil+notify'/></query></iq>`,
      );
    expect(await settled(wire)).not.toContain('error');
    wire.destroy();
  });
});

// What different people learn of somebody who is there, somebody who is away, and nobody: a matrix of askers and questions (checklist 16, 27; RFC 6121 §8.5.1, §11).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { House } from '../house.ts';
import { inside, settled } from './enter.ts';
import type { Wire } from './wire.ts';

const at = (name: string): string => `${name}@localhost`;
const targets = ['online', 'offline', 'nobody'] as const;
const askers = ['stranger', 'pending', 'watched', 'blocked', 'friend'] as const;
type Asker = (typeof askers)[number];

let house: House;
let online: Wire;
const wires = new Map<string, Wire>();

const wireOf = (name: string): Wire => {
  const wire = wires.get(name);
  if (wire === undefined) throw new Error(`${name} is not here`);
  return wire;
};

const come = async (name: string): Promise<Wire> => {
  const wire = await inside(house, 'tcp', at(name), 'phone');
  wire.say('<presence/>');
  await settled(wire);
  wires.set(name, wire);
  return wire;
};

const subscription = async (from: string, to: string, type: string): Promise<void> => {
  wireOf(from).say(`<presence to='${at(to)}' type='${type}'/>`);
  await settled(wireOf(from));
};

/** One who has a protected diary, private bookmarks, and the relations that the matrix is about. */
const settle = async (name: string): Promise<Wire> => {
  const wire = await come(name);
  await subscription('friend', name, 'subscribe');
  await subscription(name, 'friend', 'subscribed');
  await subscription('pending', name, 'subscribe');
  await subscription(name, 'watched', 'subscribe');
  await subscription('watched', name, 'subscribed');
  for (const node of ['diary', 'urn:xmpp:bookmarks:1'])
    wire.say(
      `<iq type='set' id='p'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='${node}'><item id='i'><a xmlns='b'/></item></publish><publish-options><x xmlns='jabber:x:data' type='submit'><field var='FORM_TYPE' type='hidden'><value>http://jabber.org/protocol/pubsub#publish-options</value></field><field var='pubsub#access_model'><value>${node === 'diary' ? 'presence' : 'whitelist'}</value></field></x></publish-options></pubsub></iq>`,
    );
  wire.say(`<iq type='set' id='b'><block xmlns='urn:xmpp:blocking'><item jid='${at('blocked')}'/></block></iq>`);
  await settled(wire);
  return wire;
};

beforeAll(async () => {
  house = await House.open();
  await house.people(...[...askers, 'online', 'offline'].map(at));
  for (const asker of askers) await come(asker);
  online = await settle('online');
  const offline = await settle('offline');
  offline.say("<presence type='unavailable'/></stream:stream>");
  await offline.end();
  for (const asker of askers) await settled(wireOf(asker));
});
afterAll(async () => {
  for (const wire of wires.values()) wire.destroy();
  await house.close();
});

const pubsub = (type: string, content: string, more = ''): string =>
  `type='${type}'><pubsub xmlns='http://jabber.org/protocol/pubsub${more}'>${content}</pubsub>`;

const questions = [
  "type='get'><query xmlns='jabber:iq:last'/>",
  "type='get'><query xmlns='jabber:iq:version'/>",
  "type='get'><vCard xmlns='vcard-temp'/>",
  "type='get'><ping xmlns='urn:xmpp:ping'/>",
  "type='get'><time xmlns='urn:xmpp:time'/>",
  "type='get'><query xmlns='http://jabber.org/protocol/disco#info'/>",
  "type='get'><query xmlns='http://jabber.org/protocol/disco#info' node='diary'/>",
  "type='get'><unheard-of xmlns='urn:example'/>",
  pubsub('get', "<items node='diary'/>"),
  pubsub('get', "<items node='urn:xmpp:bookmarks:1'/>"),
  pubsub('get', "<items node='no-such-node'/>"),
  pubsub('get', '<items/>'),
  pubsub('get', '<subscriptions/>'),
  pubsub('get', '<affiliations/>'),
  pubsub('set', "<subscribe node='diary' jid='ASKER'/>"),
  pubsub('set', "<unsubscribe node='diary' jid='ASKER'/>"),
  pubsub('set', "<publish node='diary'><item><a xmlns='b'/></item></publish>"),
  pubsub('set', "<create node='diary'/>"),
  pubsub('get', "<configure node='diary'/>", '#owner'),
  pubsub('set', "<delete node='diary'/>", '#owner'),
] as const;

/** All that the asker hears for a stanza to each of the targets, with names left out. */
const heard = async (asker: Asker, stanza: string, resource = ''): Promise<readonly string[]> => {
  const wire = wireOf(asker);
  const answers: string[] = [];
  await settled(wire);
  for (const target of targets) {
    wire.say(stanza.replace('TO', at(target) + resource).replace('ASKER', at(asker)));
    const said = await settled(wire);
    answers.push(said.replace(/<iq [^>]*id='settled'[^>]*>$/, '').replaceAll(at(target), 'TARGET'));
  }
  return answers;
};

const ask = (asker: Asker, question: string, resource?: string): Promise<readonly string[]> =>
  heard(asker, `<iq to='TO' id='q' ${question}</iq>`, resource);

describe.each(['stranger', 'pending', 'watched', 'blocked'] as const)('checklist 27: to one who is %s', (asker) => {
  it.each(questions)('nobody is there: %s', async (question) => {
    for (const resource of ['', '/phone']) {
      const answers = await ask(asker, question, resource);
      expect(answers[0]).toContain('<service-unavailable ');
      expect(answers).toEqual(answers.map(() => answers[0]));
    }
  });

  it('nobody has any items, as XEP-0030 §8 wants it; the blocked find no service (XEP-0191 §5)', async () => {
    const [there, away, nobody] = await ask(
      asker,
      "type='get'><query xmlns='http://jabber.org/protocol/disco#items'/>",
    );
    expect(away).toBe(there);
    expect(nobody).toContain("<query xmlns='http://jabber.org/protocol/disco#items'/>");
    expect(there?.includes('<service-unavailable ')).toBe(asker === 'blocked');
    expect(there === nobody).toBe(asker !== 'blocked');
  });

  it.each(['probe', 'unavailable', 'unsubscribe', 'unsubscribed'])(
    'presence of type %s tells nothing',
    async (type) => {
      const [there, away, nobody] = await heard(asker, `<presence to='TO' type='${type}'/>`);
      expect([away, nobody]).toEqual([there, there]);
    },
  );
});

describe('checklist 27: of messages', () => {
  const silent = ['', '', ''];
  it.each([
    ['that is not to be kept', "<body>x</body><no-store xmlns='urn:xmpp:hints'/>", "type='chat'"],
    ['that says nothing', '', "type='chat'"],
    ['of a state', "<active xmlns='http://jabber.org/protocol/chatstates'/>", "type='chat'"],
    ['that is a headline', '<body>x</body>', "type='headline'"],
    ['that is an error', '<body>x</body>', "type='error'"],
  ])('a stranger does not learn whether anybody took one %s', async (_, content, type) => {
    expect(await heard('stranger', `<message to='TO' ${type}>${content}</message>`)).toEqual(silent);
  });

  it('a friend learns it, who sees it anyway', async () => {
    const stanza = "<message to='TO' type='chat'><body>x</body><no-store xmlns='urn:xmpp:hints'/></message>";
    const [there, away] = await heard('friend', stanza);
    expect(there).toBe('');
    expect(away).toContain('<service-unavailable ');
  });

  it('a stranger learns by no resource who is there', async () => {
    const answers = await heard('stranger', "<message to='TO' type='groupchat'><body>x</body></message>");
    expect(answers[0]).toContain('<service-unavailable ');
    expect(answers).toEqual(answers.map(() => answers[0]));
    const absent = await heard('stranger', "<message to='TO'><body>x</body></message>", '/nowhere');
    expect(absent).toEqual(absent.map(() => absent[0]));
  });

  it('who mistypes an address is told; who tries many is not, after twenty in an hour (checklist 16)', async () => {
    const wire = wireOf('watched');
    const tell = async (to: string): Promise<boolean> => {
      wire.say(`<message to='${to}' type='chat'><body>hello</body></message>`);
      return (await settled(wire)).includes('<service-unavailable ');
    };
    expect(await tell(at('ofline'))).toBe(true);
    expect(await tell(at('offline'))).toBe(false);
    const told: boolean[] = [];
    for (let n = 0; n < 60; n++) told.push(await tell(at(`guess${n}`)));
    expect(told[0]).toBe(true);
    // Twenty in the hour, unless an hour began meanwhile.
    expect(told.filter(Boolean).length).toBeLessThanOrEqual(39);
    expect(told.at(-1)).toBe(false);
    expect(await tell(at('offline'))).toBe(false);
  });
});

describe('friends', () => {
  it('are answered, and told what is wrong', async () => {
    const [there, away, nobody] = await ask('friend', "type='get'><query xmlns='jabber:iq:last'/>");
    expect(there).toContain("seconds='0'");
    expect(away).toContain('<query ');
    expect(nobody).toContain('<service-unavailable ');
    expect((await ask('friend', pubsub('get', "<items node='diary'/>"))).slice(0, 2).join()).toMatch(/<item .*<item /s);
    const closed = await ask('friend', pubsub('get', "<items node='urn:xmpp:bookmarks:1'/>"));
    expect(closed[1]).toContain('<closed-node ');
    const missing = await ask('friend', pubsub('get', "<items node='no-such-node'/>"));
    expect(missing[1]).toContain('<item-not-found ');
  });

  it('the one who is there has heard none of the questions of the others', async () => {
    expect(await settled(online)).not.toMatch(/<iq [^>]*from='(stranger|pending|watched|blocked)@localhost/);
  });
});

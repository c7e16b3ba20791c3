// Two domains in one server, and an insider of one who tries to get at the other: by name, stream, id and question (checklist 12, 16, 22, 27, 32, 34).
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { House } from '../house.ts';
import { authenticated, base64, inside, opened, plain, saslNs, settled } from './enter.ts';
import type { Wire } from './wire.ts';

const mallory = 'mallory@capulet.example';
const romeo = 'romeo@montague.example';
let house: House;

beforeAll(async () => {
  house = await House.open({ yaml: 'domains: [capulet.example, montague.example]\n' });
  await house.people(mallory, 'juliet@capulet.example', romeo);
});
afterAll(() => house.close());

/** A session that has announced itself. */
const present = async (address: string, resource: string): Promise<Wire> => {
  const wire = await inside(house, 'tcp', address, resource);
  wire.say('<presence/>');
  await settled(wire);
  return wire;
};

describe('signing in at a domain', () => {
  it.each([
    ["the other domain's name and password", plain('romeo')],
    ['a full address of the other domain', plain(romeo)],
    ["the other domain's account as authzid", plain('mallory', romeo)],
    ['the same name in the other domain as authzid', plain('mallory', 'mallory@montague.example')],
    ['a neighbour as authzid', plain('mallory', 'juliet@capulet.example')],
    ['the domain as authzid', plain('mallory', 'capulet.example')],
  ])('checklist 12: with %s fails', async (_, auth) => {
    const wire = await opened(house, 'tcp', 'capulet.example');
    wire.say(auth);
    expect(await wire.hears(/<\/failure>/)).toMatch(/<(not-authorized|invalid-authzid)\/>/);
    wire.destroy();
  });

  it('checklist 22: does not sign in at the other', async () => {
    const wire = await opened(house, 'tcp', 'capulet.example');
    wire.say(plain('mallory'));
    await wire.hears(/<success /);
    wire.header('montague.example');
    const heard = await wire.end();
    expect(heard).toContain('</stream:stream>');
    expect(heard).not.toContain('<stream:features');
  });

  it('checklist 16: answers a name that nobody has like a wrong password', async () => {
    const answers: string[] = [];
    for (const user of ['juliet', 'nobody', 'romeo']) {
      const wire = await opened(house, 'tcp', 'capulet.example');
      wire.say(plain(user, '', 'wrong'));
      const toPlain = await wire.hears(/<\/failure>/);
      wire.say(`<auth xmlns='${saslNs}' mechanism='SCRAM-SHA-1'>${base64(`n,,n=${user},r=abc`)}</auth>`);
      const challenge = await wire.hears(/<\/challenge>/);
      const told = Buffer.from(/>([^<]+)<\/challenge>/.exec(challenge)?.[1] ?? '', 'base64').toString();
      answers.push(`${toPlain} ${told.replace(/r=[^,]+/, 'r').replace(/s=[^,]+/, (salt) => `s ${salt.length}`)}`);
      wire.destroy();
    }
    expect(answers[0]).toMatch(/<not-authorized\/>.* r,s \d+,i=\d+$/);
    expect(new Set(answers).size).toBe(1);
  });
});

const questions = [
  "type='get'><query xmlns='jabber:iq:roster'/>",
  "type='set'><query xmlns='jabber:iq:roster'><item jid='mallory@capulet.example'/></query>",
  "type='get'><blocklist xmlns='urn:xmpp:blocking'/>",
  "type='set'><block xmlns='urn:xmpp:blocking'><item jid='juliet@capulet.example'/></block>",
  "type='set'><vCard xmlns='vcard-temp'><FN>Mallory</FN></vCard>",
  "type='get'><query xmlns='jabber:iq:private'><a xmlns='b'/></query>",
  "type='get'><query xmlns='jabber:iq:last'/>",
  "type='set'><query xmlns='urn:xmpp:mam:2'/>",
  "type='get'><prefs xmlns='urn:xmpp:mam:2'/>",
  "type='get'><pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'/></pubsub>",
  "type='set'><pubsub xmlns='http://jabber.org/protocol/pubsub'><publish node='a'><item><a xmlns='b'/></item></publish></pubsub>",
  "type='set'><query xmlns='jabber:iq:register'><remove/></query>",
] as const;

test.each(questions)(
  'checklist 27: a stranger gets an error for %s, the same whether the account exists or not',
  async (question) => {
    const wire = await inside(house, 'tcp', mallory, 'asks');
    const answers: string[] = [];
    for (const to of [romeo, 'nobody@montague.example']) {
      wire.say(`<iq to='${to}' id='q' ${question}</iq>`);
      answers.push((await wire.hears(/<\/iq>|<iq [^>]*\/>/)).replaceAll(to, 'TO'));
    }
    expect(answers[0]).toContain("type='error'");
    expect(answers[1]).toBe(answers[0]);
    wire.destroy();
  },
);

test('checklist 27: a probe, directed presence or a question to a resource tells a stranger nothing of sessions', async () => {
  const [hers, his] = [await present(mallory, 'm'), await present(romeo, 'orchard')];
  hers.say(`<presence type='probe' to='${romeo}'/><presence type='probe' to='${romeo}/orchard'/>`);
  hers.say(`<iq type='get' to='${romeo}/orchard' id='there'><ping xmlns='urn:xmpp:ping'/></iq>`);
  hers.say(`<iq type='get' to='${romeo}/nowhere' id='nowhere'><ping xmlns='urn:xmpp:ping'/></iq>`);
  const heard = await settled(hers);
  const answer = (id: string): string => new RegExp(`<iq [^>]*id='${id}'.*?</iq>`).exec(heard)?.[0] ?? '';
  expect(heard).not.toMatch(/<presence [^>]*montague\.example\/orchard(?![^>]*type='unsubscribed')/);
  expect(answer('there')).toContain("type='error'");
  expect(answer('nowhere')).toBe(answer('there').replaceAll('orchard', 'nowhere').replace('there', 'nowhere'));
  expect(await settled(his)).not.toContain('<ping');
  hers.destroy();
  his.destroy();
});

test("checklist 22: another account's stream is not resumed, and is not harmed by the try", async () => {
  const his = await inside(house, 'tcp', romeo, 'resumable');
  his.say("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
  const id = /\sid='([^']+)'/.exec(await his.hears(/<enabled [^>]*>/))?.[1] ?? '';
  for (const thief of [mallory, 'juliet@capulet.example']) {
    const wire = await authenticated(house, 'tcp', thief);
    wire.say(`<resume xmlns='urn:xmpp:sm:3' previd='${id}' h='0'/>`);
    expect(await wire.hears(/<\/failed>|<resumed /)).toContain('<item-not-found ');
    wire.destroy();
  }
  expect(id).not.toBe('');
  expect(await settled(his)).toContain("type='result'");
  his.destroy();
});

test("checklist 32: nobody answers in another's name a question that is somebody else's", async () => {
  const [hers, his] = [await present(mallory, 'm'), await present(romeo, 'orchard')];
  his.say("<iq type='get' to='juliet@capulet.example/none' id='asked'><ping xmlns='urn:xmpp:ping'/></iq>");
  hers.say(`<iq type='result' to='${romeo}/orchard' id='asked'/><iq type='error' to='${romeo}' id='asked'/>`);
  hers.say("<iq type='result' to='capulet.example' id='asked'/>");
  expect(await settled(hers)).not.toContain("id='asked'");
  const heard = await settled(his);
  expect(heard).not.toMatch(/<iq [^>]*from='mallory@capulet\.example(?!\/m')/);
  expect(heard).toMatch(/<iq [^>]*from='juliet@capulet\.example\/none'[^>]*>/);
  hers.destroy();
  his.destroy();
});

test('checklist 34: an error is never answered by an error', async () => {
  const wire = await present(mallory, 'loops');
  for (const to of ['nobody@montague.example', 'montague.example', `${romeo}/none`, 'a@elsewhere.example'])
    wire.say(
      `<message type='error' id='loop' to='${to}'><body>x</body></message><iq type='error' id='loop' to='${to}'/><presence type='error' id='loop' to='${to}'/>`,
    );
  expect(await settled(wire)).not.toContain("id='loop'");
  wire.destroy();
});

// Two domains in one server: a wall that somebody tries to cross (DESIGN §2; checklist 12, 18, 22).
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { House } from '../house.ts';
import { authenticated, base64, inside, opened, plain, saslNs, settled } from './enter.ts';
import { type WireName, wireNames } from './wire.ts';

const montague = 'montague.example';
const capulet = 'capulet.example';
const romeo = `romeo@${montague}`;
const juliet = `juliet@${capulet}`;
let house: House;

beforeAll(async () => {
  house = await House.open({
    yaml: [
      `domains: [{name: ${montague}, auth: {registration: open}}, ${capulet}]`,
      `auth: {anonymous: [${montague}]}`,
      '',
    ].join('\n'),
  });
  // The same name at both: what belongs to one must not be the other's.
  await house.people(romeo, juliet, `both@${montague}`, `nurse@${capulet}`);
  await house.running.core.membership.createMany([
    { address: `both@${capulet}` as never, password: 'another secret', role: 'user' },
  ]);
});
afterAll(() => house.close());

const client = "xmlns='jabber:client'";

describe.each(wireNames)('over %s', (name: WireName) => {
  it.each([
    ['a user of the other domain', plain('romeo')],
    ['a user of the other domain by his whole address', plain(romeo)],
    ["a name of both with the other's password", plain('both')],
    ['acting as the same name of the other domain', plain('both', `both@${montague}`, 'another secret')],
    ['acting as somebody of the other domain', plain('juliet', romeo)],
  ])('checklist 12: nobody signs in as %s', async (_, auth) => {
    const wire = await opened(house, name, capulet);
    wire.say(auth);
    expect(await wire.hears(/<\/failure>/)).toMatch(/<(not-authorized|invalid-authzid|malformed-request)\/>/);
    wire.destroy();
  });

  it('checklist 22: a stream does not begin anew at the other domain', async () => {
    const wire = await opened(house, name, montague);
    wire.say(plain('romeo'));
    await wire.hears(/<success /);
    wire.header(capulet);
    expect(await wire.end()).toContain('<not-authorized ');
  });

  it('checklist 22: nor at none', async () => {
    const wire = await opened(house, name, montague);
    wire.say(plain('romeo'));
    await wire.hears(/<success /);
    wire.header('elsewhere.example');
    expect(await wire.end()).toContain('<host-unknown ');
  });
});

it.each([
  ['of the other domain', `romeo@${capulet}/r`],
  ['of somebody of the other domain', `${juliet}/r`],
  ['of the other domain itself', capulet],
])('checklist 25: a message does not bear the address %s', async (_, from) => {
  const wire = await inside(house, 'tcp', romeo, 'r');
  wire.say(`<message ${client} from='${from}' to='${juliet}'><body>x</body></message>`);
  expect(await wire.end()).toContain('<invalid-from ');
});

it('what is open on one domain is open on that one only', async () => {
  const wire = await opened(house, 'tcp', capulet);
  wire.say(`<auth xmlns='${saslNs}' mechanism='ANONYMOUS'/>`);
  expect(await wire.hears(/<\/failure>/)).toContain('<invalid-mechanism/>');
  wire.say(
    "<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>eve</username><password>x</password></query></iq>",
  );
  expect(await wire.hears(/<\/iq>/)).toContain('<service-unavailable ');
  expect(await house.running.core.accounts.load(`eve@${capulet}` as never)).toBeNull();
  const open = await opened(house, 'tcp', montague);
  open.say(
    `<iq type='set' id='r'><query xmlns='jabber:iq:register'><username>eve@${capulet}</username><password>x</password></query></iq>`,
  );
  expect(await open.hears(/<\/iq>/)).toContain('<not-acceptable ');
  wire.destroy();
  open.destroy();
});

describe('a session is of its account', () => {
  it('its id resumes it for nobody else, and does not say whether there is one', async () => {
    const mine = await inside(house, 'tcp', juliet, 'balcony');
    mine.say("<enable xmlns='urn:xmpp:sm:3' resume='true'/>");
    const id = / id='([^']+)'/.exec(await mine.hears(/<enabled [^>]*>/))?.[1] ?? '';
    for (const address of [romeo, `nurse@${capulet}`]) {
      const thief = await authenticated(house, 'tcp', address);
      for (const previd of [id, 'guessed']) {
        thief.say(`<resume xmlns='urn:xmpp:sm:3' previd='${previd}' h='0'/>`);
        expect(await thief.hears(/<\/failed>/)).toMatch(/^<failed xmlns='urn:xmpp:sm:3'><item-not-found /);
      }
      thief.destroy();
    }
    mine.say('</stream:stream>');
    await mine.end();
    const late = await authenticated(house, 'tcp', `nurse@${capulet}`);
    late.say(`<resume xmlns='urn:xmpp:sm:3' previd='${id}' h='0'/>`);
    expect(await late.hears(/<\/failed>/)).not.toContain(' h=');
    late.destroy();
  });

  it('its archive ids are worth nothing to anybody else', async () => {
    const [mine, other] = [await inside(house, 'tcp', juliet, 'balcony'), await inside(house, 'tcp', romeo, 'r')];
    mine.say(`<message ${client} to='nurse@${capulet}' type='chat'><body>secret</body></message>`);
    await settled(mine);
    mine.say("<iq type='set' id='q'><query xmlns='urn:xmpp:mam:2'/></iq>");
    const archived = / id='([\w-]+)'><forwarded/.exec(await mine.hears(/<\/fin><\/iq>/))?.[1] ?? '';
    expect(archived).not.toBe('');
    other.say(
      `<iq type='set' id='q'><query xmlns='urn:xmpp:mam:2'><set xmlns='http://jabber.org/protocol/rsm'><after>${archived}</after></set></query></iq>`,
    );
    expect(await other.hears(/<\/iq>/)).toContain('<item-not-found ');
    other.say(`<iq type='set' id='q' to='${juliet}'><query xmlns='urn:xmpp:mam:2'/></iq>`);
    expect(await other.hears(/<\/iq>/)).toContain('<forbidden ');
    mine.destroy();
    other.destroy();
  });
});

test('checklist 16, 27: what an account has published tells no stranger whether there is one', async () => {
  const wire = await inside(house, 'tcp', romeo, 'r');
  const ask = async (to: string, payload: string): Promise<string> => {
    wire.say(`<iq type='get' id='a' to='${to}'>${payload}</iq>`);
    return (await wire.hears(/<iq [^>]*\/>|<\/iq>/)).replaceAll(to, 'X');
  };
  for (const payload of [
    "<query xmlns='http://jabber.org/protocol/disco#info'/>",
    "<query xmlns='http://jabber.org/protocol/disco#items'/>",
    "<vCard xmlns='vcard-temp'/>",
    "<pubsub xmlns='http://jabber.org/protocol/pubsub'><items node='urn:xmpp:bookmarks:1'/></pubsub>",
  ])
    expect(await ask(juliet, payload)).toBe(await ask(`nobody@${capulet}`, payload));
  expect(await ask(capulet, "<query xmlns='http://jabber.org/protocol/disco#items'/>")).not.toContain('juliet');
  wire.destroy();
});

test('blocking the other domain stops all that comes from it', async () => {
  const [mine, other] = [await inside(house, 'tcp', juliet, 'balcony'), await inside(house, 'tcp', romeo, 'r')];
  mine.say(`<presence/><iq type='set' id='b'><block xmlns='urn:xmpp:blocking'><item jid='${montague}'/></block></iq>`);
  await mine.hears(/<iq [^>]*id='b'[^>]*>/);
  other.say(
    `<message ${client} to='${juliet}' type='chat'><body>blocked</body></message><presence to='${juliet}' type='subscribe'/>`,
  );
  expect(await settled(other)).toContain('<service-unavailable ');
  expect(await settled(mine)).not.toMatch(/blocked<|subscribe/);
  mine.say(`<iq type='set' id='u'><unblock xmlns='urn:xmpp:blocking'/></iq>`);
  await mine.hears(/<iq [^>]*id='u'[^>]*>/);
  mine.destroy();
  other.destroy();
});

test('checklist 18: an administrator is one account, not a name', async () => {
  const { membership } = house.running.core;
  const address = `both@${montague}` as never;
  expect(await membership.setRole(address, 'admin')).toBeUndefined();
  const [one, other] = await Promise.all(
    [montague, capulet].map((domain) => house.running.core.accounts.load(`both@${domain}` as never)),
  );
  expect([one?.view.role, other?.view.role]).toEqual(['admin', 'user']);
});

test('checklist 12: an empty authzid in base 64 is nobody else, either', async () => {
  const wire = await opened(house, 'tcp', capulet);
  for (const words of ['\0both\0', 'both\0\0another secret', `${romeo}\0\0`, '\0\0']) {
    wire.say(`<auth xmlns='${saslNs}' mechanism='PLAIN'>${base64(words)}</auth>`);
    expect(await wire.hears(/<\/failure>/)).not.toContain('success');
  }
  wire.destroy();
});

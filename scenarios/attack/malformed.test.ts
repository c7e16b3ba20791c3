// Bad XML on every listener, before and after signing in: the right error, and the end (RFC 6120 §4.9, §11; RFC 7395; XEP-0206).
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { House } from '../house.ts';
import { inside, opened, settled } from './enter.ts';
import { type WireName, wireNames } from './wire.ts';

const mallory = 'mallory@localhost';
let house: House;

beforeAll(async () => {
  house = await House.open();
  await house.people(mallory, 'romeo@localhost');
});
afterAll(() => house.close());

const message = (content: string): string => `<message xmlns='jabber:client' to='${mallory}'>${content}</message>`;
const deep = (levels: number): string => '<a>'.repeat(levels) + '</a>'.repeat(levels);

/** What is sent, and the stream error for it. */
type Attack = readonly [name: string, xml: string | Uint8Array, condition: string];

const latin = Buffer.concat([
  Buffer.from("<message xmlns='jabber:client'><body>"),
  Buffer.from([0xe9, 0x20]),
  Buffer.from('</body></message>'),
]);
const surrogate = Buffer.concat([
  Buffer.from("<message xmlns='jabber:client'><body>"),
  Buffer.from([0xed, 0xa0, 0x80]),
  Buffer.from('</body></message>'),
]);
const overlong = Buffer.concat([
  Buffer.from("<message xmlns='jabber:client'><body>"),
  Buffer.from([0xc0, 0xbc]),
  Buffer.from('</body></message>'),
]);

const attacks: readonly Attack[] = [
  ['1: a document type', "<!DOCTYPE a [<!ENTITY a 'a'>]>", 'restricted-xml'],
  [
    '1: a billion laughs',
    `<!DOCTYPE l [<!ENTITY a 'ha'>${['b', 'c', 'd'].map((n) => `<!ENTITY ${n} '${'&a;'.repeat(10)}'>`).join('')}]>${message('&d;')}`,
    'restricted-xml',
  ],
  ['1: a document type inside a stanza', message('<!DOCTYPE a>'), 'restricted-xml'],
  ['1: an entity that nobody declared', message('<body>&xxe;</body>'), 'restricted-xml'],
  ['1: an entity in an attribute', "<message xmlns='jabber:client' to='&xxe;'/>", 'restricted-xml'],
  ['1: a comment', message('<!-- x -->'), 'restricted-xml'],
  ['1: a processing instruction', message("<?xml-stylesheet href='x'?>"), 'restricted-xml'],
  ['2: a prefix from nowhere', message('<x:a/>'), 'bad-namespace-prefix'],
  ['2: an attribute twice', message("<a b='1' b='2'/>"), 'not-well-formed'],
  ['2: an attribute twice by namespaces', message("<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>"), 'not-well-formed'],
  ['7: a closing tag that closes nothing', message('</b>'), 'not-well-formed'],
  ['7: a character that XML forbids', message('<body>\u0007</body>'), 'not-well-formed'],
  ['7: NUL', message('<body>a\u0000b</body>'), 'not-well-formed'],
  ['7: a reference to NUL', message('<body>&#0;</body>'), 'not-well-formed'],
  ['7: a reference to half a character', message('<body>&#xd800;</body>'), 'not-well-formed'],
  ['7: a non-character', message('<body>\uffff</body>'), 'not-well-formed'],
  ['7: Latin 1', latin, 'not-well-formed'],
  ['7: a surrogate in UTF-8', surrogate, 'not-well-formed'],
  ['7: an overlong <', overlong, 'not-well-formed'],
];

const streamError = (condition: string): RegExp =>
  new RegExp(`<${condition} xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>`);

/** Text that is no UTF-8 is none of HTTP or WebSocket: they refuse it before it is a stream's (RFC 6455 §8.1). */
const endFor = (name: WireName, xml: string | Uint8Array, condition: string): RegExp => {
  if (typeof xml === 'string' || name === 'tcp' || name === 'tls') return streamError(condition);
  return name === 'bosh' ? /HTTP 400/ : /^$/;
};

describe.each(wireNames)('over %s', (name) => {
  it.each(attacks)('checklist %s, before signing in', async (_, xml, condition) => {
    const wire = await opened(house, name);
    const began = performance.now();
    wire.say(xml);
    expect(await wire.end()).toMatch(endFor(name, xml, condition));
    expect(performance.now() - began).toBeLessThan(1_000);
    wire.destroy();
  });
});

/** HTTP does not read what is larger than any body may be; ws says 1009 to a frame like that. */
const limitFor = (name: WireName): RegExp => {
  if (name === 'bosh') return /HTTP 413|<policy-violation /;
  return name === 'websocket' ? /^$|<policy-violation / : streamError('policy-violation');
};

describe.each(wireNames)('limits over %s', (name) => {
  it.each([
    ['depth 9', deep(9)],
    ['65 children', `<a>${'<b/>'.repeat(65)}</a>`],
    ['17 attributes', `<a ${Array.from({ length: 17 }, (_, n) => `b${n}=''`).join(' ')}/>`],
    ['9 prefixes', `<a ${Array.from({ length: 9 }, (_, n) => `xmlns:b${n}='u'`).join(' ')}/>`],
    ['a name of 129 letters', `<${'a'.repeat(129)}/>`],
    // Over BOSH a body may hold more than one stanza.
    [name === 'bosh' ? '20 KB' : '10 KB', `<a>${'x'.repeat(name === 'bosh' ? 20_000 : 10_000)}</a>`],
    ['10 KB in one attribute', `<a b='${'x'.repeat(name === 'bosh' ? 20_000 : 10_000)}'/>`],
    ['10 KB in one tag name', `<${'x'.repeat(name === 'bosh' ? 20_000 : 10_000)}`],
  ])('checklist 2: %s before signing in', async (_, xml) => {
    const wire = await opened(house, name);
    wire.say(xml);
    expect(await wire.end()).toMatch(limitFor(name));
    wire.destroy();
  });

  it.each([
    ['depth 65', message(deep(64))],
    ['5,000 children', message('<b/>'.repeat(5_000))],
    ['65 attributes', message(`<a ${Array.from({ length: 65 }, (_, n) => `b${n}=''`).join(' ')}/>`)],
    [
      '65 prefixes, layer by layer',
      message(Array.from({ length: 62 }, (_, n) => `<a xmlns:b${n}='u' xmlns:c${n}='u'>`).join('')),
    ],
    ['a stanza beyond limits.stanzaBytes', message(`<body>${'x'.repeat(600_000)}</body>`)],
  ])('checklist 2, 3: %s after it', async (_, xml) => {
    const wire = await inside(house, name, mallory, 'limits');
    wire.say(xml);
    expect(await wire.end()).toMatch(limitFor(name));
    wire.destroy();
  });

  it.each([
    ['an element of no namespace', "<a xmlns=''/>", 'invalid-namespace'],
    ["a server's stanza", "<message xmlns='jabber:server'><body>x</body></message>", 'invalid-namespace'],
    ['an unknown element', "<a xmlns='urn:example:a'/>", 'unsupported-stanza-type'],
    ['an unknown stanza', "<letter xmlns='jabber:client'/>", 'unsupported-stanza-type'],
    [
      'another of the streams namespace',
      "<s:features xmlns:s='http://etherx.jabber.org/streams'/>",
      'unsupported-stanza-type',
    ],
    [
      "somebody else's from",
      "<message xmlns='jabber:client' from='romeo@localhost/orchard'><body>x</body></message>",
      'invalid-from',
    ],
    ["the server's from", "<message xmlns='jabber:client' from='localhost'><body>x</body></message>", 'invalid-from'],
    ['a from that is no address', "<presence xmlns='jabber:client' from='@'/>", 'invalid-from'],
    [
      "another session's from",
      `<iq xmlns='jabber:client' type='get' id='1' from='${mallory}/other'><ping xmlns='urn:xmpp:ping'/></iq>`,
      'invalid-from',
    ],
    ['an acknowledgement of nonsense', "<a xmlns='urn:xmpp:sm:3' h='-1'/>", 'bad-format'],
  ])('%s ends the stream of who has signed in', async (_, xml, condition) => {
    const wire = await inside(house, name, mallory, 'wrong');
    wire.say(xml);
    expect(await wire.end()).toMatch(streamError(condition));
  });

  it('an acknowledgement of what was never sent ends it, too', async () => {
    const wire = await inside(house, name, mallory, 'wrong');
    wire.say("<enable xmlns='urn:xmpp:sm:3'/>");
    await wire.hears(/<enabled [^>]*>/);
    wire.say("<a xmlns='urn:xmpp:sm:3' h='99'/>");
    expect(await wire.end()).toMatch(streamError('undefined-condition'));
  });

  it.each([
    ['a message', "<message xmlns='jabber:client' to='romeo@localhost'><body>x</body></message>", 'not-authorized'],
    ['presence', "<presence xmlns='jabber:client'/>", 'not-authorized'],
    ['an unknown element', "<a xmlns='urn:example:a'/>", 'unsupported-stanza-type'],
  ])('%s before signing in ends the stream', async (_, xml, condition) => {
    const wire = await opened(house, name);
    wire.say(xml);
    expect(await wire.end()).toMatch(streamError(condition));
  });

  it.each([
    ['a resumption', "<resume xmlns='urn:xmpp:sm:3' previd='x' h='0'/>"],
    ['stream management', "<enable xmlns='urn:xmpp:sm:3' resume='true'/>"],
  ])('%s before signing in is refused and opens nothing (XEP-0198 §3, §5)', async (_, xml) => {
    const wire = await opened(house, name);
    wire.say(xml);
    await wire.hears(/<failed xmlns='urn:xmpp:sm:3'><unexpected-request [^>]*><\/failed>/);
    wire.say("<presence xmlns='jabber:client'/>");
    expect(await wire.end()).toMatch(streamError('not-authorized'));
  });

  it.each([
    ['an iq without id', "<iq xmlns='jabber:client' type='get'><ping xmlns='urn:xmpp:ping'/></iq>", 'bad-request'],
    ['an iq of no type', "<iq xmlns='jabber:client' id='e'><ping xmlns='urn:xmpp:ping'/></iq>", 'bad-request'],
    [
      'an iq that asks two things',
      "<iq xmlns='jabber:client' type='get' id='e'><ping xmlns='urn:xmpp:ping'/><a xmlns='b'/></iq>",
      'bad-request',
    ],
    ['an unknown question', "<iq xmlns='jabber:client' type='get' id='e'><a xmlns='b'/></iq>", 'service-unavailable'],
    ['a to that is none', "<message xmlns='jabber:client' to='@@'><body>x</body></message>", 'jid-malformed'],
    [
      'a to of 5,000 letters',
      `<message xmlns='jabber:client' to='${'a'.repeat(5_000)}@localhost'><body>x</body></message>`,
      'jid-malformed',
    ],
    [
      'a server that nobody can reach',
      "<message xmlns='jabber:client' to='a@elsewhere.example'><body>x</body></message>",
      'remote-server-not-found',
    ],
    ['presence of an unknown type', "<presence xmlns='jabber:client' type='x'/>", 'bad-request'],
    ['a priority of 1000', "<presence xmlns='jabber:client'><priority>1000</priority></presence>", 'bad-request'],
    [
      'presence of 20 KB',
      `<presence xmlns='jabber:client'><status>${'x'.repeat(20_000)}</status></presence>`,
      'policy-violation',
    ],
  ])('%s gets an error, and the stream goes on', async (_, xml, condition) => {
    const wire = await inside(house, name, mallory, 'mistaken');
    wire.say(xml);
    const heard = await settled(wire);
    expect(heard).toContain(`<${condition} xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/>`);
    wire.destroy();
  });
});

test('checklist 7: what is forwarded is written anew, never as it came', async () => {
  const [mine, romeos] = [
    await inside(house, 'tcp', mallory, 'm'),
    await inside(house, 'websocket', 'romeo@localhost', 'r'),
  ];
  romeos.say("<presence xmlns='jabber:client'/>");
  await settled(romeos);
  mine.say(
    "<x:message\txmlns:x = 'jabber:client'\nto=\"romeo@localhost\" type='chat'><x:body ><![CDATA[</body>&]]>&#x3c;</x:body ></x:message>",
  );
  const heard = await romeos.hears(/<\/message>/);
  expect(heard).toContain("<message xmlns='jabber:client' ");
  expect(heard).toContain('<body>&lt;/body&gt;&amp;&lt;</body>');
  mine.destroy();
  romeos.destroy();
});

test('checklist 2: one byte at a time costs no more than all at once', async () => {
  const wire = await opened(house, 'tcp');
  for (const letter of "<auth xmlns='urn:ietf:params:xml:ns:xmpp-sasl' mechanism='NONE'/>") wire.say(letter);
  expect(await wire.hears(/<invalid-mechanism\/>/)).toContain('failure');
  wire.destroy();
});

// RFC 3863 §4, RFC 4479 §5, RFC 4480 §3: read tolerantly, written strictly, nothing lost.
import { readFileSync } from 'node:fs';
import { el } from '@parlance/xml/element';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { PresenceDocument } from './document.ts';
import { readPresence } from './read.ts';
import { readRich, readUserInput, richElement, userInputElement } from './rich.ts';
import { writePresence } from './write.ts';

const bytesOf = (name: string): Uint8Array =>
  new Uint8Array(readFileSync(new URL(`../../fixtures/documents/${name}`, import.meta.url)));
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test('the document of RFC 3863 §4.3.1', () => {
  const document = readPresence(bytesOf('rfc3863-4-presence.xml'));
  expect(document.entity).toBe('pres:someone@example.com');
  expect(document.notes).toEqual([{ text: "I'll be in Tokyo next week" }]);
  const [first, second] = document.tuples;
  expect(first).toMatchObject({
    id: 'bs35r9',
    basic: 'open',
    contact: { uri: 'im:someone@mobilecarrier.net', priority: 800 },
    notes: [
      { text: "Don't Disturb Please!", language: 'en' },
      { text: "Ne derangez pas, s'il vous plait", language: 'fr' },
    ],
    timestamp: Date.parse('2001-10-27T16:49:29Z'),
  });
  expect(first?.statuses.map((status) => [status.ns, status.name, status.text()])).toEqual([
    ['urn:ietf:params:xml:ns:pidf:im', 'im', 'busy'],
    ['http://id.example.com/presence/', 'location', 'home'],
  ]);
  expect(second?.contact?.priority).toBe(1000);
});

test('the document of RFC 4480 §4', () => {
  const document = readPresence(bytesOf('rfc4480-1-presence.xml'));
  const [person] = document.persons;
  const activities = readRich('activities', person?.extensions ?? []);
  expect(activities).toEqual({
    words: ['away'],
    notes: [{ text: 'Far away' }],
    from: Date.parse('2005-05-30T07:00:00Z'),
    until: Date.parse('2005-05-30T12:00:00Z'),
  });
  expect(readRich('mood', person?.extensions ?? [])).toMatchObject({ words: ['angry'], other: 'brooding' });
  expect(readRich('place-type', person?.extensions ?? [])?.words).toEqual(['residence']);
  expect(readRich('relationship', document.tuples[1]?.extensions ?? [])?.words).toEqual(['assistant']);
  expect(person?.timestamp).toBe(Date.parse('2005-05-30T11:09:44Z'));
  expect(document.devices[0]).toMatchObject({
    id: 'pc147',
    device: 'urn:device:0003ba4811e3',
    notes: [{ text: 'PC' }],
  });
  expect(readUserInput(document.devices[0]?.extensions ?? [])).toEqual({
    state: 'idle',
    last: Date.parse('2004-10-21T18:20:00Z'),
    threshold: 600,
  });
  expect(document.tuples[0]?.devices).toEqual(['urn:device:0003ba4811e3']);
});

const onThePhone: PresenceDocument = {
  entity: 'sip:alice@example.com',
  tuples: [
    {
      id: 't1',
      basic: 'open',
      statuses: [],
      contact: { uri: 'sip:alice@192.0.2.1', priority: 650 },
      devices: [],
      notes: [{ text: 'Hallo', language: 'de' }],
      timestamp: 0,
      extensions: [],
    },
  ],
  persons: [
    {
      id: 'p1',
      notes: [],
      extensions: [richElement('activities', { words: ['on-the-phone'], notes: [] })],
    },
  ],
  devices: [],
  notes: [],
  extensions: [],
};

test('namespaces are written with the prefixes that phones look for', () => {
  expect(decode(writePresence(onThePhone))).toBe(
    '<?xml version="1.0" encoding="UTF-8"?>\r\n' +
      '<presence xmlns="urn:ietf:params:xml:ns:pidf" xmlns:dm="urn:ietf:params:xml:ns:pidf:data-model" ' +
      'xmlns:rpid="urn:ietf:params:xml:ns:pidf:rpid" entity="sip:alice@example.com">' +
      '<tuple id="t1"><status><basic>open</basic></status><contact priority="0.65">sip:alice@192.0.2.1</contact>' +
      '<note xml:lang="de">Hallo</note><timestamp>1970-01-01T00:00:00Z</timestamp></tuple>' +
      '<dm:person id="p1"><rpid:activities><rpid:on-the-phone/></rpid:activities></dm:person></presence>\r\n',
  );
});

test('what others wrote badly is read all the same', () => {
  const document = readPresence(
    encode(
      '\ufeff<?xml version="1.0" encoding="utf-8"?><!-- made by hand --><presence xmlns="urn:ietf:params:xml:ns:pidf" xml:lang="en">' +
        '<note>hi<!-- there --></note><tuple><contact priority="7"> sip:a@b.example </contact><status><basic> OPEN </basic></status>' +
        '<timestamp>yesterday</timestamp></tuple><tuple id=""><contact/></tuple></presence>',
    ),
  );
  expect(document.entity).toBe('');
  expect(document.notes).toEqual([{ text: 'hi', language: 'en' }]);
  expect(document.tuples).toEqual([
    {
      id: 't0',
      basic: 'open',
      statuses: [],
      contact: { uri: 'sip:a@b.example' },
      devices: [],
      notes: [],
      extensions: [],
    },
    { id: 't1', statuses: [], devices: [], notes: [], extensions: [] },
  ]);
});

test.each([
  ['0', 0],
  ['0.021', 21],
  ['0.5', 500],
  ['1.00', 1000],
  ['1.001', undefined],
  ['-0.5', undefined],
  ['1e-1', undefined],
  ['', undefined],
])('priority %s is %s (RFC 3863 §4.1.5)', (text, expected) => {
  const body = encode(
    `<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="a:b"><tuple id="a"><contact priority="${text}">a:b</contact></tuple></presence>`,
  );
  expect(readPresence(body).tuples[0]?.contact?.priority).toBe(expected);
});

test('no document type, no entities, no processing instructions, no other root', () => {
  const bodies = [
    '<!DOCTYPE a [<!ENTITY b "c">]><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="&b;"/>',
    '<!DOCTYPE a><!-- --><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="a"/>',
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="&b;"/>',
    '<?go?><presence xmlns="urn:ietf:params:xml:ns:pidf" entity="a"/>',
    '<presence entity="a"/>',
    '<presence xmlns="urn:ietf:params:xml:ns:pidf" entity="a"><!-- ',
    '',
  ];
  for (const body of bodies) expect(() => readPresence(encode(body))).toThrow('Malformed presence document');
});

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that XML forbids
const forbidden = /[\u0000-\u001f\u007f\ufffe\uffff\ud800-\udfff]/g;
const text = fc.string({ unit: 'binary', maxLength: 20 }).map((each) => `x${each.replaceAll(forbidden, '')}x`);
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined });
const list = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T[]> => fc.array(arbitrary, { maxLength: 3 });
const time = maybe(fc.integer({ min: 0, max: 253_402_300_799_999 }));
const notes = list(fc.record({ text, language: fc.constantFrom(undefined, 'en', 'zh-CN') }));
const rich = fc.record({
  words: list(fc.constantFrom('away', 'busy', 'on-the-phone')),
  other: maybe(text),
  notes,
  from: time,
  until: time,
});
const extension = fc.oneof(
  text.map((said) => el('more', 'urn:example', { said }, el('deeper', '', {}, said))),
  rich.map((value) => richElement('activities', value)),
);
const occurrence = { id: text, notes, timestamp: time, extensions: list(extension) };
const documents: fc.Arbitrary<PresenceDocument> = fc.record({
  entity: text,
  tuples: list(
    fc.record({
      ...occurrence,
      basic: fc.constantFrom(undefined, 'open' as const, 'closed' as const),
      statuses: list(extension),
      contact: maybe(fc.record({ uri: text, priority: maybe(fc.integer({ min: 0, max: 1000 })) })),
      devices: list(text),
    }),
  ),
  persons: list(fc.record(occurrence)),
  devices: list(fc.record({ ...occurrence, device: text })),
  notes,
  extensions: list(extension),
});

test('what is written is read again', () => {
  fc.assert(
    fc.property(documents, (document) => {
      expect(readPresence(writePresence(document))).toEqual(document);
    }),
  );
});

test('rich presence and user input are read as they were made', () => {
  const input = fc.record({
    state: fc.constantFrom('active' as const, 'idle' as const),
    last: time,
    threshold: maybe(fc.nat()),
  });
  fc.assert(
    fc.property(rich, input, (value, typed) => {
      const extensions = [richElement('place-type', value), userInputElement(typed)];
      expect(readRich('place-type', extensions)).toEqual(value);
      expect(readUserInput(extensions)).toEqual(typed);
    }),
  );
});

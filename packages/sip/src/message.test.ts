// Messages as lists of lines: what is read, what is refused, what stays as it came (RFC 3261 §7, §8.2, §16.3).
import { describe, expect, it } from 'vitest';
import { faultOf, isUsable } from './check.ts';
import { Field } from './field.ts';
import { contact, route, tagOf, to } from './headers/name-addr.ts';
import { allow, contentType, expires, maxForwards, supported } from './headers/plain.ts';
import { via } from './headers/via.ts';
import { dropFirst, make, prepend, replace, SipRequest, SipResponse, without } from './message.ts';
import { idOf, nameOf } from './names.ts';
import { readDatagram } from './parse.ts';
import { respond } from './response.ts';
import { serialise } from './serialise.ts';
import { readLines, readRequest, readResponse } from './testing/messages.ts';

const usual: readonly string[] = [
  'MESSAGE sip:bob@example.net SIP/2.0',
  'Via: SIP/2.0/UDP a.example;branch=z9hG4bK1',
  'From: <sip:alice@example.net>;tag=1',
  'To: <sip:bob@example.net>',
  'Call-ID: 1@a.example',
  'CSeq: 1 MESSAGE',
];

const status = (...lines: readonly string[]): number | undefined => faultOf(readRequest(...lines))?.status;
const lines = (fields: readonly Field[]): readonly string[] => fields.map(({ line }) => line);

describe('checklist 50: what may be there once', () => {
  it.each([
    'From: <sip:mallory@example.net>;tag=1',
    'f: <sip:alice@example.net>;tag=1',
    'To: <sip:bob@example.net>',
    't : <sip:bob@example.net>',
    'Call-ID: 2@a.example',
    'I: 1@a.example',
    'CSeq: 1 MESSAGE',
    'cseq: 2 MESSAGE',
  ])('is refused as %j a second time', (line) => {
    expect(status(...usual)).toBeUndefined();
    expect(status(...usual, line)).toBe(400);
  });

  it.each(['Content-Length: 0', 'Max-Forwards: 70', 'Expires: 60', 'Content-Type: text/plain', 'Event: presence'])(
    '%s is refused twice, also in other spelling',
    (line) => {
      expect(status(...usual, line)).toBeUndefined();
      expect(status(...usual, line, line.toUpperCase())).toBe(400);
    },
  );

  it('holds for two values in one field', () => {
    expect(status(...usual.with(2, 'From: <sip:a@b>;tag=1, <sip:c@d>;tag=2'))).toBe(400);
    expect(status(...usual.with(5, 'CSeq: 1 MESSAGE, 2 MESSAGE'))).toBe(400);
    expect(status(...usual.with(4, 'Call-ID: 1 2'))).toBe(400);
    expect(status(...usual, 'Max-Forwards: 70, 0')).toBe(400);
  });

  it('holds for a tag of many bytes and for parameters of one name', () => {
    expect(status(...usual.with(2, `From: <sip:a@b>;tag=${'x'.repeat(50_000)}`))).toBeUndefined();
    expect(status(...usual.with(2, 'From: <sip:a@b>;tag=1;TAG=2'))).toBe(400);
    expect(status(...usual.with(2, `From: <sip:a@b>${';a=1'.repeat(10_000)}`))).toBe(400);
    expect(status(...usual.with(1, 'Via: SIP/2.0/UDP a;branch=z9hG4bK1;branch=z9hG4bK2'))).toBe(400);
  });

  it('Via may be there often, and each is read', () => {
    const message = readRequest(...usual, 'v: SIP/2.0/TCP b.example, SIP/2.0/TLS c.example:5061');
    expect(faultOf(message)).toBeUndefined();
    expect(message.all(via).map(({ host }) => host)).toEqual(['a.example', 'b.example', 'c.example']);
    expect(status(...usual, 'Via: SIP/2.0/UDP')).toBe(400);
  });

  it('a response with any of them twice is dropped', () => {
    const answer = ['SIP/2.0 200 OK', ...usual.slice(1)];
    expect(isUsable(readResponse(...answer))).toBe(true);
    expect(isUsable(readResponse(...answer, 'To: <sip:bob@example.net>;tag=2'))).toBe(false);
    expect(isUsable(readResponse(...answer, 'Content-Length: 1'))).toBe(false);
  });
});

describe('checklist 51: names of fields', () => {
  it.each([
    'P-Asserted-Identity\u0000: <sip:a@b>',
    'P-Asserted-Identity\u00a0: <sip:a@b>',
    'P-Asserted Identity: <sip:a@b>',
    '\u0001Route: <sip:a@b>',
    'Röute: <sip:a@b>',
    'Route',
    ': <sip:a@b>',
    ' : <sip:a@b>',
    'X: a\nRoute: <sip:a@b>',
    'X: a\rRoute: <sip:a@b>',
    'X: a\n Route: <sip:a@b>',
    'X: a\r\r\n b',
  ])('%j is refused', (line) => {
    const message = readRequest(...usual.slice(0, 5), line, ...usual.slice(5));
    expect(faultOf(message)).toMatchObject({ status: 400 });
    expect(message.has('route') || message.has('p-asserted-identity')).toBe(false);
  });

  it.each(['v', 'V', 'via', 'VIA', 'Via ', 'vIa \t ', 'v\t'])('%j is Via', (name) => {
    expect(readRequest(...usual.with(1, `${name}: SIP/2.0/UDP a.example`)).first(via)?.host).toBe('a.example');
  });

  it('one filter removes every spelling', () => {
    const spellings = ['Content-Type: a/b', 'c : a/b', 'CONTENT-TYPE\t:a/b', 'C:\r\n a/b'];
    expect(without(readRequest(...usual, ...spellings).fields, 'content-type')).toHaveLength(5);
  });

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])('%s is a name like any other', (name) => {
    expect(idOf(name)).toBe(name.toLowerCase());
    expect(readRequest(...usual, `${name}: x`).text(name.toLowerCase())).toBe('x');
  });

  it('what we write is the usual spelling', () => {
    expect(['call-id', 'cseq', 'www-authenticate', 'p-new-header'].map(nameOf)).toEqual([
      'Call-ID',
      'CSeq',
      'WWW-Authenticate',
      'P-New-Header',
    ]);
  });
});

describe('reading', () => {
  it('unfolds values, whatever the folds look like', () => {
    const message = readRequest(...usual, 'Subject: \t\r\n a\r\n\t\r\n  b \r\n c\t', 'W:', 'Y-Z: \ufeffz');
    expect(message.text('subject')).toBe('a  b c');
    expect([message.text('w'), message.text('y-z')]).toEqual(['', '\ufeffz']);
  });

  it('reads each value once', () => {
    const message = readRequest(...usual, 'Supported: path, gruu', 'k: 100rel', 'Supported:');
    expect(message.all(supported)).toEqual(['path', 'gruu', '100rel']);
    expect(message.all(supported)).toBe(message.all(supported));
    expect(message.optional(expires)).toBeUndefined();
    expect(message.first(allow)).toBeUndefined();
    expect(() => message.one(contentType)).toThrow('Missing content-type');
  });

  it('a line that is no UTF-8 is refused, not silence', () => {
    const latin = Uint8Array.from([...usual, 'Subject: caf\u00e9', '', ''].join('\r\n'), (c) => c.charCodeAt(0));
    const message = readDatagram(latin);
    expect(message instanceof SipRequest && faultOf(message)?.status).toBe(400);
    expect(message?.text('call-id')).toBe('1@a.example');
  });

  it('has at most 256 fields', () => {
    const many = (count: number): readonly string[] => Array.from({ length: count }, (_, n) => `X-${n}: y`);
    expect(status(...usual, ...many(251))).toBeUndefined();
    expect(status(...usual, ...many(252))).toBe(400);
    expect(readRequest(...usual, ...many(10_000)).fields).toHaveLength(257);
  });

  it('passes over line ends in front, and over what follows the body', () => {
    const bytes = new TextEncoder().encode(`\r\n\r\n${usual.join('\r\n')}\r\nl: 2\r\n\r\nhello`);
    expect(readDatagram(bytes)?.body).toEqual(new TextEncoder().encode('he'));
  });

  it('a head without its empty line is refused, not silence', () => {
    for (const end of ['', '\r\n', '\r', '\r\nSubj']) {
      const message = readDatagram(new TextEncoder().encode(usual.join('\r\n') + end));
      expect(message instanceof SipRequest && faultOf(message)?.status).toBe(400);
      expect(message?.text('call-id')).toBe('1@a.example');
    }
    expect(readDatagram(new TextEncoder().encode(`SIP/2.0 200 OK\r\n${usual[1]}`))).toBeInstanceOf(SipResponse);
  });

  it.each(['', '\r\n\r\n', 'hello', 'hello\r\n\r\n', 'a b\r\n\r\n', 'SIP/2.0 99 No\r\n\r\n', 'SIP/2.0 200OK\r\n\r\n'])(
    '%j is no message',
    (text) => {
      expect(readDatagram(new TextEncoder().encode(text))).toBeUndefined();
    },
  );

  it.each([
    ['Contact: *', undefined],
    ['Contact: *, <sip:a@b>', 400],
    ['Contact: <sip:a@b>, *', 400],
    ['Contact: *\r\nm: *', 400],
    ['Contact: *name <sip:a@b>', undefined],
    ['Contact: sip:a@b?c=d', 400],
    ['Contact: <sip:a b@c>', 400],
    ['Route: sip:a;lr', 400],
    ['Route: <sip:a;lr>, <sip:b;lr>', undefined],
    ['Max-Forwards: 256', 400],
    ['Max-Forwards: -1', 400],
    ['Expires: 99999999999999999999', undefined],
    ['Expires: soon', 400],
    ['Content-Length: 1', 400],
    ['Date: never', undefined],
    ['X-Unknown: ;;"<,', undefined],
  ])('%s: %s', (line, expected) => {
    expect(status(...usual, line)).toBe(expected);
  });

  it('CSeq is a number, white space and a method', () => {
    expect(status(...usual.with(5, 'CSeq: 1MESSAGE'))).toBe(400);
    expect(status(...usual.with(5, 'CSeq: 2147483648 MESSAGE'))).toBe(400);
    expect(status(...usual.with(5, 'CSeq: 0002147483647\tMESSAGE'))).toBeUndefined();
  });
});

describe('changing', () => {
  const fields = readRequest(...usual, 'Route: <sip:a;lr> , <sip:b;lr>', 'X: y', 'route: <sip:c;lr>').fields;
  const routes = (some: readonly Field[]): readonly string[] => lines(some.filter(({ id }) => id === 'route'));

  it('drops the topmost value', () => {
    const one = dropFirst(fields, route);
    expect(routes(one)).toEqual(['Route: <sip:b;lr>', 'route: <sip:c;lr>']);
    const two = dropFirst(one, route);
    expect(routes(two)).toEqual(['route: <sip:c;lr>']);
    expect(dropFirst(dropFirst(two, route), route)).toHaveLength(fields.length - 2);
    expect(dropFirst([Field.read('Route:'), ...two], route).map(({ id }) => id)).not.toContain('<sip:c;lr>');
  });

  it('puts values before others of their kind', () => {
    const added = prepend(fields, route, { display: 'Me', uri: 'sip:me;lr', parameters: [] });
    expect(routes(added)[0]).toBe('Route: "Me" <sip:me;lr>');
    expect(added.indexOf(fields[4] ?? Field.read(''))).toBe(4);
    expect(prepend([], maxForwards, 70).map(({ line }) => line)).toEqual(['Max-Forwards: 70']);
  });

  it('replaces all values by one', () => {
    expect(routes(replace(fields, route, { display: '', uri: 'sip:me', parameters: [] }))).toEqual(['Route: <sip:me>']);
    expect(lines(replace(fields, expires, 5)).at(-1)).toBe('Expires: 5');
  });

  it('makes no second line out of a value', () => {
    const display = 'Eve\r\nRoute: <sip:evil>\n';
    const field = make(to, { display, uri: 'sip:a@b', parameters: [] });
    expect(field.line).toBe('To: "Eve  Route: <sip:evil> " <sip:a@b>');
  });

  it('leaves other lines byte for byte', () => {
    const message = readRequest(...usual, 'X-ODD :\t a\r\n  b ', 'l:0', 'Y: z');
    const out = new TextDecoder().decode(serialise(message.with({ fields: replace(message.fields, maxForwards, 1) })));
    expect(out).toContain('\r\nX-ODD :\t a\r\n  b \r\nl:0\r\nY: z\r\nMax-Forwards: 1\r\n\r\n');
  });

  it('says the length of a new body', () => {
    const message = readRequest(...usual, 'Content-Length: 0').with({ body: new Uint8Array(3) });
    expect(new TextDecoder().decode(serialise(message))).toContain('\r\nContent-Length: 3\r\n\r\n\0\0\0');
    expect(new TextDecoder().decode(serialise(message))).not.toContain('Content-Length: 0');
  });
});

describe('answers (RFC 3261 §8.2.6)', () => {
  const request = readRequest(...usual, 'v: SIP/2.0/UDP b.example', 'Timestamp: 54', 'X: y');

  it('repeat what they must, as it came', () => {
    const answer = respond(request, { status: 486 }, 'ours');
    expect(lines(answer.fields)).toEqual([
      usual[1],
      usual[2],
      `${usual[3]};tag=ours`,
      usual[4],
      usual[5],
      'v: SIP/2.0/UDP b.example',
    ]);
    expect([answer.status, answer.reason, tagOf(answer.one(to))]).toEqual([486, 'Busy Here', 'ours']);
  });

  it('100 has no tag and the timestamp', () => {
    expect(lines(respond(request, { status: 100 }, 'ours').fields)).toEqual([
      ...usual.slice(1),
      'v: SIP/2.0/UDP b.example',
      'Timestamp: 54',
    ]);
  });

  it('keep the tag that is there, and what cannot be read', () => {
    const tagged = respond(readRequest(...usual.with(3, 'To: sip:bob@example.net;tag=2')), { status: 200 }, 'ours');
    expect(tagOf(tagged.one(to))).toBe('2');
    const broken = respond(readRequest(...usual.with(3, 'To: "')), { status: 400 }, 'ours');
    expect(broken.text('to')).toBe('"');
  });

  it('never send a broken line back', () => {
    const message = readRequest(...usual.with(3, 'To: <sip:a@b>\nVia: SIP/2.0/UDP victim'));
    expect(lines(respond(message, { status: 400 }, 'ours').fields).join()).not.toContain('victim');
  });

  it('have the phrase of their class when they have none of their own', () => {
    expect(respond(request, { status: 499 }, 'x').reason).toBe('Bad Request');
    expect(respond(request, { status: 200, reason: 'Fine', fields: [make(contact, '*')] }, 'x').startLine).toBe(
      'SIP/2.0 200 Fine',
    );
    expect(readLines('SIP/2.0 200', ...usual.slice(1))).toBeInstanceOf(SipResponse);
  });
});

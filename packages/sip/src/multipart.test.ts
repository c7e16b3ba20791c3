// RFC 2046 §5.1, RFC 5621: parts are found, whatever stands about them.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SipError } from './error.ts';
import { partHeader, partType } from './mime.ts';
import { partOf, readMultipart, writeMultipart } from './multipart.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
const type = (boundary: string | undefined): Parameters<typeof readMultipart>[0] => ({
  value: 'multipart/mixed',
  parameters: boundary === undefined ? [] : [{ name: 'boundary', value: boundary }],
});

test('the example of RFC 2046 §5.1.1, with preamble, epilogue and a part without headers', () => {
  const parts = readMultipart(
    type('"simple boundary"'),
    encode(
      [
        'This is the preamble.  It is to be ignored, though it',
        'is a handy place for composition agents to include an',
        'explanatory note to non-MIME conformant readers.',
        '',
        '--simple boundary',
        '',
        'This is implicitly typed plain US-ASCII text.',
        'It does NOT end with a linebreak.',
        '--simple boundary',
        'Content-type: text/plain; charset=us-ascii',
        '',
        'This is explicitly typed plain US-ASCII text.',
        'It DOES end with a linebreak.',
        '',
        '--simple boundary--',
        '',
        'This is the epilogue.  It is also to be ignored.',
      ].join('\r\n'),
    ),
  );
  expect(parts.map((part) => partType(part).value)).toEqual(['text/plain', 'text/plain']);
  expect(decode(parts[0]?.body)).toMatch(/a linebreak\.$/);
  expect(decode(parts[1]?.body)).toMatch(/a linebreak\.\r\n$/);
});

test('aggregated notifications of RFC 5438 §8.3: the last delimiter does not close', () => {
  const body = encode(
    '--i\r\nContent-type: message/imdn+xml\r\n\r\none\r\n--i\r\nContent-type: message/imdn+xml\r\n\r\ntwo\r\n--i\r\n',
  );
  expect(readMultipart(type('i'), body).map((part) => decode(part.body))).toEqual(['one', 'two']);
});

test('a boundary inside of a line is none, and lines may end with line feeds only', () => {
  const body = encode('--b\nA: 1\n\nx--b y\n--bc\n--b--\n');
  const [part, ...others] = readMultipart(type('b'), body);
  expect(decode(part?.body)).toBe('x--b y\n--bc');
  expect(part && partHeader(part, 'a')).toBe('1');
  expect(others).toEqual([]);
});

test('a part is found by its Content-ID, the first without one', () => {
  const part = (id: string) => ({ headers: [{ name: 'Content-Id', value: `<${id}>` }], body: encode(id) });
  const parts = readMultipart(type('b'), writeMultipart([part('a@x'), part('b@x')], 'b'));
  expect(decode(partOf(parts, 'b@x')?.body)).toBe('b@x');
  expect(decode(partOf(parts, undefined)?.body)).toBe('a@x');
  expect(partOf(parts, 'c@x')).toBeUndefined();
});

test('no boundary, a broken one, no part, too many parts, too long a head: 400', () => {
  const body = (parts: number): Uint8Array => encode(`${'--b\r\n\r\nx\r\n'.repeat(parts)}--b--`);
  expect(readMultipart(type('b'), body(128))).toHaveLength(128);
  for (const [boundary, bytes] of [
    [undefined, body(1)],
    ['"b "', body(1)],
    [`"${'b'.repeat(71)}"`, body(1)],
    ['b', body(0)],
    ['b', body(129)],
    ['b', encode(`--b\r\n${'A: 1\r\n'.repeat(65)}\r\n--b--`)],
    ['b', encode(`--b\r\nA: ${'x'.repeat(20_000)}\r\n\r\n--b--`)],
    ['b', encode('--b\r\nno header\r\n\r\n--b--')],
  ] as const)
    expect(() => readMultipart(type(boundary), bytes)).toThrow(SipError);
});

test('what is written is read again, any bytes', () => {
  const part = fc.record({
    headers: fc.array(fc.record({ name: fc.constant('X-A'), value: fc.constantFrom('1', 'a; b="c"') }), {
      maxLength: 3,
    }),
    body: fc.uint8Array({ maxLength: 60 }),
  });
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 5 }), (parts) => {
      const read = readMultipart(type('4f9b2c'), writeMultipart(parts, '4f9b2c'));
      expect(read.map(({ headers, body }) => ({ headers, body: Uint8Array.from(body) }))).toEqual(parts);
    }),
  );
});

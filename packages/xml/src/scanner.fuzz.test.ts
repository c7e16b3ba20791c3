// The scanner under damaged bytes: it says XmlError or nothing, portions do not matter, and its time grows with the bytes alone (ADR 0004).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { XmlError } from './error.ts';
import { storedLimits } from './limits.ts';
import { XmlScanner } from './scanner.ts';
import { serialise } from './serialise.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What real streams consist of, and what should never be in one. */
const sound = [
  "<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams' to='a'>",
  "<message to='romeo@example.net' type='chat'><body>Wherefore art thou &amp; why?</body></message>",
  "<iq type='get' id='1'><query xmlns='jabber:iq:roster' ver='é汉😀'/></iq>",
  '<presence><show>away</show><x:c xmlns:x="urn:x" x:hash=\'sha-1\'/></presence>',
  '<a><![CDATA[<not>&a;<tag/>]]></a>',
  '&#x10FFFF;&lt;&quot;&apos;',
  '</stream:stream>',
  ' \r\n\t',
].map(encode);
const unsound = [
  '<!DOCTYPE a [<!ENTITY b "c">]>',
  '&b;',
  '<!-- -->',
  '<?pi?>',
  '&#0;',
  '<a a="1" a="2"/>',
  ']]>',
  '<:/>',
].map(encode);

const piece = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...sound) },
  { weight: 1, arbitrary: fc.constantFrom(...unsound) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 8 }) },
);

interface Damage {
  readonly at: number;
  readonly drop: number;
  readonly put: Uint8Array;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(),
  drop: fc.nat({ max: 3 }),
  put: fc.oneof(
    fc.uint8Array({ maxLength: 2 }),
    fc.constantFrom(...['<', '>', '&', "'", '=', '/', '\u0000'].map(encode)),
  ),
});

const join = (pieces: readonly Uint8Array[]): Uint8Array => Uint8Array.from(pieces.flatMap((each) => [...each]));

const broken = (bytes: Uint8Array, { at, drop, put }: Damage): Uint8Array => {
  const place = at % (bytes.length + 1);
  return join([bytes.subarray(0, place), put, bytes.subarray(place + drop)]);
};

const stream = fc
  .tuple(fc.array(piece, { maxLength: 8 }), fc.array(damage, { maxLength: 4 }))
  .map(([pieces, damages]) => damages.reduce(broken, join([sound[0] ?? encode(''), ...pieces])));

/** What the scanner says of bytes that come in portions of `size`; that it failed last. */
const said = (bytes: Uint8Array, size: number): readonly string[] => {
  const words: string[] = [];
  const scanner = new XmlScanner(
    {
      open: (root) => void words.push(serialise(root)),
      element: (each) => void words.push(serialise(each)),
      close: () => void words.push('close'),
    },
    storedLimits,
  );
  try {
    for (let at = 0; at < bytes.length; at += size) scanner.write(bytes.subarray(at, at + size));
  } catch (error) {
    if (!(error instanceof XmlError)) throw error;
    words.push('error');
  }
  return words;
};

const isUtf8 = (bytes: Uint8Array): boolean => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes) !== undefined;
  } catch {
    return false;
  }
};

/** A portion that is no UTF-8 is refused as a whole: what stood before it, in the same portion, is not heard. */
const alike = (bytes: Uint8Array): void => {
  const whole = said(bytes, bytes.length + 1);
  for (const size of [1, 2, 3, 7]) {
    const parts = said(bytes, size);
    if (isUtf8(bytes)) expect(parts).toEqual(whole);
    else expect(parts.slice(0, whole.length - 1)).toEqual(whole.slice(0, -1));
  }
};

describe('damaged bytes', () => {
  it('end with an XmlError or not at all, whole or byte by byte alike', () => {
    fc.assert(fc.property(stream, alike));
  });

  it('are named as another encoding, also one by one', () => {
    const nothing = (): void => undefined;
    const scanner = new XmlScanner({ open: nothing, element: nothing, close: nothing }, storedLimits);
    const utf16 = [0xff, 0xfe, 0x3c, 0x00];
    expect(() => utf16.map((byte) => scanner.write(Uint8Array.of(byte)))).toThrow(
      expect.objectContaining({ condition: 'unsupported-encoding' }),
    );
  });

  it('pure noise too', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), alike));
  });
});

const shapes: Readonly<Record<string, (n: number) => string>> = {
  text: (n) => `<a>${'x'.repeat(n)}</a>`,
  references: (n) => `<a>${'&amp;'.repeat(n / 5)}</a>`,
  'an attribute': (n) => `<a b='${'x'.repeat(n)}'/>`,
  'many elements': (n) => '<a/>'.repeat(n / 4),
  children: (n) => `<a>${'<b>c</b>'.repeat(n / 8)}</a>`,
  'nesting and back': (n) => `${'<a>'.repeat(20)}${'</a>'.repeat(20)}`.repeat(n / 140),
  'CDATA that nearly ends': (n) => `<a><![CDATA[${']]'.repeat(n / 2)}]]></a>`,
  'space between attributes': (n) => `<a${' '.repeat(n)}b='c'/>`,
};

/** The quickest of three readings, in portions of a thousand bytes. */
const milliseconds = (bytes: Uint8Array): number => {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    let elements = 0;
    const nothing = (): void => undefined;
    const scanner = new XmlScanner({ open: nothing, element: () => void elements++, close: nothing }, storedLimits);
    const began = performance.now();
    for (let at = 0; at < bytes.length; at += 1_000) scanner.write(bytes.subarray(at, at + 1_000));
    best = Math.min(best, performance.now() - began);
    expect(elements).toBeGreaterThan(0);
  }
  return best;
};

describe.each(Object.entries(shapes))('time for %s', (_, shape) => {
  it('grows with the length, not with its square', () => {
    const open = "<s:s xmlns:s='urn:s' xmlns='urn:a'>";
    const short = milliseconds(encode(open + shape(60_000)));
    const long = milliseconds(encode(open + shape(480_000)));
    // Eight times as long: its square would be 64 times.
    expect(long).toBeLessThan(40 * Math.max(short, 2));
  });
});

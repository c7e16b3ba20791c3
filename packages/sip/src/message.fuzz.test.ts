// The message layer under damaged bytes: it says SipError or nothing, cuts do not matter, and its time grows with the bytes alone.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultOf, isUsable } from './check.ts';
import type { HeaderCodec } from './codec.ts';
import { SipError } from './error.ts';
import { FrameError, Framer } from './framer.ts';
import { date } from './headers/date.ts';
import { minSe, retryAfter, sessionExpires } from './headers/interval.ts';
import * as nameAddr from './headers/name-addr.ts';
import * as plain from './headers/plain.ts';
import { rack, rseq } from './headers/reliable.ts';
import { replaces } from './headers/replaces.ts';
import { via } from './headers/via.ts';
import { warning } from './headers/warning.ts';
import { isRequest, make, type SipMessage } from './message.ts';
import { readDatagram } from './parse.ts';
import { respond } from './response.ts';
import { serialise } from './serialise.ts';

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

const isCodec = (value: unknown): value is HeaderCodec<unknown> =>
  typeof value === 'object' && value !== null && 'read' in value;

const codecs: readonly HeaderCodec<unknown>[] = [
  ...[nameAddr, plain].flatMap((family) => Object.values(family)),
  ...[date, minSe, retryAfter, sessionExpires, rack, rseq, replaces, via, warning],
].filter(isCodec);

/** The messages of RFC 4475, and of RFC 5118 with the line ends of its text. */
const corpus: readonly Uint8Array[] = ['rfc4475', 'rfc5118'].flatMap((rfc) => {
  const folder = fileURLToPath(new URL(`../fixtures/${rfc}/`, import.meta.url));
  const files = readdirSync(folder).filter((name) => name !== 'README.md');
  return files.map((name) => {
    const bytes = readFileSync(folder + name);
    if (rfc === 'rfc4475') return new Uint8Array(bytes);
    return new Uint8Array(Buffer.from(`${bytes.toString('latin1').trimEnd()}\n\n`.replaceAll('\n', '\r\n'), 'latin1'));
  });
});

const bits = [
  ...[
    '\r\n',
    '\r',
    '\n',
    '\0',
    ' ',
    '\t',
    '"',
    '\\',
    '<',
    '>',
    ';',
    ',',
    ':',
    '@',
    '%',
    '=',
    '/',
    '[',
    ']',
    '*',
    '(',
    '\u00e9',
  ],
  ...[
    'l: 0\r\n',
    'Content-Length: 99999999999999999999\r\n',
    'v:',
    '\r\n\r\n',
    ' SIP/2.0',
    ';tag=',
    '%00',
    '::',
    '4294967296',
  ],
].map(encode);

interface Damage {
  readonly at: number;
  readonly drop: number;
  readonly put: Uint8Array;
}

const damage: fc.Arbitrary<Damage> = fc.record({
  at: fc.nat(),
  drop: fc.oneof(fc.nat({ max: 3 }), fc.nat({ max: 200 })),
  put: fc.oneof(fc.constantFrom(...bits), fc.uint8Array({ maxLength: 3 }), fc.constantFrom(...corpus)),
});

const join = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((each) => [...each]));

const broken = (bytes: Uint8Array, { at, drop, put }: Damage): Uint8Array => {
  const place = at % (bytes.length + 1);
  return join([bytes.subarray(0, place), put, bytes.subarray(place + drop)]);
};

const damaged = fc
  .tuple(fc.constantFrom(...corpus), fc.array(damage, { maxLength: 4 }))
  .map(([bytes, damages]) => damages.reduce(broken, bytes));

/** Whatever happens here is a value or a `SipError`. */
const attempt = <T>(act: () => T): T | undefined => {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof SipError)) throw error;
    return undefined;
  }
};

const isSound = (message: SipMessage): boolean =>
  isRequest(message) ? faultOf(message) === undefined : isUsable(message);

/** Everything that is read comes out so that it reads the same. */
const reads = (message: SipMessage): void => {
  for (const codec of codecs) {
    for (const value of attempt(() => message.all(codec)) ?? []) {
      const again = message.with({ fields: [make(codec, value)] });
      expect(again.all(codec)).toEqual([value]);
    }
  }
};

const survives = (bytes: Uint8Array): void => {
  const message = readDatagram(bytes);
  if (message === undefined) return;
  reads(message);
  const again = readDatagram(serialise(message));
  if (isSound(message)) {
    expect(again?.startLine.toLowerCase()).toBe(message.startLine.toLowerCase());
    expect(again?.body).toEqual(message.body);
    const lines = (each: SipMessage | undefined): readonly string[] =>
      each?.fields.filter(({ id }) => id !== 'content-length').map(({ line }) => line) ?? [];
    expect(lines(again)).toEqual(lines(message));
  }
  if (!isRequest(message)) return;
  const answer = readDatagram(serialise(respond(message, { status: 400 }, 'tag')));
  expect(answer?.fields.every(({ id }) => id !== '')).toBe(true);
};

/** What a framer says of these portions; that it failed last. */
const said = (portions: readonly Uint8Array[]): readonly string[] => {
  const words: string[] = [];
  const framer = new Framer(
    { message: (each) => void words.push(decode(serialise(each))), ping: () => {}, pong: () => {} },
    { head: 4096, body: 4096 },
  );
  try {
    for (const portion of portions) framer.push(portion);
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    words.push('lost');
  }
  return words;
};

const slices = (bytes: Uint8Array, size: number): readonly Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, n) => bytes.subarray(n * size, (n + 1) * size));

const alike = (bytes: Uint8Array): void => {
  const whole = said([bytes]);
  for (const size of [1, 2, 3, 7, 100]) expect(said(slices(bytes, size))).toEqual(whole);
};

describe('checklist 53: damaged bytes', () => {
  it('are read or refused, and what is sound comes out as it went in', () => {
    fc.assert(fc.property(damaged, survives));
  });

  it('of pure noise too', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), survives));
  });

  it('on a stream are the same wherever it is cut', () => {
    fc.assert(fc.property(fc.array(damaged, { minLength: 1, maxLength: 3 }).map(join), alike), { numRuns: 50 });
  });

  it.each(codecs.map((codec) => [codec.id, codec] as const))('of %s', (id, codec) => {
    const fields = corpus.flatMap((bytes) => readDatagram(bytes)?.fields.filter((each) => each.id === id) ?? []);
    const values = [...fields.map(({ value }) => encode(value)), encode('a;b="c"'), encode('1')];
    const value = fc
      .tuple(fc.constantFrom(...values), fc.array(damage, { maxLength: 3 }))
      .map(([bytes, damages]) => decode(damages.reduce(broken, bytes)).replaceAll(/[\r\n]/g, ' '));
    fc.assert(
      fc.property(fc.oneof(value, fc.string({ unit: 'binary-ascii' })), (text) => {
        const message = readDatagram(
          encode(`OPTIONS sip:a SIP/2.0\r\n${id}: ${text.replaceAll(/[\r\n]/g, ' ')}\r\n\r\n`),
        );
        if (message === undefined) throw new Error('no message');
        for (const one of attempt(() => message.all(codec)) ?? [])
          expect(message.with({ fields: [make(codec, one)] }).all(codec)).toEqual([one]);
      }),
    );
  });
});

describe('every message of the RFCs', () => {
  it('cut anywhere is the same', () => {
    for (const bytes of corpus) {
      const whole = said([bytes]);
      for (let at = 1; at < bytes.length; at++)
        expect(said([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    }
  });
});

/** Of one field each, with a value of n bytes. */
const shapes: Readonly<Record<string, (n: number) => string>> = {
  'white space': (n) => `From: a${' '.repeat(n)}b`,
  'white space before a fold': (n) => `From: a${' '.repeat(n)}b\r\n c`,
  folds: (n) => `From: a${'\r\n b'.repeat(n / 4)}`,
  parameters: (n) => `From: <sip:a@b>${Array.from({ length: n / 8 }, (_, k) => `;p${k}`).join('')}`,
  'parameters of one length': (n) =>
    `From: <sip:a@b>${Array.from({ length: n / 8 }, (_, k) => `;P${10_000 + k}x`).join('')}`,
  'parameters of a URI': (n) => `From: <sip:a@b${Array.from({ length: n / 8 }, (_, k) => `;p${k}`).join('')}>`,
  'values of a list': (n) => `Via: ${Array.from({ length: n / 20 }, () => 'SIP/2.0/UDP a.b.c').join(',')}`,
  'a quoted string': (n) => `From: "${'\\"'.repeat(n / 2)}`,
  'a quoted string that ends': (n) => `From: "${'\\"'.repeat(n / 2)}" <sip:a@b>`,
  escapes: (n) => `From: <sip:${'%41'.repeat(n / 3)}@b>`,
  'labels of a host': (n) => `From: <sip:a@${'a.'.repeat(n / 2)}>`,
  'colons of an address': (n) => `From: <sip:a@[${'::1'.repeat(n / 3)}]>`,
  'groups of an address': (n) => `From: <sip:a@[${'1:'.repeat(n / 2)}]>`,
  'comments in comments': (n) => `Retry-After: 1 ${'('.repeat(n)}`,
  digits: (n) => `Expires: ${'9'.repeat(n)}`,
  'names that are unknown': (n) => Array.from({ length: n / 10 }, (_, k) => `X${k}: y`).join('\r\n'),
  'names that are known': (n) => 'Via: SIP/2.0/UDP a\r\n'.repeat(n / 20).trimEnd(),
  'a name': (n) => `${'x'.repeat(n)}: y`,
  'lone line ends': (n) => `X: ${'\n'.repeat(n)}`,
  'no UTF-8': (n) => `X: ${'\u00ff'.repeat(n)}`,
};

/** The quickest of three readings by everybody. */
const milliseconds = (text: string): number => {
  const bytes = Uint8Array.from(`OPTIONS sip:a SIP/2.0\r\n${text}\r\n\r\n`, (each) => each.charCodeAt(0));
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 3; round++) {
    const began = performance.now();
    const message = readDatagram(bytes);
    if (message === undefined || !isRequest(message)) throw new Error('no request');
    expect(faultOf(message)).toBeInstanceOf(SipError);
    for (const codec of codecs) attempt(() => message.all(codec));
    serialise(respond(message, { status: 400 }, 'tag'));
    best = Math.min(best, performance.now() - began);
  }
  return best;
};

describe.each(Object.entries(shapes))('time for %s', (_, shape) => {
  it('grows with the length, not with its square', () => {
    const short = milliseconds(shape(8_000));
    const long = milliseconds(shape(64_000));
    // Eight times as long: its square would be 64 times.
    expect(long).toBeLessThan(30 * Math.max(short, 1));
  });
});

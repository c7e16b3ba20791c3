// Addresses: the examples of RFC 7622 §3.5, domain parts, limits, and laws.
import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bareOf, formatBare, formatJid, type Jid, makeJid, parseJid } from './jid.ts';

const jid = (local: string, domain: string, resource: string): Jid => ({ local, domain, resource });

describe('legal addresses (RFC 7622 §3.5, table 1)', () => {
  test.each([
    ['juliet@example.com', jid('juliet', 'example.com', '')],
    ['juliet@example.com/foo', jid('juliet', 'example.com', 'foo')],
    ['juliet@example.com/foo bar', jid('juliet', 'example.com', 'foo bar')],
    ['juliet@example.com/foo@bar', jid('juliet', 'example.com', 'foo@bar')],
    ['foo\\20bar@example.com', jid('foo\\20bar', 'example.com', '')],
    ['fussball@example.com', jid('fussball', 'example.com', '')],
    ['fu\u00DFball@example.com', jid('fu\u00DFball', 'example.com', '')],
    ['\u03C0@example.com', jid('\u03C0', 'example.com', '')],
    ['\u03A3@example.com/foo', jid('\u03C3', 'example.com', 'foo')],
    ['\u03C3@example.com/foo', jid('\u03C3', 'example.com', 'foo')],
    ['\u03C2@example.com/foo', jid('\u03C2', 'example.com', 'foo')],
    ['king@example.com/\u265A', jid('king', 'example.com', '\u265A')],
    ['example.com', jid('', 'example.com', '')],
    ['example.com/foobar', jid('', 'example.com', 'foobar')],
    ['a.example.com/b@example.net', jid('', 'a.example.com', 'b@example.net')],
  ])('%s', (text, parsed) => {
    expect(parseJid(text)).toEqual(parsed);
  });

  test('a leading space in a resource is legal: example 18 is withdrawn by erratum 4560', () => {
    expect(parseJid('juliet@example.com/ foo')).toEqual(jid('juliet', 'example.com', ' foo'));
  });
});

describe('malformed addresses (RFC 7622 §3.5, table 2, and others; checklist 29)', () => {
  test.each([
    '"juliet"@example.com',
    'foo bar@example.com',
    '@example.com/',
    'henry\u2163@example.com',
    '\u265A@example.com',
    'juliet@',
    '/foobar',
    '',
    '@',
    'a@b@c',
    'juliet@example.com/',
    'a\uFF20b@example.com',
    'a\uFF0Fb@example.com',
    "o'neill@example.com",
    'a&b@example.com',
    'a<b@example.com',
    'a:b@example.com',
    'juliet@example.com/a\u0000b',
    'juliet@example.com/\uD800',
  ])('%j', (text) => {
    expect(parseJid(text)).toBeUndefined();
  });
});

describe('domain parts (RFC 7622 §3.2)', () => {
  test.each([
    ['EXAMPLE.com', 'example.com'],
    ['example.com.', 'example.com'],
    ['localhost', 'localhost'],
    ['b\u00FCcher.example', 'b\u00FCcher.example'],
    ['xn--bcher-kva.example', 'b\u00FCcher.example'],
    ['B\u00DCCHER.example', 'b\u00FCcher.example'],
    ['fa\u00DF.example', 'fa\u00DF.example'],
    ['\uFF45xample\u3002com', 'example.com'],
    ['\u5F20.\u4F8B\u5B50', '\u5F20.\u4F8B\u5B50'],
    ['127.0.0.1', '127.0.0.1'],
    ['[::1]', '[::1]'],
    ['[2001:DB8::7:1]', '[2001:db8::7:1]'],
    ['[1:2:3:4:5:6:7:8]', '[1:2:3:4:5:6:7:8]'],
    ['[::ffff:192.0.2.1]', '[::ffff:192.0.2.1]'],
    ['[fe80::1%25eth0]', '[fe80::1%25eth0]'],
  ])('%s', (text, domain) => {
    expect(parseJid(`a@${text}/b`)).toEqual(jid('a', domain, 'b'));
  });

  test.each([
    'a..b',
    '.',
    '.a',
    'a_b.example',
    '-a.example',
    'a-.example',
    'ab--cd.example',
    'xn--.example',
    'xn--a.example',
    '\u2603.example',
    'a b',
    'exa\u0000mple',
    '\u05D0a.example',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(130)}example`,
    '[::1',
    '::1',
    '[]',
    '[1:2:3]',
    '[::1::2]',
    '[1:2:3:4:5:6:7:8:9]',
    '[1.2.3.4::]',
    '[::1.2.3.256]',
    '[g::]',
    '[v1.a]',
  ])('%j is none', (text) => {
    expect(parseJid(text)).toBeUndefined();
  });
});

describe('lengths in octets after mapping (RFC 7622 §3.3, §3.4)', () => {
  const parts = [(part: string) => makeJid(part, 'a', ''), (part: string) => makeJid('', 'a', part)];

  test.each(parts)('1023 and no more', (make) => {
    expect(make('a'.repeat(1023))).toBeDefined();
    expect(make('a'.repeat(1024))).toBeUndefined();
    expect(make('\u00E9'.repeat(511))).toBeDefined();
    expect(make('\u00E9'.repeat(512))).toBeUndefined();
    expect(make('e\u0301'.repeat(511))).toBeDefined();
    expect(make('a'.repeat(1_000_000))).toBeUndefined();
  });
});

describe('laws', () => {
  const sign = fc.oneof(
    fc.constantFrom(...Array.from('@/.-[]:% aZ\u0130\u00DF\u03A3\u05D0\u0627\uFF21\uFF20\u3002\u200D\u0301\u4E00')),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  );
  const text = fc.array(sign, { maxLength: 24 }).map((signs) => signs.join(''));

  test('what was prepared stays as it is, and is read as it is written', () => {
    fc.assert(
      fc.property(text, text, text, (local, domain, resource) => {
        const made =
          makeJid(local, domain, resource) ?? makeJid(local, 'a.example', resource) ?? makeJid('', domain, '');
        if (made === undefined) return;
        expect(makeJid(made.local, made.domain, made.resource)).toEqual(made);
        expect(parseJid(formatJid(made))).toEqual(made);
        expect(bareOf(formatJid(made))).toBe(formatBare(made));
      }),
      { numRuns: fc.readConfigureGlobal().numRuns ?? 3_000 },
    );
  });

  test('what is remembered keeps nothing of the text around it alive', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const held = (): number => {
      collect();
      return getHeapStatistics().used_heap_size;
    };
    const before = held();
    for (let n = 0; n < 1_000; n++) {
      const read = Buffer.from(`${'x'.repeat(50_000)}somebody${n}@example.com/orchard`).toString('latin1');
      parseJid(read.slice(50_000));
    }
    expect(held() - before).toBeLessThan(5_000_000);
  });

  test('a known address is the same object; forgotten ones are parsed again', () => {
    const first = parseJid('law@example.com/one');
    expect(parseJid('law@example.com/one')).toBe(first);
    for (let n = 0; n < 20_000; n++) parseJid(`law${n}@example.com`);
    expect(parseJid('law@example.com/one')).not.toBe(first);
    expect(parseJid('law@example.com/one')).toEqual(first);
  });
});

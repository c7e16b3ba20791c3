// URIs by the examples of RFC 3261 §19.1.3, §19.1.4, §19.1.6 and RFC 5954 §4.2, and by laws.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SipError } from './error.ts';
import { numberOf, parameterOf } from './parameters.ts';
import { escapeUser, hostPort, isSip, readSip, readUri, sameUri, unescaped, writeUri } from './uri.ts';

describe('reading', () => {
  it.each([
    ['sip:alice@atlanta.com', { user: 'alice', host: 'atlanta.com' }],
    ['sip:alice:secretword@atlanta.com;transport=tcp', { user: 'alice', password: 'secretword' }],
    ['sips:alice@atlanta.com?subject=project%20x&priority=urgent', { headers: 'subject=project%20x&priority=urgent' }],
    ['sip:+1-212-555-1212:1234@gateway.com;user=phone', { user: '+1-212-555-1212', password: '1234' }],
    ['sips:1212@gateway.com', { scheme: 'sips', user: '1212' }],
    ['sip:alice@192.0.2.4', { host: '192.0.2.4' }],
    ['sip:atlanta.com;method=REGISTER?to=alice%40atlanta.com', { user: undefined, headers: 'to=alice%40atlanta.com' }],
    ['sip:alice;day=tuesday@atlanta.com', { user: 'alice;day=tuesday', parameters: [] }],
    ['sip:a:@b', { user: 'a', password: '' }],
    ['sip:a@B.example.:05060', { host: 'b.example.', port: 5060 }],
    ['sip:3f2a@3f2a', { host: '3f2a' }],
  ])('%s', (text, parts) => {
    expect(readUri(text)).toMatchObject(parts);
  });

  it.each([
    'sip:alice@atlanta.com;lr',
    'sip:[::1]:5070;x=y',
    'sips:a@b?c=d',
    'sip:a:@b',
    'sip:a;b=c?d@e',
    'tel:+1;x=y',
  ])('%s is written as it was read', (text) => {
    expect(writeUri(readUri(text))).toBe(text);
  });

  it.each([
    '',
    'sip:',
    ':a@b',
    'a@b',
    'sip:@b',
    'sip:a@',
    'sip:a@b@c',
    'sip:a b@c',
    'sip: a@b',
    'sip:a@b:',
    'sip:a@b:65536',
    'sip:a@b:-1',
    'sip:a@b;',
    'sip:a@b;x=',
    'sip:a@b;x;X',
    'sip:a@b;x;%58',
    'sip:a@b?',
    'sip:%@b',
    'sip:%4@b',
    'sip:%zz@b',
    'sip:a@%62',
    'sip:a@b%2ecom',
    'sip:a@b_c',
    'sip:a@-b',
    'sip:a@b-',
    'sip:a@b..c',
    'sip:a@.b',
    'sip:a@1000',
    'sip:bob@444.555.666.777',
    'sip:bob@192.00.02.128',
    'sip:bob@[::1',
    'sip:bob@[]',
    'sip:bob@[::1%eth0]',
    'sip:bob@[1:2:3:4:5:6:7]',
    'sip:bob@[1:2:3:4:5:6:7:8:9]',
    'sip:bob@[1::2::3]',
    'sip:bob@[1:2:3:4:5:6:7::8]',
    'sip:bob@[12345::]',
    'sip:bob@[1.2.3.4::]',
    'sip:bob@[2001:db8:::1]',
    'sip:a\r\n@b',
    'sip:a\0@b',
    'sip:é@b',
    '1tel:5',
    't_l:5',
    'tel:',
    'tel:a b',
  ])('%j is none', (text) => {
    expect(() => readUri(text)).toThrow(SipError);
  });

  it('has at most 64 parameters', () => {
    const many = (count: number): string => `sip:a@b${Array.from({ length: count }, (_, n) => `;p${n}`).join('')}`;
    expect(readSip(many(64)).parameters).toHaveLength(64);
    expect(() => readUri(many(65))).toThrow(SipError);
  });

  it.each([
    'tel:+1-201-555-0123',
    'im:a@b',
    'pres:a@b',
    'http://a/b?c#d',
    'urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6',
  ])('%s stays opaque', (text) => {
    const uri = readUri(text);
    expect(isSip(uri)).toBe(false);
    expect(writeUri(uri)).toBe(text);
    expect(() => readSip(text)).toThrow(expect.objectContaining({ status: 416 }));
  });

  it('escapes only what must be', () => {
    expect(escapeUser('j@s0n')).toBe('j%40s0n');
    expect(escapeUser('100% sure:/é')).toBe('100%25%20sure%3A/%C3%A9');
    expect(unescaped('%ff')).toBeUndefined();
    expect(unescaped('%2525')).toBe('%25');
  });

  it('writes hosts with brackets where they need some', () => {
    expect(hostPort('::1', 5060)).toBe('[::1]:5060');
    expect(hostPort('[::1]', undefined)).toBe('[::1]');
    expect(hostPort('a.example', 5070)).toBe('a.example:5070');
  });

  it('reads numbers from parameters', () => {
    const { parameters } = readSip('sip:a@b;ttl=15;x=-1;big=99999999999;lr');
    expect(['ttl', 'x', 'big', 'lr', 'none'].map((name) => numberOf(parameters, name))).toEqual([
      15,
      undefined,
      4_294_967_295,
      undefined,
      undefined,
    ]);
    expect(['TTL', 'lr', 'none'].map((name) => parameterOf(parameters, name))).toEqual(['15', '', undefined]);
  });
});

const same = (one: string, other: string): boolean => sameUri(readUri(one), readUri(other));

describe('comparing (RFC 3261 §19.1.4)', () => {
  it.each([
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=off'],
    // RFC 5954 §4.2.
    ['sip:bob@[::ffff:192.0.2.128]', 'sip:bob@[::ffff:c000:280]'],
    ['sip:bob@[2001:db8::9:1]', 'sip:bob@[2001:db8::9:01]'],
    ['sip:bob@[0:0:0:0:0:FFFF:129.144.52.38]', 'sip:bob@[::FFFF:129.144.52.38]'],
    ['SIP:a%3bb@c', 'sip:a%3Bb@c'],
    ['sip:a%28b@c', 'sip:a(b@c'],
    ['sip:a@b?SUBJECT=x', 'sip:a@b?subject=%78'],
    ['TEL:+1', 'tel:+1'],
  ])('%s is %s', (one, other) => {
    expect([same(one, other), same(other, one)]).toEqual([true, true]);
  });

  it.each([
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:alice@a.example', 'sips:alice@a.example'],
    ['sip:a.example', 'sip:a@a.example'],
    ['sip:a@b', 'sip:a:@b'],
    ['sip:a@b;maddr=1.2.3.4', 'sip:a@b'],
    ['sip:a@b;user=ip', 'sip:a@b'],
    ['sip:a@b;ttl=1', 'sip:a@b'],
    ['sip:a@b;method=INVITE', 'sip:a@b'],
    ['sip:%2b1@b', 'sip:+1@b'],
    ['sip:a@b?x=Y', 'sip:a@b?x=y'],
    ['sip:%00@b', 'sip:%00%00@b'],
    // §19.1.6.
    ['sip:+358-555-1234567;postd=pp22@foo.com;user=phone', 'sip:+358-555-1234567;POSTD=PP22@foo.com;user=phone'],
    ['sip:+3;postd=pp22;isub=1411@foo.com', 'sip:+3;isub=1411;postd=pp22@foo.com'],
    ['tel:+1', 'tel:+2'],
    ['tel:+1', 'sip:+1@b'],
  ])('%s is not %s', (one, other) => {
    expect([same(one, other), same(other, one)]).toEqual([false, false]);
  });
});

/** Whatever happens here is a value or a `SipError`. */
const attempt = <T>(act: () => T): T | undefined => {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof SipError)) throw error;
    return undefined;
  }
};

const piece = fc.constantFrom(
  'a',
  'B',
  '%41',
  '%3b',
  '+',
  '.',
  'x=',
  ';',
  '?',
  '&',
  '@',
  ':',
  '[::1]',
  '1',
  'lr',
  'é',
  ' ',
);
const text = fc.array(piece, { maxLength: 12 }).map((parts) => `sip:${parts.join('')}`);

describe('laws', () => {
  it('any text is read or refused, and what was read is itself, written or not', () => {
    fc.assert(
      fc.property(fc.oneof(text, fc.string({ unit: 'binary' })), (each) => {
        const uri = attempt(() => readUri(each));
        expect(uri && attempt(() => readUri(writeUri(uri)))).toEqual(uri);
        expect(uri && sameUri(uri, uri)).toBe(uri && true);
      }),
    );
  });

  it('any text is a user', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (user) => {
        expect(unescaped(readSip(`sip:${escapeUser(user)}@b`).user ?? '')).toBe(user);
      }),
    );
  });

  it('being the same goes both ways', () => {
    const parts = fc.tuple(
      fc.constantFrom('sip', 'SIP', 'sips'),
      fc.constantFrom('', 'a@', '%61@', 'A@', 'a:@', 'a:%62@', 'a:b@'),
      fc.constantFrom('b', 'B', '[::1]', '[0::1]', 'b:5060'),
      fc.subarray([';lr', ';transport=tcp', ';x=1', ';ttl=1', ';y=%41']),
      fc.subarray([';Transport=TCP', ';X=2', ';%54TL=1', ';y=A']),
      fc.constantFrom('', '?a=b&c=d', '?c=d&a=%62', '?A=b'),
    );
    const sip = parts.map(([scheme, user, host, some, others, headers]) => {
      const names = new Set<string>();
      const unlike = [...some, ...others].filter((each) => {
        const name = unescaped(each.split('=')[0] ?? '')?.toLowerCase() ?? '';
        return !names.has(name) && names.add(name);
      });
      return `${scheme}:${user}${host}${unlike.join('')}${headers}`;
    });
    fc.assert(
      fc.property(sip, sip, (one, other) => {
        expect(same(one, other)).toBe(same(other, one));
      }),
    );
  });
});

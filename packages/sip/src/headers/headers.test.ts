// Typed header fields by the examples of their specifications: read, refused, and written so that they read the same.
import { describe, expect, it } from 'vitest';
import type { HeaderCodec } from '../codec.ts';
import { Cursor } from '../cursor.ts';
import { SipError } from '../error.ts';
import { numberOf, parameterOf, withoutParameter, withParameter } from '../parameters.ts';
import { date } from './date.ts';
import { minSe, retryAfter, sessionExpires } from './interval.ts';
import { contact, from, recordRoute, referredBy, referTo, tagOf } from './name-addr.ts';
import { accept, event, flowTimer, maxBreadth, reason, sipEtag, sipIfMatch, subscriptionState } from './plain.ts';
import { rack, rseq } from './reliable.ts';
import { replaces } from './replaces.ts';
import { branchOf, via } from './via.ts';
import { warning } from './warning.ts';

const read = <T>(codec: HeaderCodec<T>, text: string): T => {
  const cursor = new Cursor(text, codec.id);
  const value = codec.read(cursor);
  cursor.end();
  return value;
};

/** A codec with its value's type forgotten. */
interface Any {
  readonly id: string;
  again(text: string): readonly [unknown, unknown];
}

const any = <T>(codec: HeaderCodec<T>): Any => ({
  id: codec.id,
  again(text) {
    const value = read(codec, text);
    return [value, read(codec, codec.write(value))];
  },
});

const parameter = (name: string, value?: string): { name: string; value: string | undefined } => ({ name, value });

describe('values', () => {
  it.each([
    [any(retryAfter), '18000;duration=3600', { seconds: 18_000, parameters: [parameter('duration', '3600')] }],
    [any(retryAfter), "120 (I'm in a meeting)", { seconds: 120, parameters: [] }],
    [any(retryAfter), '120 (a (nested \\) one)) ;x', { seconds: 120, parameters: [parameter('x')] }],
    [any(sessionExpires), '4000;refresher=uac', { seconds: 4000, parameters: [parameter('refresher', 'uac')] }],
    [any(minSe), '3600', { seconds: 3600, parameters: [] }],
    [any(flowTimer), '120', 120],
    [any(maxBreadth), '60', 60],
    [any(rseq), '988789', 988_789],
    [any(rack), '776656 1 INVITE', { rseq: 776_656, cseq: 1, method: 'INVITE' }],
    [
      any(warning),
      `307 isi.edu "Session parameter 'foo' not understood"`,
      { code: 307, agent: 'isi.edu', text: "Session parameter 'foo' not understood" },
    ],
    [any(warning), '399 [::1]:5060 "a \\"b\\""', { code: 399, agent: '[::1]:5060', text: 'a "b"' }],
    [
      any(replaces),
      '12345@192.168.118.3;to-tag=12345;from-tag=5FFE-3994',
      { callId: '12345@192.168.118.3', toTag: '12345', fromTag: '5FFE-3994', earlyOnly: false },
    ],
    [any(replaces), 'a@b;from-tag=1;early-only;to-tag=0', { callId: 'a@b', toTag: '0', fromTag: '1', earlyOnly: true }],
    [
      any(reason),
      'SIP ;cause=200 ;text="Call completed elsewhere"',
      { value: 'SIP', parameters: [parameter('cause', '200'), parameter('text', '"Call completed elsewhere"')] },
    ],
    [any(date), 'Sat, 13 Nov 2010 23:29:00 GMT', Date.UTC(2010, 10, 13, 23, 29)],
    [any(sipEtag), '12345', '12345'],
    [any(sipIfMatch), 'dx200xyz', 'dx200xyz'],
    [
      any(referredBy),
      'sip:r@ref.example;cid="2UWQFN309shb3@ref.example"',
      { display: '', uri: 'sip:r@ref.example', parameters: [parameter('cid', '"2UWQFN309shb3@ref.example"')] },
    ],
    [
      any(referTo),
      '<sip:dave@denver.example.org?Replaces=12345%40192.168.118.3%3Bto-tag%3D12345%3Bfrom-tag%3D5FFE-3994>',
      expect.objectContaining({ display: '', parameters: [] }),
    ],
    [any(accept), '*/*;q=0.5', { value: '*/*', parameters: [parameter('q', '0.5')] }],
  ])('%s', (codec, text, value) => {
    const [one, other] = codec.again(text);
    expect(one).toEqual(value);
    expect(other).toEqual(value);
  });

  it.each([
    [any(retryAfter), '-1'],
    [any(retryAfter), '120 (never ends'],
    [any(sessionExpires), ''],
    [any(rack), '1 INVITE'],
    [any(rack), '1 2INVITE'],
    [any(rseq), '4294967296'],
    // RFC 4475 §3.1.2.5.
    [any(warning), '1812 overture "In Progress"'],
    [any(warning), '370 devnull Choose'],
    [any(replaces), 'a@b;to-tag=1'],
    [any(replaces), 'a@b;to-tag=1;from-tag'],
    [any(date), 'Fri, 01 Jan 2010 16:00:00 EST'],
    [any(date), 'Fri, 01 Jan 2010 16:00:00 UTC'],
    [any(date), 'Thu, 01 Jan 2010 16:00:00 GMT'],
    [any(date), 'Fri, 32 Jan 2010 16:00:00 GMT'],
    [any(date), '2010-01-01T16:00:00Z'],
    [any(sipEtag), 'a b'],
    [any(recordRoute), 'sip:a;lr'],
    [any(from), '"a\u0000" <sip:a@b>'],
  ])('%s is not %s', (codec, text) => {
    expect(() => codec.again(text)).toThrow(SipError);
  });
});

describe('addresses (RFC 3261 §20.10, RFC 8217)', () => {
  it.each([
    ['"Mr. Watson" <sip:watson@worcester.bell-telephone.com>;q=0.7; expires=3600', 'Mr. Watson'],
    ['Mr Watson<sip:watson@worcester.bell-telephone.com>;q=0.7;expires=3600', 'Mr Watson'],
    ['Ватсон <sip:watson@worcester.bell-telephone.com>;q=0.7;expires=3600', 'Ватсон'],
    ['"" <sip:watson@worcester.bell-telephone.com>;q=0.7;expires=3600', ''],
    ['sip:watson@worcester.bell-telephone.com ;q=0.7;expires=3600', ''],
  ])('%s', (text, display) => {
    const value = read(contact, text);
    const uri = 'sip:watson@worcester.bell-telephone.com';
    expect(value).toEqual({ display, uri, parameters: [parameter('q', '0.7'), parameter('expires', '3600')] });
    expect(value !== '*' && numberOf(value.parameters, 'expires')).toBe(3600);
  });

  it('a semicolon is the URI’s inside brackets, the field’s outside', () => {
    const [inside, outside] = ['<sip:a@b;x=y>', 'sip:a@b;x=y'].map((text) => read(from, text));
    expect([inside?.uri, inside?.parameters]).toEqual(['sip:a@b;x=y', []]);
    expect([outside?.uri, outside?.parameters]).toEqual(['sip:a@b', [parameter('x', 'y')]]);
  });

  it.each(['sip:a@b?c=d', 'sip:a@b,c', 'sip:a,b@c'])('%s needs brackets', (text) => {
    expect(() => read(from, text)).toThrow(SipError);
    expect(read(from, `<${text}>`).uri).toBe(text);
    expect(from.write(read(from, `<${text}>`))).toBe(`<${text}>`);
  });

  it('an empty tag is none', () => {
    expect(['<sip:a@b>', '<sip:a@b>;tag', '<sip:a@b>;TAG=1'].map((text) => tagOf(read(from, text)))).toEqual([
      undefined,
      undefined,
      '1',
    ]);
  });
});

describe('Via', () => {
  it('white space may stand where the grammar has some', () => {
    const text = 'SIP / 2.0 / UDP first.example.com: 4000;ttl=16 ;maddr=224.2.0.1 ;branch=z9hG4bKa7c6a8dlze.1';
    const value = read(via, text);
    expect(value).toMatchObject({ transport: 'UDP', host: 'first.example.com', port: 4000 });
    expect(branchOf(value)).toBe('z9hG4bKa7c6a8dlze.1');
    expect(via.write(value)).toBe(
      'SIP/2.0/UDP first.example.com:4000;ttl=16;maddr=224.2.0.1;branch=z9hG4bKa7c6a8dlze.1',
    );
  });

  it.each(['SIP/2.0/UDP', 'SIP/2.0 a', 'SIP/2.0/UDPa', 'SIP/2.0/UDP a:', 'SIP/2.0/UDP a:65536', 'SIP/2.0/UDP a b'])(
    '%s is none',
    (text) => {
      expect(() => read(via, text)).toThrow(SipError);
    },
  );
});

describe('events (RFC 6665 §8.2)', () => {
  it('say what becomes of a subscription', () => {
    const { value, parameters } = read(subscriptionState, 'terminated;reason=probation;retry-after=60');
    expect([value, parameterOf(parameters, 'reason'), numberOf(parameters, 'retry-after')]).toEqual([
      'terminated',
      'probation',
      60,
    ]);
    expect(parameterOf(read(event, 'presence.winfo;id=7').parameters, 'id')).toBe('7');
  });
});

describe('parameters', () => {
  const some = [parameter('a', '1'), parameter('B')];

  it('are set where they stand, added at the end, and taken away', () => {
    expect(withParameter(some, 'b', '2')).toEqual([parameter('a', '1'), parameter('B', '2')]);
    expect(withParameter(some, 'c', undefined)).toEqual([...some, parameter('c')]);
    expect(withoutParameter(some, 'A')).toEqual([parameter('B')]);
  });
});

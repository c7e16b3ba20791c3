// RFC 8866 §5, RFC 4566: descriptions stay byte for byte, and say what their lines say.
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { SipError } from '../error.ts';
import { readDescription, type Section, type SessionDescription, writeDescription } from './description.ts';
import { attributesOf, connectionOf, directionOf, mediumOf, originOf, payloadTypesOf, rtcpOf } from './values.ts';

const folder = new URL('../../fixtures/documents/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.sdp'));
const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const read = (text: string): SessionDescription => readDescription(encode(text));
const head = 'v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\n';
const section = (...lines: readonly string[]): Section => read(`${head}${lines.join('\r\n')}\r\n`).media[0] ?? [];

test.each(names)('%s comes back as it was, with either line end', (name) => {
  const text = readFileSync(new URL(name, folder), 'utf8');
  for (const each of [text, text.replaceAll('\n', '\r\n'), text.trimEnd(), `${text}\n`]) {
    const description = read(each);
    expect(decode(writeDescription(description))).toBe(each);
    expect(originOf(description).id).toMatch(/^\d+$/);
    expect(description.media.length).toBeGreaterThan(0);
    for (const medium of description.media) {
      expect(['audio', 'video']).toContain(mediumOf(medium).kind);
      expect(connectionOf(description, medium)?.host).toBeTruthy();
    }
  }
});

test('the description of RFC 8866 §5', () => {
  const description = read(readFileSync(new URL('rfc8866-1.sdp', folder), 'utf8'));
  expect(originOf(description)).toEqual({
    user: 'jdoe',
    id: '3724394400',
    version: '3724394405',
    address: { family: 'IP4', host: '198.51.100.1' },
  });
  const [audio, , video] = description.media;
  expect(mediumOf(audio ?? [])).toEqual({ kind: 'audio', port: 49_170, protocol: 'RTP/AVP', formats: ['0'] });
  expect(connectionOf(description, audio ?? [])).toEqual({ family: 'IP4', host: '198.51.100.1' });
  expect(connectionOf(description, video ?? [])).toEqual({ family: 'IP6', host: '2001:db8::2' });
  expect(payloadTypesOf(video ?? [])).toEqual([{ number: 99, name: 'h263-1998', rate: 90_000, channels: 1 }]);
});

test('directions are the medium’s, then the session’s (RFC 8866 §6.7)', () => {
  const description = read(readFileSync(new URL('rfc8866-2.sdp', folder), 'utf8'));
  expect(description.media.map((medium) => directionOf(description, medium))).toEqual([
    'sendrecv',
    'inactive',
    'inactive',
  ]);
});

test('attributes of any name are found; static payload types need no map', () => {
  const medium = section(
    'm=audio 4000/2 RTP/AVP 8 0 101 96 x 200',
    'a=rtpmap:101 telephone-event/8000',
    'a=fmtp:101 0-16',
    'a=rtpmap:96 opus/48000/2',
    'a=candidate:1 1 UDP 2130706431 192.0.2.1 4000 typ host',
    'a=candidate:2 1 UDP 1 192.0.2.2 4000 typ host',
    'a=candidates',
    'a=rtcp-mux',
    'a=rtcp:53020 IN IP6 2001:db8::1',
  );
  expect(payloadTypesOf(medium).map(({ number, name, channels }) => [number, name, channels])).toEqual([
    [8, 'pcma', 1],
    [0, 'pcmu', 1],
    [101, 'telephone-event', 1],
    [96, 'opus', 2],
  ]);
  expect(payloadTypesOf(medium)[2]?.parameters).toBe('0-16');
  expect(attributesOf(medium, 'candidate')).toHaveLength(2);
  expect(attributesOf(medium, 'rtcp-mux')).toEqual(['']);
  expect(rtcpOf(medium)).toEqual({ port: 53_020, address: { family: 'IP6', host: '2001:db8::1' } });
});

test('a medium without any address has none (CVE-2013-5642)', () => {
  const description = read(`${head}m=audio 4000 RTP/AVP 0\r\na=sendrecv\r\n`);
  expect(connectionOf(description, description.media[0] ?? [])).toBeUndefined();
  expect(() => connectionOf(read(`${head}c=IN IP4\r\nm=audio 1 RTP/AVP 0\r\n`), [])).toThrow(SipError);
});

test.each([
  '',
  'v=1\r\no=- 1 1 IN IP4 a\r\n',
  'o=- 1 1 IN IP4 a\r\nv=0\r\n',
  'v=0\r\ns=-\r\n',
  `${head}o=- 1 1 IN IP4 a\r\n`,
  `${head}s =-\r\n`,
  `${head}S=-\r\n`,
  `${head}s=a\rb\r\n`,
  `${head}s=a\0b\r\n`,
  `${head}\r\ns=-\r\n`,
  `${head}${'a=x\r\n'.repeat(2_050)}`,
  `${head}${'m=audio 1 RTP/AVP 0\r\n'.repeat(65)}`,
  `${head}a=${'x'.repeat(66_000)}\r\n`,
])('no description: %#', (text) => {
  expect(() => read(text)).toThrow('Malformed session description');
});

test.each([
  'm=audio 65536 RTP/AVP 0',
  'm=audio -1 RTP/AVP 0',
  'm=audio 1 RTP/AVP',
  'm=audio 1 RTP/AVP 0  8',
  'm=audio',
  `m=audio 1 RTP/AVP${' 0'.repeat(129)}`,
])('no medium: %#', (text) => {
  expect(() => mediumOf(section(text))).toThrow(SipError);
});

test('bytes that are no UTF-8 are refused', () => {
  expect(() => readDescription(Uint8Array.from([...encode(head), 0x73, 0x3d, 0xff, 0x0d, 0x0a]))).toThrow(SipError);
});

test('any lines come back byte for byte', () => {
  const end = fc.constantFrom('\r\n', '\n');
  const lines = fc.array(
    fc.tuple(
      fc.constantFrom('a', 'b', 'm', 's', 'z'),
      fc.string({ unit: 'binary' }).map((value) => value.replaceAll(/[\r\n\0\ud800-\udfff]/g, '')),
      end,
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(lines, (some) => {
      const text = `${head}${some.map(([type, value, close]) => `${type}=${value}${close}`).join('')}`;
      expect(decode(writeDescription(read(text)))).toBe(text);
    }),
  );
});

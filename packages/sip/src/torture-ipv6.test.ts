// All 12 messages of RFC 5118: IPv6 addresses where they may stand, with the corrections of RFC 5954.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { faultOf } from './check.ts';
import { contact, to } from './headers/name-addr.ts';
import { via } from './headers/via.ts';
import { SipRequest } from './message.ts';
import { parameterOf } from './parameters.ts';
import { readDatagram } from './parse.ts';
import { readSip, sameUri } from './uri.ts';

const folder = fileURLToPath(new URL('../fixtures/rfc5118/', import.meta.url));

/** With CRLF, the empty line, and what Content-Length should have said. */
const request = (name: string): SipRequest => {
  const [head = '', body = ''] = readFileSync(`${folder}${name}`, 'latin1').trimEnd().split('\n\n');
  const crlf = (part: string): string => part.replaceAll('\n', '\r\n');
  const right = head.replace(/Content-Length: \d+/, `Content-Length: ${crlf(body).length}`);
  const message = readDatagram(new TextEncoder().encode(`${crlf(right)}\r\n\r\n${crlf(body)}`));
  if (!(message instanceof SipRequest)) throw new Error(`${name} is no request`);
  return message;
};

const received = (message: SipRequest): readonly (string | undefined)[] =>
  message.all(via).map(({ parameters }) => parameterOf(parameters, 'received'));

const hosts = (message: SipRequest): readonly string[] =>
  message.all(via).map(({ host, port }) => `${host}${port === undefined ? '' : ` ${port}`}`);

const contacts = (message: SipRequest): readonly string[] =>
  message.all(contact).map((each) => (each === '*' ? each : readSip(each.uri).host));

const valid: Readonly<Record<string, (message: SipRequest) => void>> = {
  'ipv6-good': (message) => {
    expect(readSip(message.uri)).toMatchObject({ host: '[2001:db8::10]', port: undefined });
    expect(hosts(message)).toEqual(['[2001:db8::9:1]']);
    expect(contacts(message)).toEqual(['[2001:db8::1]']);
  },
  'port-ambiguous': (message) =>
    expect(readSip(message.uri)).toMatchObject({ host: '[2001:db8::10:5070]', port: undefined }),
  'port-unambiguous': (message) => expect(readSip(message.uri)).toMatchObject({ host: '[2001:db8::10]', port: 5070 }),
  'via-received-param-with-delim': (message) => expect(received(message)).toEqual(['[2001:db8::9:255]']),
  'via-received-param-no-delim': (message) => expect(received(message)).toEqual(['2001:db8::9:255']),
  'ipv6-in-sdp': (message) => expect(readSip(message.one(to).uri).host).toBe('[2001:db8::10]'),
  'mult-ip-in-header': (message) => {
    expect(hosts(message)).toEqual(['[2001:db8::9:1] 6050', '192.0.2.1', '[2001:db8::9:255]']);
    expect(received(message)).toEqual([undefined, undefined, '192.0.2.200']);
  },
  'mult-ip-in-sdp': (message) => expect(contacts(message)).toEqual(['[2001:db8::9:1]']),
  'ipv4-mapped-ipv6': (message) => {
    expect(hosts(message)).toEqual(['[::ffff:192.0.2.10] 19823', '[::ffff:192.0.2.2]']);
    expect(contacts(message)).toEqual(['[::ffff:192.0.2.2]']);
  },
  // The extra colon is understood, and gone.
  'ipv6-bug-abnf-3-colons': (message) => expect(readSip(message.uri).host).toBe('[2001:db8::192.0.2.1]'),
  'ipv6-correct-abnf-2-colons': (message) =>
    expect(sameUri(message.target, request('ipv6-bug-abnf-3-colons').target)).toBe(true),
};

describe('RFC 5118', () => {
  it('leaves no message out', () => {
    const files = readdirSync(folder).filter((name) => name !== 'README.md');
    expect([...Object.keys(valid), 'ipv6-bad'].toSorted()).toEqual(files.toSorted());
    expect(files).toHaveLength(12);
  });

  it.each(Object.keys(valid))('%s is read', (name) => {
    const message = request(name);
    expect(faultOf(message)).toBeUndefined();
    valid[name]?.(message);
  });

  it('ipv6-bad gets 400', () => {
    expect(faultOf(request('ipv6-bad'))).toMatchObject({ status: 400, message: 'Malformed URI' });
  });
});

// Names in certificates (RFC 5922 §7.1, §7.2).
import { describe, expect, it } from 'vitest';
import { identitiesOf } from './identities.ts';

describe('identitiesOf', () => {
  it.each([
    ['DNS names', 'DNS:a.example, DNS:B.example', 'c.example', ['a.example', 'b.example']],
    ['a SIP URI goes before them', 'DNS:host.a.example, URI:sip:A.example', undefined, ['a.example']],
    [
      'also with a port or parameters',
      'URI:sip:a.example:5061, URI:sip:b.example;x=y',
      undefined,
      ['a.example', 'b.example'],
    ],
    [
      'a URI of a user is none, nor of another scheme',
      'DNS:a.example, URI:sip:u@b.example, URI:sips:c.example, URI:http://d.example',
      undefined,
      ['a.example'],
    ],
    ['addresses', 'IP Address:192.0.2.1', undefined, ['192.0.2.1']],
    ['the common name only without any other', undefined, 'C.example', ['c.example']],
    ['not beside one', 'email:x@a.example', 'c.example', []],
    ['nothing', undefined, undefined, []],
    [
      'a name that hides a comma is none',
      'DNS:"a.example, DNS:evil.example, x", DNS:b.example',
      undefined,
      ['b.example'],
    ],
  ])('%s', (_, text, commonName, expected) => {
    expect(identitiesOf(text, commonName)).toEqual(expected);
  });
});

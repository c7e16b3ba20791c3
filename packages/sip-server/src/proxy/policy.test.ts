// The operator's word: which rule fits, and whose servers are believed (CONTRACT, `sip.routes`, `sip.peers`; SECURITY-CHECKLIST 49).

import { MemoryFlow } from '@parlance/sip/testing/memory-flow';
import { readRequest } from '@parlance/sip/testing/messages';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { describe, expect, it } from 'vitest';
import { type Match, Policy } from './policy.ts';

const flow = new MemoryFlow(new FakeClock(), 'UDP');
const from = (address: string): MemoryFlow =>
  Object.assign(new MemoryFlow(new FakeClock(), 'UDP'), { remote: { address, port: 5060 } });

const request = readRequest('INVITE sip:%391234@home.example SIP/2.0', 'Call-ID: 1');

describe('a rule', () => {
  it.each([
    [{}, true],
    [{ domain: 'home.example' }, true],
    [{ domain: 'other.example' }, false],
    // An escaped digit is a digit (RFC 3261 §19.1.4).
    [{ prefix: '912' }, true],
    [{ prefix: '13' }, false],
    [{ method: 'INVITE' }, true],
    [{ method: 'BYE' }, false],
    [{ source: '192.0.2.2' }, true],
    [{ source: '192.0.2.0/29' }, true],
    [{ source: '192.0.2.8/29' }, false],
    [{ source: '2001:db8::/32' }, false],
    [{ domain: 'home.example', prefix: '9', method: 'BYE' }, false],
  ] satisfies [Match, boolean][])('%j', (match, fits) => {
    const policy = new Policy({ routes: [{ match, action: { deny: 403 } }], peers: [], redirects: new Set() });
    expect(policy.ruleFor(request, flow) !== undefined).toBe(fits);
  });
});

describe('a peer', () => {
  const policy = new Policy({
    routes: [],
    peers: [
      { domain: 'a.example', address: '2001:db8::/32' },
      { domain: 'b.example', tls: 'sip.b.example' },
      { domain: 'c.example', address: '192.0.2.7' },
    ],
    redirects: new Set(),
  });

  it.each([
    ['a.example', '2001:db8:1::9', [], true],
    ['a.example', '2001:db9::9', [], false],
    ['c.example', '2001:db8:1::9', [], false],
    // An IPv4 address that came through an IPv6 socket.
    ['c.example', '::ffff:192.0.2.7', [], true],
    ['b.example', '192.0.2.7', ['sip.b.example'], true],
    ['b.example', '192.0.2.7', ['b.example'], false],
    ['a.example', '192.0.2.7', ['sip.b.example'], false],
  ] as const)('%s from %s with %j: %s', (domain, address, names, believed) => {
    expect(policy.believes(domain, from(address), names)).toBe(believed);
  });
});

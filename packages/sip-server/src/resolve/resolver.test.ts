// Finding servers: the decisions of RFC 3263 §4, the order of RFC 2782, and a DNS that is slow, silent or hostile.
import type { Random } from '@parlance/base/random';
import { readSip } from '@parlance/sip/uri';
import { FakeClock } from '@parlance/testkit/fake-clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Target } from '../transport/parts.ts';
import type { Dns, Naptr, Srv } from './dns.ts';
import { Resolver } from './resolver.ts';
import { inOrder } from './srv-order.ts';

interface Zone {
  readonly naptr?: Readonly<Record<string, readonly Naptr[]>>;
  readonly srv?: Readonly<Record<string, readonly Srv[]>>;
  readonly addresses?: Readonly<Record<string, readonly string[]>>;
}

const random: Random = { bytes: (count) => new Uint8Array(count), token: () => '' };

const stage = ({ naptr = {}, srv = {}, addresses = {} }: Zone, hosts: Readonly<Record<string, string>> = {}) => {
  const asked: string[] = [];
  const clock = new FakeClock();
  const ask = <T>(kind: string, records: Readonly<Record<string, readonly T[]>>) => {
    return async (name: string): Promise<readonly T[]> => {
      asked.push(`${kind} ${name}`);
      return records[name] ?? [];
    };
  };
  const dns: Dns = { naptr: ask('NAPTR', naptr), srv: ask('SRV', srv), addresses: ask('A', addresses) };
  return { asked, clock, resolver: new Resolver({ clock, random, dns, hosts }) };
};

const spell = ({ transport, address, port }: Target): string => `${transport} ${address} ${port}`;

const naptr = (order: number, service: string, replacement: string): Naptr => ({
  order,
  preference: 50,
  flags: 's',
  service,
  replacement,
});
const srv = (target: string, priority = 0, weight = 1, port = 5060): Srv => ({ priority, weight, port, target });

describe('numeric hosts ask nobody (RFC 3263 §4.1, §4.2)', () => {
  it.each([
    ['sip:192.0.2.1', 'UDP 192.0.2.1 5060'],
    ['sip:x@192.0.2.1:5070', 'UDP 192.0.2.1 5070'],
    ['sip:192.0.2.1;transport=tcp', 'TCP 192.0.2.1 5060'],
    ['sip:192.0.2.1;transport=TLS', 'TLS 192.0.2.1 5061'],
    ['sips:192.0.2.1', 'TLS 192.0.2.1 5061'],
    ['sips:192.0.2.1:5070;transport=tcp', 'TLS 192.0.2.1 5070'],
    ['sip:[2001:db8::9]:5070', 'UDP 2001:db8::9 5070'],
    ['sip:192.0.2.1;maddr=203.0.113.66', 'UDP 192.0.2.1 5060'],
  ])('%s', async (uri, place) => {
    const { asked, resolver } = stage({});
    expect((await resolver.places(readSip(uri))).map(spell)).toEqual([place]);
    expect(asked).toEqual([]);
  });
});

describe('names', () => {
  const zone: Zone = {
    naptr: {
      'example.com': [
        naptr(90, 'SIP+D2T', '_sip._tcp.example.com'),
        naptr(50, 'SIPS+D2T', '_sips._tcp.example.com'),
        naptr(100, 'SIP+D2U', '_sip._udp.example.com'),
        naptr(10, 'E2U+sip', 'nonsense.example.com'),
      ],
    },
    srv: {
      '_sips._tcp.example.com': [srv('s.example.com', 0, 1, 5061)],
      '_sip._tcp.example.com': [srv('two.example.com', 20), srv('one.example.com', 10)],
      '_sip._udp.example.com': [srv('.')],
      '_sip._udp.plain.example': [srv('one.example.com')],
    },
    addresses: {
      's.example.com': ['192.0.2.3'],
      'one.example.com': ['192.0.2.1', '2001:db8::1'],
      'two.example.com': ['192.0.2.2'],
      'bare.example': ['192.0.2.4'],
    },
  };

  it.each([
    // NAPTR chooses, in its order; a dot is no service.
    ['sip:example.com', ['TLS 192.0.2.3 5061', 'TCP 192.0.2.1 5060', 'TCP 2001:db8::1 5060', 'TCP 192.0.2.2 5060']],
    ['sips:example.com', ['TLS 192.0.2.3 5061']],
    ['sip:example.com;transport=tcp', ['TCP 192.0.2.1 5060', 'TCP 2001:db8::1 5060', 'TCP 192.0.2.2 5060']],
    // Without NAPTR whatever SRV there is.
    ['sip:plain.example', ['UDP 192.0.2.1 5060', 'UDP 2001:db8::1 5060']],
    // Without either, the addresses.
    ['sip:bare.example', ['UDP 192.0.2.4 5060']],
    ['sips:bare.example', ['TLS 192.0.2.4 5061']],
    // A port: no SRV (§4.2).
    ['sip:one.example.com:5070', ['UDP 192.0.2.1 5070', 'UDP 2001:db8::1 5070']],
  ])('%s', async (uri, places) => {
    const { resolver } = stage(zone);
    expect((await resolver.places(readSip(uri))).map(spell)).toEqual(places);
  });

  it('the certificate must be for the name that was asked for, whatever the DNS says (RFC 5922 §4)', async () => {
    const { resolver } = stage(zone);
    const [first] = await resolver.places(readSip('sip:example.com'));
    expect(first?.serverName).toBe('example.com');
  });

  it('are asked once a minute', async () => {
    const { asked, clock, resolver } = stage(zone);
    await resolver.places(readSip('sip:bare.example:5060'));
    await resolver.places(readSip('sip:other@bare.example:5060'));
    expect(asked).toEqual(['A bare.example']);
    clock.advance(60_001);
    await resolver.places(readSip('sip:bare.example:5060'));
    expect(asked).toHaveLength(2);
  });

  it('that nobody knows cannot be reached', async () => {
    const { resolver } = stage({});
    await expect(resolver.places(readSip('sip:nobody.example'))).rejects.toThrow('no address for nobody.example');
  });

  it('of the operator are not asked of the DNS; their certificate is still for the domain', async () => {
    const { asked, resolver } = stage(zone, { 'example.com': '203.0.113.1:5071;transport=tls' });
    const places = await resolver.places(readSip('sip:example.com'));
    expect(places).toEqual([{ transport: 'TLS', address: '203.0.113.1', port: 5071, serverName: 'example.com' }]);
    expect(asked).toEqual([]);
  });
});

it('a DNS that does not answer is waited for five seconds', async () => {
  const clock = new FakeClock();
  const never = (): Promise<never> => new Promise(() => undefined);
  const resolver = new Resolver({ clock, random, dns: { naptr: never, srv: never, addresses: never }, hosts: {} });
  const asked = Promise.resolve(resolver.places(readSip('sip:slow.example')));
  await Promise.all([
    expect(asked).rejects.toThrow('the DNS does not answer for slow.example'),
    clock.advanceAsync(5_000),
  ]);
});

it('a DNS that fails counts as nobody there', async () => {
  const fails = (): Promise<never> => Promise.reject(new Error('refused'));
  const dns: Dns = { naptr: fails, srv: fails, addresses: fails };
  const resolver = new Resolver({ clock: new FakeClock(), random, dns, hosts: {} });
  await expect(resolver.places(readSip('sip:x.example'))).rejects.toThrow('no address for x.example');
});

describe('the order of SRV records (RFC 2782)', () => {
  const record = fc.record({
    priority: fc.integer({ min: 0, max: 3 }),
    weight: fc.integer({ min: 0, max: 65_535 }),
    port: fc.integer({ min: 1, max: 65_535 }),
    target: fc.domain(),
  });

  it('loses none and keeps priorities', () => {
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 12 }),
        fc.array(fc.double({ min: 0, max: 0.999_999, noNaN: true }), { minLength: 1 }),
        (records, chances) => {
          let drawn = 0;
          const ordered = inOrder(records, () => chances[drawn++ % chances.length] ?? 0);
          expect(new Set(ordered)).toEqual(new Set(records));
          expect(ordered).toHaveLength(records.length);
          const priorities = ordered.map(({ priority }) => priority);
          expect(priorities).toEqual(priorities.toSorted((one, other) => one - other));
        },
      ),
    );
  });

  it('gives each its share', () => {
    const records = [srv('one', 0, 1), srv('three', 0, 3)];
    const chances = Array.from({ length: 100 }, (_, n) => n / 100);
    const firsts = chances.map((chance) => inOrder(records, () => chance)[0]?.target);
    expect(firsts.filter((name) => name === 'three').length).toBeGreaterThan(50);
    expect(firsts.filter((name) => name === 'one').length).toBeGreaterThan(15);
  });
});

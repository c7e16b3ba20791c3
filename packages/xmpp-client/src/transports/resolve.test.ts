// The order of SRV records, and addresses as people write them (RFC 2782).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { order, parseAddress } from './resolve.ts';

const record = fc.record({
  host: fc.domain(),
  port: fc.integer({ min: 1, max: 65_535 }),
  priority: fc.nat({ max: 3 }),
  weight: fc.nat({ max: 100 }),
});

test('law: every record comes once, lower priorities first', () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 12 }), fc.infiniteStream(fc.nat()), (records, chances) => {
      const ordered = order(records, (limit) => (chances.next().value ?? 0) % limit);
      const places = records
        .map(({ host, port, priority }) => ({ key: `${host}:${port}`, priority }))
        .toSorted((a, b) => a.priority - b.priority);
      expect(ordered.map(({ host, port }) => `${host}:${port}`).toSorted()).toEqual(
        places.map(({ key }) => key).toSorted(),
      );
      const first = records.filter(({ priority }) => priority === places[0]?.priority).map(({ host }) => host);
      expect([undefined, ...first]).toContain(ordered[0]?.host);
    }),
  );
});

test('weight decides by chance within a priority', () => {
  const records = [
    { host: 'light', port: 1, priority: 0, weight: 1 },
    { host: 'heavy', port: 1, priority: 0, weight: 9 },
  ];
  const firsts = Array.from(
    { length: 11 },
    (_, ticket) => order(records, (limit) => Math.min(ticket, limit - 1))[0]?.host,
  );
  expect(firsts.filter((host) => host === 'light')).toHaveLength(2);
});

test.each([
  ['example.com', { host: 'example.com', port: 5222 }],
  ['example.com:1234', { host: 'example.com', port: 1234 }],
  ['127.0.0.1:0', undefined],
  ['127.0.0.1:70000', undefined],
  ['[::1]:5223', { host: '::1', port: 5223 }],
  ['::1', { host: '::1', port: 5222 }],
  ['a b', undefined],
  ['', undefined],
])('%s', (text, address) => {
  expect(parseAddress(text, 5222)).toEqual(address);
});

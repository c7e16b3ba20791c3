// The outbox keeps what is not acknowledged, in order, however the counts wrap (XEP-0198 §4).
import { el } from '@parlance/xml/element';
import { namespaces } from '@parlance/xmpp/namespaces';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DeliveryRecord } from './delivery.ts';
import { Outbox, type OutboxEntry } from './outbox.ts';

const entry = (id: number): OutboxEntry => {
  const stanza = el('message', namespaces.client, { id: String(id) });
  return { stanza, delivery: new DeliveryRecord(String(id), stanza, () => undefined), since: 0 };
};

const idsOf = (entries: readonly OutboxEntry[] | undefined): readonly number[] | undefined =>
  entries?.map(({ delivery }) => Number(delivery.id));

/** The numbers from `start` to before `end`. */
const span = (start: number, end: number): readonly number[] =>
  Array.from({ length: end - start }, (_, index) => start + index);

test('law: acknowledgements take from the front, in order, and never what was not written', () => {
  const step = fc.oneof(
    fc.constant('push' as const),
    fc.constant('take' as const),
    fc.nat({ max: 12 }).map((count) => ({ count })),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const outbox = new Outbox();
      let [pushed, written, acked] = [0, 0, 0];
      for (const each of steps) {
        let [gone, expected]: (readonly number[] | undefined)[] = [undefined, undefined];
        if (each === 'push') outbox.push(entry(pushed++));
        else if (each === 'take') {
          [gone, expected] = [idsOf(outbox.take()), span(written, pushed)];
          written = pushed;
        } else {
          gone = idsOf(outbox.acknowledge(acked + each.count));
          expected = acked + each.count > written ? undefined : span(acked, acked + each.count);
          acked += expected?.length ?? 0;
        }
        expect(gone).toEqual(expected);
        expect([outbox.sent, outbox.unacknowledged]).toEqual([written, written - acked]);
      }
    }),
  );
});

test('it is bounded by count and by size, and room comes back', () => {
  const outbox = new Outbox({ stanzas: 2, size: 10_000 });
  expect([outbox.push(entry(0)), outbox.push(entry(1)), outbox.push(entry(2))]).toEqual([true, true, false]);
  outbox.take();
  outbox.acknowledge(1);
  expect(outbox.push(entry(3))).toBe(true);
  const narrow = new Outbox({ stanzas: 10, size: 40 });
  expect([narrow.push(entry(0)), narrow.push(entry(1))]).toEqual([true, false]);
});

test('what was rewound is written again; what is restarted is judged', () => {
  const outbox = new Outbox();
  for (let id = 0; id < 4; id++) outbox.push(entry(id));
  outbox.take();
  outbox.acknowledge(1);
  outbox.rewind();
  expect(idsOf(outbox.take())).toEqual([1, 2, 3]);
  expect(idsOf(outbox.restart(({ delivery }) => delivery.id !== '2'))).toEqual([2]);
  expect(outbox.sent).toBe(0);
  expect(idsOf(outbox.take())).toEqual([1, 3]);
});

// The routing record: found by either id, oldest forgotten first.
import { expect, test } from 'vitest';
import type { Envelope } from './envelope.ts';
import type { AccountId, Address, Sequence } from './ids.ts';
import type { Entry } from './store.ts';
import { type Place, Trace, type TraceStep } from './trace.ts';

const envelope = (originId: string): Envelope => ({
  from: 'juliet@capulet.example' as Address,
  fromLabel: 'balcony',
  to: 'romeo@montague.example' as Address,
  toLabel: '',
  kind: 'chat',
  native: { protocol: 'xmpp', payload: () => 'private' },
  time: 7,
  keep: { archive: true, pending: true },
  copies: true,
  columns: { originId, text: 'private' },
});

const entry = (sequence: number): Entry => ({
  account: 3 as AccountId,
  sequence: sequence as Sequence,
  peer: 'romeo@montague.example',
  direction: 'in',
  archived: true,
  pending: false,
});

const seal = ({ account, sequence }: Place): string => `${account}/${sequence}`;

test('a message is found by the id of its sender and by its archive id', () => {
  const trace = new Trace(4);
  trace.record(envelope('a'), undefined, { entries: [entry(1), entry(2)], steps: [], outcome: 'accepted' });
  trace.record(envelope('b'), undefined, { entries: [entry(3)], steps: [], outcome: 'accepted' });
  expect(trace.find('b').map(({ originId }) => originId)).toEqual(['b']);
  expect(trace.find('3/2', seal).map(({ originId }) => originId)).toEqual(['a']);
  expect(trace.find('3/4', seal)).toEqual([]);
});

test('what is written over is forgotten whole, its places too', () => {
  const trace = new Trace(2);
  trace.record(envelope('a'), undefined, { entries: [entry(1), entry(2)], steps: [], outcome: 'accepted' });
  const [before] = trace.find('a');
  for (const id of ['b', 'c']) trace.record(envelope(id), undefined, { entries: [], steps: [], outcome: 'blocked' });
  expect(trace.find('3/1', seal)).toEqual([]);
  expect(trace.find('a')).toEqual([]);
  expect(before).toMatchObject({ originId: 'a', outcome: 'accepted' });
});

test('the last ones are kept, newest last, and no text of theirs', () => {
  const trace = new Trace(2);
  for (const steps of ['1', '2', '3'])
    trace.record(envelope('same'), undefined, {
      entries: [],
      steps: [{ row: steps, remote: undefined, action: 'stored' }],
      outcome: 'accepted',
    });
  expect(trace.find('same').map(({ steps }) => steps[0]?.row)).toEqual(['2', '3']);
  expect(trace.total).toBe(3);
  expect(JSON.stringify(trace.find('same'))).not.toContain('private');
});

test('a request that is no message is found by its id, with the steps that came later; it is not counted among messages', () => {
  const trace = new Trace(2);
  const steps: TraceStep[] = [];
  const { from, fromLabel, to, toLabel, time } = envelope('call');
  trace.follow({
    from,
    fromLabel,
    to,
    toLabel,
    time,
    kind: 'INVITE',
    protocol: 'sip',
    originId: 'call',
    source: undefined,
    steps,
    outcome: 'passed',
  });
  steps.push({ row: 'romeo/phone', remote: undefined, action: 'forwarded', note: 'branch' });
  expect(trace.find('call')).toMatchObject([{ kind: 'INVITE', steps: [{ action: 'forwarded', note: 'branch' }] }]);
  expect(trace.total).toBe(0);
  trace.record(envelope('a'), undefined, { entries: [entry(1)], steps: [], outcome: 'accepted' });
  expect(trace.find('call')).toHaveLength(1);
  expect(trace.total).toBe(1);
});

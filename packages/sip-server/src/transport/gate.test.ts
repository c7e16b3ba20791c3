// What strangers may have by UDP: proportionate answers, so many for each neighbourhood, then silence (SECURITY-CHECKLIST 55).
import type { Flow } from '@parlance/sip/flow';
import { FakeClock } from '@parlance/testkit/fake-clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Gate, type GateLimits, isProportionate, taken } from './gate.ts';

const limits: GateLimits = { burst: 3, perSecond: 2, sources: 100 };

const from = (address: string, port = 5060, reliable = false): Flow => ({
  id: 'f',
  transport: reliable ? 'TCP' : 'UDP',
  reliable,
  local: { address: '192.0.2.9', port: 5060 },
  remote: { address, port },
  open: true,
  send: () => true,
});

const count = (gate: Gate, flow: Flow, times: number): number =>
  Array.from({ length: times }, () => gate.admits(flow, 400, 500)).filter(Boolean).length;

describe('a bucket', () => {
  it('gives no more than its burst and what has run in since', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2_000 })), (pauses) => {
        let bucket: ReturnType<typeof taken>;
        let [now, given] = [0, 0];
        for (const pause of pauses) {
          now += pause;
          const next = taken(bucket, now, limits);
          if (next === undefined) continue;
          bucket = next;
          given++;
        }
        expect(given).toBeLessThanOrEqual(limits.burst + (now / 1_000) * limits.perSecond);
      }),
    );
  });

  it('is full again after a rest, and never fuller', () => {
    const empty = { tokens: 0, at: 0 };
    expect(taken(empty, 400, limits)).toBeUndefined();
    expect(taken(empty, 500, limits)).toEqual({ tokens: 0, at: 500 });
    expect(taken(empty, 3_600_000, limits)).toEqual({ tokens: 2, at: 3_600_000 });
  });
});

describe('the gate', () => {
  it('lets nothing through that is more than three times as long as what was asked', () => {
    expect(isProportionate(1_200, 400)).toBe(true);
    expect(isProportionate(1_201, 400)).toBe(false);
    const gate = new Gate(new FakeClock(), limits);
    expect(gate.admits(from('192.0.2.1'), 100, 301)).toBe(false);
    expect(count(gate, from('192.0.2.1'), 5)).toBe(3);
  });

  it('counts neighbours together, and others apart', () => {
    const clock = new FakeClock();
    const gate = new Gate(clock, limits);
    expect(count(gate, from('192.0.2.1'), 2)).toBe(2);
    expect(count(gate, from('192.0.2.250', 9), 5)).toBe(1);
    expect(count(gate, from('192.0.3.1'), 5)).toBe(3);
    expect(count(gate, from('2001:db8:1:2::1'), 5)).toBe(3);
    expect(count(gate, from('2001:db8:1:3::1'), 5)).toBe(0);
    clock.advance(1_000);
    expect(count(gate, from('192.0.2.1'), 5)).toBe(2);
  });

  it('is open for connections, for this machine, and for whoever has proved to be there', () => {
    const gate = new Gate(new FakeClock(), limits);
    expect(count(gate, from('192.0.2.1', 1, true), 50)).toBe(50);
    expect(count(gate, from('127.0.0.1'), 50)).toBe(50);
    gate.prove(from('192.0.2.1', 7));
    expect(count(gate, from('192.0.2.1', 7), 50)).toBe(50);
    expect(count(gate, from('192.0.2.1', 8), 50)).toBe(3);
  });
});

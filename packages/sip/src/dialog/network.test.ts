// Calls over a network that loses, doubles and reorders.
import { FakeClock } from '@parlance/testkit/fake-clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TransportName } from '../flow.ts';
import { Call } from '../testing/call.ts';

const begin = (transport: TransportName, ...more: readonly string[]): Call<FakeClock> =>
  new Call(new FakeClock(), transport, ...more);

describe('a call over a bad network', () => {
  const fates = fc.array(fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 3 }), { maxLength: 40 });
  const deeds = fc.record({
    transport: fc.constantFrom<TransportName>('UDP', 'TCP'),
    fates,
    reliable: fc.boolean(),
    answerAt: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
    cancelAt: fc.option(fc.integer({ min: 0, max: 20_000 }), { nil: undefined }),
    status: fc.constantFrom(200, 302, 486),
  });

  it('comes to one end on both sides, and leaves nothing', () => {
    fc.assert(
      fc.property(deeds, (how) => {
        const call = begin(how.transport, ...(how.reliable ? ['Supported: 100rel', 'Expires: 120'] : ['Expires: 120']));
        const { clock } = call;
        call.net.fate = (_, count) => (how.transport === 'TCP' ? [1] : (how.fates[count] ?? [1]));
        call.onInvite = (server) => {
          server.progress(180, {}, how.reliable);
          if (how.answerAt === undefined) return;
          clock.after(how.answerAt, () =>
            how.status === 200 ? server.accept() : server.refuse({ status: how.status }),
          );
        };
        if (how.cancelAt !== undefined) clock.after(how.cancelAt, () => call.client.cancel());
        clock.advance(1_300_000);
        const finals = call.heard.filter((line) => /alice is (connected|refused)/.test(line));
        expect(finals).toHaveLength(1);
        expect(call.heard.filter((line) => line.endsWith('alice knows all'))).toHaveLength(1);
        expect(call.heard.filter((line) => /bob (is connected|waits|stops)/.test(line)).length).toBeLessThanOrEqual(1);
        expect(clock.pending).toBe(0);
        expect([call.net.near.transactions.counts, call.net.far.transactions.counts]).toEqual([
          { clients: 0, servers: 0, connections: 0 },
          { clients: 0, servers: 0, connections: 0 },
        ]);
      }),
    );
  });
});

// Laws of the transaction layer: one answer, one hearing, no leak, whatever the network or anybody does (RFC 3261 §17).
import { FakeClock } from '@parlance/testkit/fake-clock';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TransportName } from '../flow.ts';
import { isRequest, type SipMessage, type SipRequest } from '../message.ts';
import { respond } from '../response.ts';
import { counting } from '../testing/counting.ts';
import { MemoryFlow } from '../testing/memory-flow.ts';
import { readRequest } from '../testing/messages.ts';
import { Transactions } from './transactions.ts';

const request = (method: string): SipRequest =>
  readRequest(
    `${method} sip:bob@biloxi.com SIP/2.0`,
    'To: <sip:bob@biloxi.com>',
    'From: <sip:alice@atlanta.com>;tag=a',
    'Max-Forwards: 70',
    'Call-ID: c',
    `CSeq: 1 ${method}`,
  );

/** How the network treats one message: the delays of its copies. Longer ones the timers do not provide for (J is 64·T1). */
const fate = fc.array(fc.integer({ min: 0, max: 400 }), { maxLength: 3 });

interface Play {
  readonly method: string;
  readonly transport: TransportName;
  readonly fates: readonly (readonly number[])[];
  readonly status: number;
  readonly rings: number;
  readonly delay: number;
  readonly cancelAt: number | undefined;
}

const play: fc.Arbitrary<Play> = fc.record({
  method: fc.constantFrom('INVITE', 'MESSAGE'),
  transport: fc.constantFrom<TransportName>('UDP', 'TCP'),
  fates: fc.array(fate, { maxLength: 60 }),
  status: fc.constantFrom(200, 202, 302, 404, 486, 503, 603),
  rings: fc.integer({ min: 0, max: 3 }),
  delay: fc.integer({ min: 0, max: 40_000 }),
  cancelAt: fc.option(fc.integer({ min: 0, max: 45_000 }), { nil: undefined }),
});

/** Joins two flows by a network that loses, doubles and delays; a reliable one does nothing of that. */
const join = (
  clock: FakeClock,
  from: MemoryFlow,
  fates: (readonly number[])[],
  to: (message: SipMessage) => void,
): void => {
  from.onSend = (message) => {
    const delays = from.reliable ? [1] : (fates.shift() ?? [1]);
    for (const delay of delays) clock.after(delay, () => to(message));
  };
};

/** A server that rings, waits and answers, and takes a CANCEL. */
const serving = (clock: FakeClock, transactions: Transactions, flow: MemoryFlow, how: Play) => {
  const begun: string[] = [];
  return {
    begun,
    receive(message: SipMessage): void {
      if (transactions.absorb(message, flow) || !isRequest(message)) return;
      const meant = message.method === 'CANCEL' ? transactions.find(message) : undefined;
      const server = transactions.serve(message, flow);
      begun.push(message.method);
      if (message.method === 'CANCEL') {
        server?.respond(respond(message, { status: meant === undefined ? 481 : 200 }, 'b'));
        meant?.respond(respond(meant.request, { status: 487 }, 'b'));
        return;
      }
      for (let ring = 0; ring < how.rings; ring++)
        clock.after(ring * 100, () => server?.respond(respond(message, { status: 180 }, 'b')));
      clock.after(how.delay, () => server?.respond(respond(message, { status: how.status }, 'b')));
    },
  };
};

const perform = (how: Play) => {
  const clock = new FakeClock();
  const [near, far] = [new MemoryFlow(clock, how.transport), new MemoryFlow(clock, how.transport)];
  const client = new Transactions({ clock, random: counting('c'), user: { stray() {} } });
  const server = new Transactions({ clock, random: counting('s'), user: { stray() {} } });
  const fates = [...how.fates];
  const side = serving(clock, server, far, how);
  join(clock, near, fates, (message) => side.receive(message));
  join(clock, far, fates, (message) => client.absorb(message, near));
  const finals: (number | 'timeout' | 'failed')[] = [];
  const sent = client.send(request(how.method), near, {
    response: ({ status }) => {
      // An INVITE's user gets every copy of a 2xx.
      if (status >= 200 && !(how.method === 'INVITE' && status < 300 && finals.includes(status))) finals.push(status);
    },
    timeout: () => finals.push('timeout'),
    failed: () => finals.push('failed'),
  });
  if (how.cancelAt !== undefined) clock.after(how.cancelAt, () => sent.cancel());
  clock.advance(800_000);
  return { clock, finals, client, server, begun: side.begun, far, near };
};

describe('two sides and a bad network', () => {
  it('end with one final answer at the client, and hear of a request once', () => {
    fc.assert(
      fc.property(play, (how) => {
        const { finals, begun } = perform(how);
        expect(finals).toHaveLength(1);
        expect(begun.filter((method) => method === how.method).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('get the answer through when not everything is lost', () => {
    fc.assert(
      fc.property(play, (how) => {
        // The last of seven INVITEs, and of eleven others, goes unharmed: so does its answer.
        const kind = how.method === 'INVITE' && how.status < 300 ? { status: 486 } : {};
        const { finals } = perform({
          ...how,
          ...kind,
          fates: how.fates.slice(0, 6),
          delay: how.delay % 1000,
          cancelAt: undefined,
        });
        expect(finals).not.toContain('timeout');
      }),
    );
  });

  it('forget everything', () => {
    fc.assert(
      fc.property(play, (how) => {
        const { clock, client, server } = perform(how);
        expect([client.counts, server.counts]).toEqual([
          { clients: 0, servers: 0, connections: 0 },
          { clients: 0, servers: 0, connections: 0 },
        ]);
        expect(clock.pending).toBe(0);
      }),
    );
  });
});

/** Anything that may happen to one side, in any order. */
const happening = fc.oneof(
  fc.record({ does: fc.constant('send' as const), method: fc.constantFrom('INVITE', 'MESSAGE') }),
  fc.record({
    does: fc.constant('serve' as const),
    method: fc.constantFrom('INVITE', 'MESSAGE', 'CANCEL'),
    n: fc.nat(3),
  }),
  fc.record({
    does: fc.constant('absorb' as const),
    method: fc.constantFrom('INVITE', 'MESSAGE', 'ACK'),
    n: fc.nat(3),
  }),
  fc.record({ does: fc.constant('answered' as const), status: fc.constantFrom(100, 180, 200, 486), n: fc.nat(9) }),
  fc.record({ does: fc.constant('answer' as const), status: fc.constantFrom(100, 180, 200, 408, 486), n: fc.nat(9) }),
  fc.record({ does: fc.constant('cancel' as const), n: fc.nat(9) }),
  fc.record({ does: fc.constant('wait' as const), ms: fc.nat(20_000) }),
  fc.record({ does: fc.constant('break' as const) }),
  fc.record({ does: fc.constant('mend' as const) }),
  fc.record({ does: fc.constant('lost' as const) }),
);

const incoming = (method: string, n: number): SipRequest => {
  const { fields } = readRequest('X x:x SIP/2.0', `Via: SIP/2.0/UDP a.example;branch=z9hG4bK${n}`);
  return request(method).with({ fields: [...fields, ...request(method).fields] });
};

describe('one side and anything', () => {
  it('forgets everything and leaves no timer', () => {
    fc.assert(
      fc.property(
        fc.constantFrom<TransportName>('UDP', 'TCP'),
        fc.array(happening, { maxLength: 60 }),
        (transport, happenings) => {
          const clock = new FakeClock();
          const flow = new MemoryFlow(clock, transport);
          const layer = new Transactions({ clock, random: counting(), user: { stray() {} } });
          const clients: ReturnType<Transactions['send']>[] = [];
          const servers: ReturnType<Transactions['serve']>[] = [];
          const heard = { response() {}, timeout() {}, failed() {} };
          for (const each of happenings) {
            if (each.does === 'send') clients.push(layer.send(request(each.method), flow, heard));
            else if (each.does === 'wait') clock.advance(each.ms);
            else if (each.does === 'lost') layer.lost(flow);
            else if (each.does === 'break' || each.does === 'mend') flow.open = each.does === 'mend';
            else if (each.does === 'cancel') clients[each.n]?.cancel();
            else if (each.does === 'answer') {
              const server = servers[each.n];
              server?.respond(respond(server.request, { status: each.status }, 'b'));
            } else if (each.does === 'answered') {
              const client = clients[each.n];
              if (client !== undefined) layer.absorb(respond(client.request, { status: each.status }, 'b'), flow);
            } else {
              const message = incoming(each.method, each.n);
              if (!layer.absorb(message, flow) && each.does === 'serve') servers.push(layer.serve(message, flow));
            }
          }
          clock.advance(1_300_000);
          expect(layer.counts).toEqual({ clients: 0, servers: 0, connections: 0 });
          expect(clock.pending).toBe(0);
        },
      ),
    );
  });
});

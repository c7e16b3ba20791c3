// Calls through the proxy, message by message: the flows of RFC 3665 §3 that pass a proxy.
import { Field } from '@parlance/sip/field';
import type { TransportName } from '@parlance/sip/flow';
import { recordRoute, route } from '@parlance/sip/headers/name-addr';
import { maxForwards } from '@parlance/sip/headers/plain';
import { via } from '@parlance/sip/headers/via';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { describe, expect, it } from 'vitest';
import { Network } from '../testing/network.ts';
import { Phone, ProxyStage } from '../testing/proxy-stage.ts';

interface Call {
  readonly home: ProxyStage;
  readonly alice: Phone;
  readonly bob: Phone;
}

const stage = (transport: TransportName = 'UDP', other: TransportName = transport): Call => {
  const home = new ProxyStage({ network: new Network(new FakeClock()) });
  const alice = new Phone(home.network, home.place, 'alice', transport);
  const bob = new Phone(home.network, home.place, 'bob', other);
  home.account('alice');
  home.register(home.account('bob'), bob);
  return { home, alice, bob };
};

const invite = async ({ home, alice }: Call, ...more: readonly string[]): Promise<void> => {
  alice.say(
    'INVITE sip:bob@home.example SIP/2.0',
    alice.via('1'),
    'From: <sip:alice@home.example>;tag=a',
    'To: <sip:bob@home.example>',
    'Call-ID: call@alice',
    'CSeq: 1 INVITE',
    `Contact: <${alice.contact}>`,
    'X-Unknown: kept;as="it is"',
    ...more,
  );
  await home.clock.advanceAsync(5);
};

/** A request of alice in her dialog, by the routes that she has learnt. */
const within = async ({ home, alice, bob }: Call, method: string, branch: string, cseq = 2): Promise<void> => {
  const ok = alice.responses.findLast(({ status }) => status === 200);
  const routes = ok?.all(recordRoute).toReversed() ?? [];
  alice.say(
    `${method} ${bob.contact} SIP/2.0`,
    alice.via(branch),
    ...routes.map(({ uri }) => `Route: <${uri}>`),
    'From: <sip:alice@home.example>;tag=a',
    'To: <sip:bob@home.example>;tag=bob',
    'Call-ID: call@alice',
    `CSeq: ${cseq} ${method}`,
  );
  await home.clock.advanceAsync(5);
};

/** The callee's route set (RFC 3261 §12.1.1). */
const fromBob = async ({ home, alice, bob }: Call, method: string): Promise<void> => {
  bob.say(
    `${method} ${alice.contact} SIP/2.0`,
    bob.via('b1'),
    ...bob
      .last('INVITE')
      .all(recordRoute)
      .map(({ uri }) => `Route: <${uri}>`),
    'From: <sip:bob@home.example>;tag=bob',
    'To: <sip:alice@home.example>;tag=a',
    'Call-ID: call@alice',
    `CSeq: 1 ${method}`,
  );
  await home.clock.advanceAsync(5);
};

const repeated = (call: Call, status: number): void => {
  const invited = call.bob.last('INVITE');
  const fields = invited.fields.filter(({ id }) => id === 'record-route');
  call.bob.answer(invited, status, ...fields, Field.make('contact', `<${call.bob.contact}>`));
};

describe('a call', () => {
  it.each([
    ['UDP', 'UDP'],
    ['TCP', 'TCP'],
    ['UDP', 'TCP'],
    ['WSS', 'UDP'],
  ] as const)('by %s to %s: rings, is answered, acknowledged and ended (RFC 3665 §3.2)', async (one, other) => {
    const call = stage(one, other);
    const { home, alice } = call;
    await invite(call);
    repeated(call, 180);
    await home.clock.advanceAsync(5);
    repeated(call, 200);
    await home.clock.advanceAsync(5);
    await within(call, 'ACK', '2', 1);
    await fromBob(call, 'BYE');
    alice.answer(alice.last('BYE'), 200);
    await home.clock.advanceAsync(5);
    expect(home.network.log).toEqual([
      'alice → home INVITE',
      'home → alice 100',
      'home → bob INVITE',
      'bob → home 180',
      'home → alice 180',
      'bob → home 200',
      'home → alice 200',
      'alice → home ACK',
      'home → bob ACK',
      'bob → home BYE',
      'home → alice BYE',
      'alice → home 200',
      'home → bob 200',
    ]);
    await home.clock.advanceAsync(700_000);
    expect(home.proxy.size).toBe(0);
    expect(home.clock.pending).toBe(0);
  });

  it('changes of a request what RFC 3261 §16.6 says, and nothing else', async () => {
    const call = stage();
    await invite(call, 'Max-Forwards: 70', 'Proxy-Authorization: Digest realm="home.example", username="a"');
    const { bob } = call;
    const passed = bob.last('INVITE');
    expect(passed.uri).toBe(bob.contact);
    expect(passed.optional(maxForwards)).toBe(69);
    expect(passed.all(via).map(({ host }) => host)).toEqual(['192.0.2.1', '198.51.100.7']);
    expect(passed.all(recordRoute)).toHaveLength(1);
    expect(passed.field('x-unknown')?.line).toBe('X-Unknown: kept;as="it is"');
    expect(passed.has('proxy-authorization')).toBe(false);
    expect(passed.text('max-breadth')).toBe('60');
  });

  it('stands in the routes twice where it stands between two transports (RFC 5658 §5)', async () => {
    const call = stage('TCP', 'UDP');
    await invite(call);
    const uris = call.bob
      .last('INVITE')
      .all(recordRoute)
      .map(({ uri }) => uri.replace(/:.*@/, ':'));
    expect(uris).toEqual(['sip:192.0.2.1:5060;lr', 'sip:192.0.2.1:5060;transport=tcp;lr']);
  });

  it('leaves no Route of ours in what it passes on', async () => {
    const call = stage();
    await invite(call);
    repeated(call, 200);
    await call.home.clock.advanceAsync(5);
    await within(call, 'UPDATE', '3');
    expect(call.bob.last('UPDATE').all(route)).toEqual([]);
    expect(call.bob.last('UPDATE').uri).toBe(call.bob.contact);
  });

  it('goes on over the same way when the other side calls again in it (RFC 3665 §3.7)', async () => {
    const call = stage('UDP', 'TCP');
    const { home, alice, bob } = call;
    await invite(call);
    repeated(call, 200);
    await home.clock.advanceAsync(5);
    await within(call, 'ACK', '2', 1);
    await fromBob(call, 'INVITE');
    expect(alice.last('INVITE').uri).toBe(alice.contact);
    // Whoever rebuilds the dialog from it finds the same two ends (RFC 3261 §16.6 step 4).
    expect(alice.last('INVITE').all(recordRoute)).toHaveLength(2);
    expect(alice.requests.map(({ method }) => method)).toEqual(['INVITE']);
    expect(bob.requests.map(({ method }) => method)).toEqual(['INVITE', 'ACK']);
  });

  it('whose connection is gone is told so (RFC 5626 §5.3.1)', async () => {
    const call = stage('UDP', 'TCP');
    const { home, alice, bob } = call;
    await invite(call);
    repeated(call, 200);
    await home.clock.advanceAsync(5);
    await within(call, 'ACK', '2', 1);
    home.network.flow(home.place, bob.place, 'TCP').close();
    await within(call, 'BYE', '3');
    await home.clock.advanceAsync(100);
    expect(alice.statuses.at(-1)).toBe(430);
  });

  it('is found in the trace, branches and answers (row 10)', async () => {
    const call = stage();
    await invite(call);
    repeated(call, 486);
    await call.home.clock.advanceAsync(5);
    const [record] = call.home.trace.find('call@alice');
    expect(record).toMatchObject({
      kind: 'INVITE',
      from: 'alice@home.example',
      to: 'bob@home.example',
      outcome: 'passed',
    });
    expect(record?.steps).toEqual([
      {
        row: 'bob@home.example/phone-bob',
        remote: call.bob.place,
        action: 'forwarded',
        note: expect.stringMatching(/^z9hG4bKhome\d+\.[0-9a-f]{12}$/),
      },
      { row: '', remote: undefined, action: 'answered', note: '486 Busy Here' },
    ]);
  });
});

describe('a call that comes to nothing', () => {
  it('busy: the refusal is acknowledged hop by hop (RFC 3665 §3.9)', async () => {
    const call = stage();
    await invite(call);
    repeated(call, 486);
    await call.home.clock.advanceAsync(5);
    expect(call.home.network.log.slice(3)).toEqual(['bob → home 486', 'home → bob ACK', 'home → alice 486']);
  });

  it('taken back: CANCEL is answered at once, the INVITE when the phone has ended it (RFC 3665 §3.8)', async () => {
    const call = stage();
    const { home, alice, bob } = call;
    await invite(call);
    repeated(call, 180);
    await home.clock.advanceAsync(5);
    alice.say(
      'CANCEL sip:bob@home.example SIP/2.0',
      alice.via('1'),
      'From: <sip:alice@home.example>;tag=a',
      'To: <sip:bob@home.example>',
      'Call-ID: call@alice',
      'CSeq: 1 CANCEL',
      'Reason: SIP;cause=487;text="changed my mind"',
    );
    await home.clock.advanceAsync(5);
    expect(alice.statuses).toEqual([100, 180, 200]);
    expect(bob.last('CANCEL').text('reason')).toBe('SIP;cause=487;text="changed my mind"');
    bob.answer(bob.last('CANCEL'), 200);
    repeated(call, 487);
    await home.clock.advanceAsync(5);
    expect(alice.statuses).toEqual([100, 180, 200, 487]);
  });

  it('taken back while it is answered: the 200 goes through (RFC 3261 §9.1)', async () => {
    const call = stage();
    const { home, alice } = call;
    await invite(call);
    repeated(call, 180);
    await home.clock.advanceAsync(5);
    alice.say(
      'CANCEL sip:bob@home.example SIP/2.0',
      alice.via('1'),
      'From: <sip:alice@home.example>;tag=a',
      'To: <sip:bob@home.example>',
      'Call-ID: call@alice',
      'CSeq: 1 CANCEL',
    );
    repeated(call, 200);
    await home.clock.advanceAsync(5);
    expect(alice.statuses).toEqual([100, 180, 200, 200]);
    expect(home.proxy.size).toBe(1);
    await within(call, 'ACK', '2', 1);
    expect(call.bob.last('ACK').uri).toBe(call.bob.contact);
  });

  it('taken back before the phone says anything: nothing is sent that could overtake the INVITE (RFC 3261 §9.1)', async () => {
    const call = stage('TCP');
    const { home, alice, bob } = call;
    await invite(call);
    alice.say(
      'CANCEL sip:bob@home.example SIP/2.0',
      alice.via('1'),
      'From: <sip:alice@home.example>;tag=a',
      'To: <sip:bob@home.example>',
      'Call-ID: call@alice',
      'CSeq: 1 CANCEL',
    );
    await home.clock.advanceAsync(33_000);
    expect(bob.requests.map(({ method }) => method)).toEqual(['INVITE']);
    expect(alice.statuses).toEqual([100, 200, 487]);
  });

  it('a CANCEL of nothing is told so', async () => {
    const call = stage();
    const { alice, home } = call;
    alice.say(
      'CANCEL sip:bob@home.example SIP/2.0',
      alice.via('9'),
      'From: <sip:alice@home.example>;tag=a',
      'To: <sip:bob@home.example>',
      'Call-ID: x',
      'CSeq: 1 CANCEL',
    );
    await home.clock.advanceAsync(5);
    expect(alice.statuses).toEqual([481]);
    expect(home.transactions.counts.servers).toBe(0);
  });

  it('nobody at home: 480; no such account: 404', async () => {
    const call = stage();
    call.home.account('carol');
    const { alice, home } = call;
    for (const [n, user] of ['carol', 'nobody'].entries())
      alice.say(
        `INVITE sip:${user}@home.example SIP/2.0`,
        alice.via(`n${n}`),
        'From: <sip:alice@home.example>;tag=a',
        `To: <sip:${user}@home.example>`,
        `Call-ID: n${n}`,
        'CSeq: 1 INVITE',
      );
    await home.clock.advanceAsync(100);
    expect(alice.statuses.filter((status) => status > 100)).toEqual([480, 404]);
  });

  it('rings for longer than timer C: it is cancelled, and ends (RFC 3261 §16.8)', async () => {
    const call = stage('TCP');
    const { home, alice, bob } = call;
    await invite(call);
    repeated(call, 180);
    await home.clock.advanceAsync(180_000);
    expect(bob.requests.map(({ method }) => method)).toEqual(['INVITE']);
    await home.clock.advanceAsync(10_000);
    bob.answer(bob.last('CANCEL'), 200);
    repeated(call, 487);
    await home.clock.advanceAsync(5);
    expect(alice.statuses).toEqual([100, 180, 487]);
  });

  it('a phone that never says anything: 408 after 64·T1 (RFC 3261 §16.7 step 6)', async () => {
    const call = stage();
    await invite(call);
    await call.home.clock.advanceAsync(33_000);
    expect(call.alice.statuses[0]).toBe(100);
    expect(call.alice.statuses.at(-1)).toBe(408);
  });

  it('a request that is no INVITE gets no 408 (RFC 4320 §4.2)', async () => {
    const call = stage('TCP');
    const { home, alice } = call;
    alice.say(
      'INFO sip:bob@home.example SIP/2.0',
      alice.via('i'),
      'From: <sip:alice@home.example>;tag=a',
      'To: <sip:bob@home.example>',
      'Call-ID: i',
      'CSeq: 1 INFO',
    );
    await home.clock.advanceAsync(60_000);
    expect(alice.statuses).toEqual([100]);
  });
});

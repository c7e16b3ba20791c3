// Whom this server carries, how far, and in no circles: no open relay, loops, rules, redirects
// (RFC 3261 §16.3–16.5, §8.3; RFC 5393 §3; SECURITY-CHECKLIST 48, 49, 56).
import type { Address } from '@parlance/core/ids';
import { contact, recordRoute, wildcard } from '@parlance/sip/headers/name-addr';
import { readSip } from '@parlance/sip/uri';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { describe, expect, it } from 'vitest';
import { finals, type Household, household } from '../testing/household.ts';
import { Network } from '../testing/network.ts';
import { Phone, ProxyStage, type StageParts } from '../testing/proxy-stage.ts';

const stage = (parts: Partial<StageParts> = {}): Household =>
  household({ network: new Network(new FakeClock()), ...parts });

describe('no open relay', () => {
  it.each(['sip:bob@home.example', 'sip:x@other.example', 'sip:x@203.0.113.9:10004'])(
    'a stranger gets nobody to %s',
    async (uri) => {
      const { home, mallory } = stage();
      mallory.ask('INVITE', uri, 'm');
      await home.clock.advanceAsync(5);
      expect(finals(mallory)).toEqual([403]);
      expect(home.network.log.filter((line) => line.endsWith('INVITE'))).toHaveLength(1);
    },
  );

  it('a member is carried to other domains, and by Routes of his own', async () => {
    const { home, alice, other } = stage({ hosts: { 'other.example': '203.0.113.9:10004' } });
    alice.ask('INVITE', 'sip:x@other.example', 'a1');
    alice.ask('MESSAGE', 'sip:x@third.example', 'a2', 'Route: <sip:home.example;lr>, <sip:203.0.113.9:10004;lr>');
    await home.clock.advanceAsync(5);
    expect(other.requests.map(({ method, uri }) => `${method} ${uri}`)).toEqual([
      'INVITE sip:x@other.example',
      'MESSAGE sip:x@third.example',
    ]);
  });

  it('a peer speaks for its own domain, to our members only', async () => {
    const { home, mallory, bob } = stage({
      policy: { peers: [{ domain: 'foreign.example', address: '203.0.113.0/24' }] },
    });
    const say = (to: string, id: string, ...more: readonly string[]): void =>
      mallory.say(
        `INVITE ${to} SIP/2.0`,
        mallory.via(id),
        'From: <sip:x@foreign.example>;tag=x',
        `To: <${to}>`,
        `Call-ID: ${id}`,
        'CSeq: 1 INVITE',
        ...more,
      );
    say('sip:bob@home.example', 'p1');
    say('sip:x@third.example', 'p2');
    say('sip:bob@home.example', 'p3', 'Route: <sip:203.0.113.9:10004;lr>');
    await home.clock.advanceAsync(5);
    expect(bob.requests).toHaveLength(1);
    expect(finals(mallory)).toEqual([403, 403]);
  });

  it('what a dialog may do, a stranger may not, though he knows its Record-Route', async () => {
    const { home, alice, bob, mallory } = stage();
    alice.ask('INVITE', 'sip:bob@home.example', 'd1');
    await home.clock.advanceAsync(5);
    const [token = { uri: '' }] = bob.last('INVITE').all(recordRoute);
    const forged = (id: string, callId: string, tag: string): void =>
      mallory.say(
        `BYE ${bob.contact} SIP/2.0`,
        mallory.via(id),
        `Route: <${token.uri}>`,
        `From: <sip:alice@evil.example>;tag=${tag}`,
        'To: <sip:bob@home.example>;tag=bob',
        `Call-ID: ${callId}`,
        'CSeq: 2 BYE',
      );
    forged('f1', 'other-call', 'alice');
    forged('f2', 'd1', 'other-tag');
    await home.clock.advanceAsync(5);
    expect(finals(mallory)).toEqual([403, 403]);
    expect(bob.requests.map(({ method }) => method)).toEqual(['INVITE']);
  });

  it('an ACK outside a dialog goes nowhere', async () => {
    const { home, mallory, bob } = stage();
    mallory.ask('ACK', bob.contact, 'k1');
    mallory.ask('ACK', 'sip:bob@home.example', 'k2');
    await home.clock.advanceAsync(5);
    expect(bob.requests).toEqual([]);
  });
});

describe('hops', () => {
  it.each([
    ['INVITE', 483],
    ['OPTIONS', 200],
  ] as const)('%s at its last one: %i (RFC 3261 §16.3 step 3)', async (method, status) => {
    const { home, alice } = stage();
    alice.ask(method, 'sip:bob@home.example', 'h', 'Max-Forwards: 0');
    await home.clock.advanceAsync(5);
    expect(finals(alice)).toEqual([status]);
  });

  it('an extension that a proxy would have to know: 420 (RFC 3261 §16.3 step 5)', async () => {
    const { home, alice } = stage();
    alice.ask('INVITE', 'sip:bob@home.example', 'h', 'Proxy-Require: privacy, nonsense');
    await home.clock.advanceAsync(5);
    expect(finals(alice)).toEqual([420]);
    expect(
      alice.responses
        .at(-1)
        ?.fields.filter(({ id }) => id === 'unsupported')
        .map(({ value }) => value),
    ).toEqual(['privacy', 'nonsense']);
  });

  it('checklist 56: a contact that is its own account runs once round, not seventy times (RFC 5393 §4.2)', async () => {
    const { home, alice } = stage();
    const loop = home.account('loop');
    const itself = new Phone(home.network, home.place, 'itself');
    const binding = home.register(loop, itself, { contact: 'sip:loop@home.example' });
    binding.flow = home.network.flow(home.place, home.place, 'UDP');
    alice.ask('INVITE', 'sip:loop@home.example', 'l');
    await home.clock.advanceAsync(20);
    expect(finals(alice)).toEqual([482]);
    expect(home.network.log.filter((line) => line === 'home → home INVITE')).toHaveLength(1);
  });

  it('checklist 56: two servers that send each other everything: a handful of requests, not 2⁷⁰ (RFC 5393 §3)', async () => {
    const network = new Network(new FakeClock());
    const places = [
      { address: '192.0.2.1', port: 5060 },
      { address: '192.0.2.2', port: 5060 },
    ] as const;
    const hosts = { 'home.example': '192.0.2.1:5060', 'away.example': '192.0.2.2:5060' };
    // Each believes whatever the other forwards.
    const homes = (['home.example', 'away.example'] as const).map(
      (domain, n) =>
        new ProxyStage({
          network,
          domain,
          place: places[n === 0 ? 0 : 1],
          hosts,
          policy: { peers: [{ domain: 'home.example', address: '192.0.2.0/24' }] },
        }),
    );
    const [home, away] = homes;
    if (home === undefined || away === undefined) throw new Error('no servers');
    for (const server of homes) {
      const [there, place] = server === home ? ['away.example', places[1]] : ['home.example', places[0]];
      for (const user of ['a', 'b']) {
        const account = server.account(user);
        for (const target of ['a', 'b']) {
          const phone = new Phone(network, server.place, `${user}${target}`);
          const binding = server.register(account, phone, { contact: `sip:${target}@${there}` });
          binding.flow = network.flow(server.place, place ?? server.place, 'UDP');
        }
      }
    }
    const alice = new Phone(network, home.place, 'alice');
    home.account('alice');
    alice.ask('INVITE', 'sip:a@home.example', 'attack');
    await network.clock.advanceAsync(10_000);
    const invites = network.log.filter((line) => line.endsWith('INVITE'));
    expect(invites.length).toBeLessThan(40);
    expect(new Set(finals(alice))).toEqual(new Set([482]));
  });
});

describe("the operator's rules", () => {
  const routes = [
    { match: { prefix: '900' }, action: { deny: 403 } },
    { match: { domain: 'home.example', prefix: '9' }, action: { to: readSip('sip:203.0.113.9:10004;transport=udp') } },
    { match: { source: '198.51.100.0/24', method: 'SUBSCRIBE' }, action: { deny: 489 } },
  ];

  it('the first that fits counts; a user of ours is asked for at the other server', async () => {
    const { home, alice, other, bob } = stage({ policy: { routes } });
    for (const [n, user] of ['9001', '9123', 'bob'].entries()) alice.ask('INVITE', `sip:${user}@home.example`, `r${n}`);
    alice.ask('SUBSCRIBE', 'sip:bob@home.example', 'r9');
    await home.clock.advanceAsync(5);
    expect(finals(alice)).toEqual([403, 489]);
    expect(other.requests.map(({ uri }) => uri)).toEqual(['sip:9123@203.0.113.9:10004']);
    expect(bob.requests.map(({ method }) => method)).toEqual(['INVITE']);
  });

  it('change without a restart', async () => {
    const { home, alice, other } = stage({ policy: { routes } });
    home.policy.replace({ routes: [], peers: [], redirects: new Set() });
    alice.ask('INVITE', 'sip:9123@home.example', 'r');
    await home.clock.advanceAsync(100);
    expect(finals(alice)).toEqual([404]);
    expect(other.requests).toEqual([]);
  });

  it('are for members and peers only', async () => {
    const { home, mallory, other } = stage({ policy: { routes } });
    mallory.ask('INVITE', 'sip:9123@home.example', 'r');
    await home.clock.advanceAsync(5);
    expect(finals(mallory)).toEqual([403]);
    expect(other.requests).toEqual([]);
  });

  it('what the other server sends back is a spiral, not a loop: it finds the member', async () => {
    const rules = [{ match: { source: '198.51.100.0/24' }, action: { to: readSip('sip:203.0.113.9:10004') } }];
    const { home, alice, other, bob } = stage({
      policy: { routes: rules, peers: [{ domain: 'pbx.example', address: '203.0.113.9' }] },
    });
    other.onRequest = (request) => {
      if (request.method === 'INVITE')
        other.say(
          'INVITE sip:bob@home.example SIP/2.0',
          other.via('back'),
          ...request.fields.filter(({ id }) => id === 'via').map(({ line }) => line),
          'From: <sip:pbx@pbx.example>;tag=p',
          'To: <sip:bob@home.example>',
          'Call-ID: s',
          'CSeq: 1 INVITE',
        );
    };
    alice.ask('INVITE', 'sip:bob@home.example', 's');
    await home.clock.advanceAsync(10);
    expect(bob.requests.map(({ method }) => method)).toEqual(['INVITE']);
  });
});

describe('a redirect', () => {
  const redirects = new Set(['home.example']);

  it('gives whom the callee allows the contacts, best first; others are proxied (RFC 3261 §8.3)', async () => {
    const { home, alice, bob } = stage({ policy: { redirects } });
    const carol = home.account('carol', [{ address: 'alice@home.example' as Address, permission: 'allow' }]);
    const [desk, cell, browser] = (['UDP', 'UDP', 'WSS'] as const).map(
      (transport, n) => new Phone(home.network, home.place, `c${n}`, transport),
    );
    if (desk === undefined || cell === undefined || browser === undefined) throw new Error('no phones');
    home.register(carol, cell, { q: 300 });
    home.register(carol, desk, { q: 1000 });
    home.register(carol, browser, { q: 700 });
    alice.ask('INVITE', 'sip:carol@home.example', 'x1');
    alice.ask('INVITE', 'sip:bob@home.example', 'x2');
    await home.clock.advanceAsync(100);
    const redirect = alice.responses.find(({ status }) => status === 302);
    const contacts = redirect
      ?.all(contact)
      .map((each) => (each === wildcard ? '' : `${each.uri} ${each.parameters[0]?.value}`));
    expect(contacts).toEqual([`${desk.contact} 1`, `${cell.contact} 0.3`]);
    expect(bob.requests).toHaveLength(1);
  });
});

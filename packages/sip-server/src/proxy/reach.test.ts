// Devices by their names, strict routers, and servers of other domains (RFC 3261 §16.4, §16.6; RFC 3263 §4.3; RFC 5627 §5.1).
import { recordRoute } from '@parlance/sip/headers/name-addr';
import { isRequest } from '@parlance/sip/message';
import { respond } from '@parlance/sip/response';
import { serialise } from '@parlance/sip/serialise';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { describe, expect, it } from 'vitest';
import type { Dns } from '../resolve/dns.ts';
import { finals, type Household, household } from '../testing/household.ts';
import { Network } from '../testing/network.ts';
import { Phone, type StageParts } from '../testing/proxy-stage.ts';

const stage = (parts: Partial<StageParts> = {}): Household =>
  household({ network: new Network(new FakeClock()), ...parts });

describe('devices', () => {
  const instance = '<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>';

  it('a GRUU reaches its device alone (RFC 5627 §5.1)', async () => {
    const { home, alice, bob } = stage();
    const carol = home.account('carol');
    const [one, two] = ['one', 'two'].map((name) => new Phone(home.network, home.place, name));
    if (one === undefined || two === undefined) throw new Error('no phones');
    home.register(carol, one, { instance });
    home.register(carol, two);
    alice.ask('INVITE', `sip:carol@home.example;gr=${instance.slice(1, -1)}`, 'g1');
    alice.ask('INVITE', 'sip:carol@home.example;gr=urn:uuid:nobody', 'g2');
    await home.clock.advanceAsync(100);
    expect([one, two, bob].map(({ requests }) => requests.length)).toEqual([1, 0, 0]);
    expect(one.last('INVITE').uri).toBe(one.contact);
    expect(finals(alice)).toEqual([480]);
  });

  it("a dialog's end that calls itself by its GRUU is found where it has registered since (RFC 5627 §5.1)", async () => {
    const { home, alice } = stage();
    const carol = home.account('carol');
    const [before, after] = ['before', 'after'].map((name) => new Phone(home.network, home.place, name, 'TCP'));
    if (before === undefined || after === undefined) throw new Error('no phones');
    const binding = home.register(carol, before, { instance });
    alice.ask('INVITE', 'sip:carol@home.example', 'g3');
    await home.clock.advanceAsync(5);
    const [token = { uri: '' }] = before.last('INVITE').all(recordRoute);
    home.table.remove(binding);
    home.register(carol, after, { instance });
    alice.say(
      `BYE sip:carol@home.example;gr=${instance.slice(1, -1)} SIP/2.0`,
      alice.via('g4'),
      `Route: <${token.uri}>`,
      'From: <sip:alice@home.example>;tag=alice',
      'To: <sip:carol@home.example>;tag=before',
      'Call-ID: g3',
      'CSeq: 2 BYE',
    );
    await home.clock.advanceAsync(5);
    expect(after.last('BYE').uri).toBe(after.contact);
    expect(before.requests.map(({ method }) => method)).toEqual(['INVITE']);
  });

  it('whoever is blocked is refused', async () => {
    const { home, alice } = stage();
    home.register(
      home.account('dora', [], { blocked: new Set(['alice@home.example']) }),
      new Phone(home.network, home.place, 'dora'),
    );
    alice.ask('INVITE', 'sip:dora@home.example', 'b');
    await home.clock.advanceAsync(100);
    expect(finals(alice)).toEqual([403]);
  });

  it('a strict router before us is understood (RFC 3261 §16.4)', async () => {
    const { home, alice, bob } = stage();
    alice.ask('INVITE', 'sip:bob@home.example', 's1');
    await home.clock.advanceAsync(5);
    const [token = { uri: '' }] = bob.last('INVITE').all(recordRoute);
    alice.say(
      `BYE ${token.uri} SIP/2.0`,
      alice.via('s2'),
      `Route: <${bob.contact}>`,
      'From: <sip:alice@home.example>;tag=alice',
      'To: <sip:bob@home.example>;tag=bob',
      'Call-ID: s1',
      'CSeq: 2 BYE',
    );
    await home.clock.advanceAsync(5);
    expect(bob.last('BYE').uri).toBe(bob.contact);
    expect(bob.last('BYE').has('route')).toBe(false);
  });

  it('a strict router behind us gets what it expects (RFC 3261 §16.6 step 6)', async () => {
    const { home, alice, other } = stage();
    alice.ask('INVITE', 'sip:x@third.example', 's1', 'Route: <sip:203.0.113.9:10004>, <sip:last.example;lr>');
    await home.clock.advanceAsync(5);
    const passed = other.last('INVITE');
    expect(passed.uri).toBe('sip:203.0.113.9:10004');
    expect(passed.fields.filter(({ id }) => id === 'route').map(({ value }) => value)).toEqual([
      '<sip:last.example;lr>',
      '<sip:x@third.example>',
    ]);
  });
});

describe('other domains', () => {
  it('the next place is tried where nobody is, or one has too much to do (RFC 3263 §4.3)', async () => {
    const places = ['203.0.113.250', '203.0.113.5', '203.0.113.9'];
    const dns: Dns = { naptr: async () => [], srv: async () => [], addresses: async () => places };
    const { home, alice, other } = stage({ dns });
    // The same port at all three.
    home.network.join({
      name: 'busy',
      place: { address: '203.0.113.5', port: other.place.port },
      receive: (message, flow) => {
        if (isRequest(message) && message.method !== 'ACK')
          flow.send(serialise(respond(message, { status: 503 }, 'busy')));
      },
    });
    alice.ask('INVITE', `sip:x@many.example:${other.place.port};transport=tcp`, 'm1');
    await home.clock.advanceAsync(20);
    expect(home.network.log.filter((line) => line.startsWith('home → ') && line.endsWith('INVITE'))).toEqual([
      'home → busy INVITE',
      'home → other INVITE',
    ]);
    expect(finals(alice)).toEqual([]);
    const branches = home.trace.find('m1')[0]?.steps.map(({ note }) => note) ?? [];
    expect(new Set(branches).size).toBe(2);
  });

  it('a server that is not there: the caller hears of an error, not of a 503 of ours (RFC 3261 §16.7 step 6)', async () => {
    const { home, alice, other } = stage({ hosts: { 'lost.example': '203.0.113.250:5060;transport=tcp' } });
    alice.ask('INVITE', 'sip:x@lost.example', 'o1');
    await home.clock.advanceAsync(5);
    // Nobody listens there: it counts as a 503, of which nobody else needs to know.
    expect(finals(alice)).toEqual([500]);
    expect(other.requests).toEqual([]);
  });

  it('what does not fit into a datagram takes TCP first (RFC 3261 §18.1.1)', async () => {
    const { home, alice, other } = stage();
    alice.ask('INVITE', 'sip:x@203.0.113.9:10004', 'big', `Subject: ${'x'.repeat(1300)}`);
    await home.clock.advanceAsync(5);
    expect(other.last('INVITE').text('via')).toContain('SIP/2.0/TCP');
  });

  it('a name that nobody knows: the caller is told', async () => {
    const { home, alice } = stage();
    alice.ask('INVITE', 'sip:x@unknown.example', 'u');
    await home.clock.advanceAsync(100);
    expect(finals(alice)).toEqual([500]);
  });
});

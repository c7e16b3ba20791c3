// One request and many phones: who rings when, who stops, and which answer counts (RFC 3261 §16.6, §16.7; RFC 5393 §5; RFC 5626 §7).
import { Field } from '@parlance/sip/field';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { expect, it } from 'vitest';
import type { BindingState } from '../registrar/binding.ts';
import { Network } from '../testing/network.ts';
import { Phone, ProxyStage } from '../testing/proxy-stage.ts';

interface Stage {
  readonly home: ProxyStage;
  readonly alice: Phone;
  readonly phones: readonly Phone[];
}

/** Alice, and a phone of Bob's for each state. */
const stage = (...states: readonly Partial<BindingState>[]): Stage => {
  const home = new ProxyStage({ network: new Network(new FakeClock()) });
  const alice = new Phone(home.network, home.place, 'alice', 'TCP');
  home.account('alice');
  const bob = home.account('bob');
  const phones = states.map((state, n) => {
    const phone = new Phone(home.network, home.place, `bob${n}`, 'TCP');
    home.register(bob, phone, state);
    return phone;
  });
  return { home, alice, phones };
};

const call = async ({ home, alice }: Stage, ...more: readonly string[]): Promise<void> => {
  alice.ask('INVITE', 'sip:bob@home.example', 'c1', ...more);
  await home.clock.advanceAsync(5);
};

const answer = async (
  { home, phones }: Stage,
  nth: number,
  status: number,
  ...fields: readonly Field[]
): Promise<void> => {
  const phone = phones[nth];
  phone?.answer(phone.last('INVITE'), status, ...fields);
  await home.clock.advanceAsync(5);
};

const methods = ({ phones }: Stage): readonly string[] =>
  phones.map(({ requests }) => requests.map(({ method }) => method).join(' '));

/** A phone that ends as soon as it is told to. */
const obeys = (phone: Phone | undefined): void => {
  if (phone === undefined) return;
  phone.onRequest = (request) => {
    if (request.method !== 'CANCEL') return;
    phone.answer(request, 200);
    phone.answer(phone.last('INVITE'), 487);
  };
};

it('all ring at once; one answers, the others stop and are told why (RFC 3326)', async () => {
  const play = stage({}, {}, {});
  for (const phone of play.phones) obeys(phone);
  await call(play);
  for (const nth of [0, 1, 2]) await answer(play, nth, 180);
  await answer(play, 1, 200);
  expect(methods(play)).toEqual(['INVITE CANCEL ACK', 'INVITE', 'INVITE CANCEL ACK']);
  expect(play.phones[0]?.last('CANCEL').text('reason')).toBe('SIP;cause=200;text="Call completed elsewhere"');
  expect(play.alice.statuses).toEqual([100, 180, 180, 180, 200]);
});

it('two answer at the same time: the caller hears of both (RFC 3261 §16.7 step 5)', async () => {
  const play = stage({}, {});
  await call(play);
  for (const phone of play.phones) phone.answer(phone.last('INVITE'), 200);
  await play.home.clock.advanceAsync(5);
  expect(play.alice.statuses).toEqual([100, 200, 200]);
  const tags = play.alice.responses.slice(1).map((each) => each.text('to')?.split('tag=')[1]);
  expect(tags).toEqual(['bob0', 'bob1']);
});

it('a phone that has said nothing yet is cancelled when it does (RFC 3261 §9.1)', async () => {
  const play = stage({}, {});
  await call(play);
  await answer(play, 0, 200);
  expect(methods(play)).toEqual(['INVITE', 'INVITE']);
  await answer(play, 1, 180);
  expect(methods(play)).toEqual(['INVITE', 'INVITE CANCEL']);
  expect(play.alice.statuses).toEqual([100, 200]);
});

it('those of a higher q ring first', async () => {
  const play = stage({ q: 500 }, { q: 1000 }, { q: 500 });
  await call(play);
  expect(methods(play)).toEqual(['', 'INVITE', '']);
  await answer(play, 1, 486);
  expect(methods(play)).toEqual(['INVITE', 'INVITE ACK', 'INVITE']);
  await answer(play, 0, 404);
  await answer(play, 2, 480);
  expect(play.alice.statuses).toEqual([100, 486]);
});

it('the next ones ring when nobody answers in time', async () => {
  const play = stage({ q: 1000 }, { q: 100 });
  obeys(play.phones[0]);
  await call(play);
  await answer(play, 0, 180);
  await play.home.clock.advanceAsync(20_000);
  expect(methods(play)).toEqual(['INVITE CANCEL ACK', 'INVITE']);
  await answer(play, 1, 603);
  expect(play.alice.statuses).toEqual([100, 180, 603]);
});

it('a refusal that holds everywhere stops all, and counts (RFC 3261 §16.7 step 5)', async () => {
  const play = stage({}, {}, { q: 100 });
  obeys(play.phones[0]);
  await call(play);
  await answer(play, 0, 180);
  await answer(play, 1, 603);
  expect(methods(play)).toEqual(['INVITE CANCEL ACK', 'INVITE ACK', '']);
  expect(play.alice.statuses).toEqual([100, 180, 603]);
});

it.each([
  [[404, 486], 404],
  [[486, 302], 302],
  [[500, 486], 486],
  [[480, 415], 415],
  [[503, 503], 500],
  [[503, 500], 500],
  [[404, 407], 407],
  [[408, 486], 486],
] as const)('of %j the caller hears %i', async (statuses, best) => {
  const play = stage({}, {});
  await call(play);
  for (const [nth, status] of statuses.entries()) await answer(play, nth, status);
  expect(play.alice.statuses).toEqual([100, best]);
});

it('all challenges go back in one answer (RFC 3261 §16.7 step 7)', async () => {
  const play = stage({}, {}, {});
  await call(play);
  await answer(play, 0, 401, Field.make('www-authenticate', 'Digest realm="one", nonce="1"'));
  await answer(play, 1, 404);
  await answer(play, 2, 407, Field.make('proxy-authenticate', 'Digest realm="two", nonce="2"'));
  const final = play.alice.responses.at(-1);
  expect(final?.status).toBe(401);
  expect(final?.text('www-authenticate')).toContain('"one"');
  expect(final?.text('proxy-authenticate')).toContain('"two"');
});

it('breadth is divided among the branches, and used again when one has ended (RFC 5393 §5.3.3)', async () => {
  const play = stage({}, {}, {});
  await call(play, 'Max-Breadth: 2');
  expect(methods(play)).toEqual(['', 'INVITE', 'INVITE']);
  expect(play.phones[2]?.last('INVITE').text('max-breadth')).toBe('1');
  await answer(play, 2, 486);
  expect(methods(play)).toEqual(['INVITE', 'INVITE', 'INVITE ACK']);
});

it('of a breadth that is enough each gets its share', async () => {
  const play = stage({}, {});
  await call(play, 'Max-Breadth: 5');
  expect(play.phones.map((phone) => phone.last('INVITE').text('max-breadth'))).toEqual(['2', '3']);
});

it('without breadth nothing is forwarded', async () => {
  const play = stage({});
  await call(play, 'Max-Breadth: 0');
  expect(play.alice.statuses).toEqual([100, 440]);
});

it('several flows of one device are one phone: the next one is tried when one is gone (RFC 5626 §7)', async () => {
  const instance = '<urn:uuid:00000000-0000-1000-8000-000a95a0e128>';
  const play = stage({ instance, flowNumber: 1 }, { instance, flowNumber: 2 });
  await call(play);
  expect(methods(play)).toEqual(['', 'INVITE']);
  const again = stage({ instance, flowNumber: 1 }, { instance, flowNumber: 2 });
  const { home, phones } = again;
  const lost = home.network.flow(home.place, phones[1]?.place ?? home.place, 'TCP');
  // Open while the address table is asked, gone when the request leaves.
  Object.defineProperty(lost, 'open', { get: () => true });
  lost.close();
  await call(again);
  expect(methods(again)).toEqual(['INVITE', '']);
});

it('a binding whose connection is closed is not there', async () => {
  const play = stage({}, {});
  const { home, phones } = play;
  home.network.flow(home.place, phones[0]?.place ?? home.place, 'TCP').close();
  await call(play);
  expect(methods(play)).toEqual(['', 'INVITE']);
});

it('the first of a request that is no INVITE goes back, the second does not', async () => {
  const play = stage({}, {});
  const { home, alice, phones } = play;
  alice.ask('INFO', 'sip:bob@home.example', 'i1');
  await home.clock.advanceAsync(5);
  for (const phone of phones) phone.answer(phone.last('INFO'), 200);
  await home.clock.advanceAsync(5);
  expect(alice.statuses).toEqual([200]);
});

it('proxies on the path of a phone are passed, topmost first (RFC 3327 §5.1)', async () => {
  const play = stage({ path: ['sip:198.51.100.7:9000;lr', 'sip:inner.example;lr'] });
  await call(play);
  expect(play.home.network.log.at(-1)).toBe('home → ? INVITE');
  expect(play.home.trace.find('c1')[0]?.steps[0]?.remote).toEqual({ address: '198.51.100.7', port: 9000 });
});

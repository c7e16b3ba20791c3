// Staying registered: in time, after a broken flow, after failures, and as long as the server wants (RFC 3261 §10.2; RFC 5626 §4.5).
import { setImmediate as turn } from 'node:timers/promises';
import { contact } from '@parlance/sip/headers/name-addr';
import { minExpires } from '@parlance/sip/headers/plain';
import { make, SipResponse } from '@parlance/sip/message';
import { FakeClock } from '@parlance/testkit/fake-clock';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Result } from './agent.ts';
import { Registration, renewal } from './registration.ts';

const own = 'sip:juliet@192.0.2.1:5060;transport=tcp';

/** As a registrar answers: all contacts, each with its seconds. */
const bound = (seconds: number): SipResponse => {
  const binding = (uri: string, value: string) =>
    make(contact, { display: '', uri, parameters: [{ name: 'expires', value }] });
  const fields = [binding('sip:juliet@192.0.2.9', '60'), binding(own, `${seconds}`)];
  return new SipResponse({ status: 200, reason: 'OK', fields });
};

const refusal = (status: number, ...fields: readonly ReturnType<typeof make>[]): SipResponse =>
  new SipResponse({ status, reason: 'No', fields });

describe('a registration', () => {
  let clock: FakeClock;
  let registration: Registration;
  let answers: Result[];
  let ways: boolean[];
  const [asked, states]: [number[], string[]] = [[], []];
  let reopened = 0;

  /** Time goes on, and what waits for answers goes on with it. */
  const pass = async (seconds: number): Promise<void> => {
    clock.advance(seconds * 1_000);
    for (let n = 0; n < 5; n++) await turn();
  };

  beforeEach(() => {
    clock = new FakeClock();
    asked.length = 0;
    states.length = 0;
    reopened = 0;
    answers = [];
    ways = [];
    registration = new Registration({
      clock,
      chance: () => 1,
      agent: {
        contact: own,
        register: (seconds) => {
          asked.push(seconds);
          return Promise.resolve(answers.shift() ?? bound(600));
        },
        reopen: () => {
          reopened++;
          return ways.shift() === false ? Promise.reject(new Error('no way')) : Promise.resolve();
        },
      },
      changed: (state) => states.push(state),
    });
  });

  it('is renewed by the time of its own contact, and taken back', async () => {
    expect(await registration.begin()).toMatchObject({ status: 200 });
    await pass(299);
    expect(asked).toEqual([3_600]);
    await pass(1);
    expect(asked).toEqual([3_600, 3_600]);
    await registration.end();
    await pass(10_000);
    expect(asked).toEqual([3_600, 3_600, 0]);
    expect(states).toEqual(['registered']);
  });

  it('asks for as long as the server wants at least', async () => {
    answers = [refusal(423, make(minExpires, 7_200)), bound(7_200)];
    expect(await registration.begin()).toMatchObject({ status: 200 });
    await pass(6_600);
    expect(asked).toEqual([3_600, 7_200, 7_200]);
  });

  it('that fails at the first time is not tried again', async () => {
    answers = ['timeout'];
    expect(await registration.begin()).toBe('timeout');
    await pass(10_000);
    expect([asked.length, states]).toEqual([1, []]);
  });

  it('comes back at once on a new flow, and after longer and longer times when there is none', async () => {
    await registration.begin();
    ways = [false, false, true];
    registration.lost();
    await pass(0);
    expect([reopened, states]).toEqual([1, ['registered', 'lost']]);
    await pass(30);
    expect(reopened).toBe(2);
    await pass(59);
    expect(reopened).toBe(2);
    await pass(1);
    expect([reopened, asked.length, states]).toEqual([3, 2, ['registered', 'lost', 'registered']]);
  });

  it('that gets no answer any more forms a new flow', async () => {
    await registration.begin();
    answers = ['timeout'];
    await pass(300);
    expect(states).toEqual(['registered', 'lost']);
    await pass(30);
    expect([reopened, states]).toEqual([1, ['registered', 'lost', 'registered']]);
  });

  it('gives up when the password is not good any longer', async () => {
    await registration.begin();
    answers = [refusal(401)];
    await pass(300);
    expect(states).toEqual(['registered', 'refused']);
    await pass(10_000);
    expect(asked).toHaveLength(2);
  });

  it('is renewed ten minutes before the end of a long time', () => {
    expect([3_600, 1_201, 1_200, 61, 1].map(renewal)).toEqual([3_000, 601, 600, 31, 1]);
  });
});

// RFC 6121 Appendix A, transcribed table by table, and §3.4 on pre-approval.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Contact, type Interest, type Permission, stranger } from './contact.ts';
import type { Address } from './ids.ts';
import { type Act, inbound, outbound } from './subscriptions.ts';

/** Appendix A.1: the nine states. */
const states = {
  None: ['none', 'none'],
  'None + Pending Out': ['none', 'asked'],
  'None + Pending In': ['pending', 'none'],
  'None + Pending Out+In': ['pending', 'asked'],
  To: ['none', 'granted'],
  'To + Pending In': ['pending', 'granted'],
  From: ['allow', 'none'],
  'From + Pending Out': ['allow', 'asked'],
  Both: ['allow', 'granted'],
} as const satisfies Record<string, readonly [Permission, Interest]>;

type State = keyof typeof states;

const blank = stranger('romeo@montague.example' as Address, 0);

const inState = (state: State): Contact => {
  const [permission, interest] = states[state];
  return { ...blank, permission, interest };
};

const stateOf = ({ permission, interest }: Contact): string =>
  Object.entries(states).find(([, [p, i]]) => p === permission && i === interest)?.[0] ?? 'not of the appendix';

/** Reads a table as the RFC prints it: existing state, route or deliver, new state. */
const table = (text: string): [State, string, string][] =>
  text
    .trim()
    .split('\n')
    .map((line) => {
      const [existing = '', done = '', next = ''] = line.split('|').map((cell) => cell.trim());
      return [existing as State, done, next === 'no state change' ? existing : next];
    });

const outboundTables: Readonly<Record<Act, string>> = {
  subscribe: `
    None                  | MUST | None + Pending Out
    None + Pending Out    | MUST | no state change
    None + Pending In     | MUST | None + Pending Out+In
    None + Pending Out+In | MUST | no state change
    To                    | MUST | no state change
    To + Pending In       | MUST | no state change
    From                  | MUST | From + Pending Out
    From + Pending Out    | MUST | no state change
    Both                  | MUST | no state change`,
  unsubscribe: `
    None                  | MUST | no state change
    None + Pending Out    | MUST | None
    None + Pending In     | MUST | no state change
    None + Pending Out+In | MUST | None + Pending In
    To                    | MUST | None
    To + Pending In       | MUST | None + Pending In
    From                  | MUST | no state change
    From + Pending Out    | MUST | From
    Both                  | MUST | From`,
  subscribed: `
    None                  | M.N. | no state change
    None + Pending Out    | M.N. | no state change
    None + Pending In     | MUST | From
    None + Pending Out+In | MUST | From + Pending Out
    To                    | M.N. | no state change
    To + Pending In       | MUST | Both
    From                  | M.N. | no state change
    From + Pending Out    | M.N. | no state change
    Both                  | M.N. | no state change`,
  unsubscribed: `
    None                  | S.N. | no state change
    None + Pending Out    | S.N. | no state change
    None + Pending In     | MUST | None
    None + Pending Out+In | MUST | None + Pending Out
    To                    | S.N. | no state change
    To + Pending In       | MUST | To
    From                  | MUST | None
    From + Pending Out    | MUST | None + Pending Out
    Both                  | MUST | To`,
};

const inboundTables: Readonly<Record<Act, string>> = {
  subscribe: `
    None                  | MUST | None + Pending In
    None + Pending Out    | MUST | None + Pending Out+In
    None + Pending In     | S.N. | no state change
    None + Pending Out+In | S.N. | no state change
    To                    | MUST | To + Pending In
    To + Pending In       | S.N. | no state change
    From                  | S.N. | no state change
    From + Pending Out    | S.N. | no state change
    Both                  | S.N. | no state change`,
  unsubscribe: `
    None                  | S.N. | no state change
    None + Pending Out    | S.N. | no state change
    None + Pending In     | MUST | None
    None + Pending Out+In | MUST | None + Pending Out
    To                    | S.N. | no state change
    To + Pending In       | MUST | To
    From                  | MUST | None
    From + Pending Out    | MUST | None + Pending Out
    Both                  | MUST | To`,
  subscribed: `
    None                  | S.N. | no state change
    None + Pending Out    | MUST | To
    None + Pending In     | S.N. | no state change
    None + Pending Out+In | MUST | To + Pending In
    To                    | S.N. | no state change
    To + Pending In       | S.N. | no state change
    From                  | S.N. | no state change
    From + Pending Out    | MUST | Both
    Both                  | S.N. | no state change`,
  unsubscribed: `
    None                  | S.N. | no state change
    None + Pending Out    | MUST | None
    None + Pending In     | S.N. | no state change
    None + Pending Out+In | MUST | None + Pending In
    To                    | MUST | None
    To + Pending In       | MUST | None + Pending In
    From                  | S.N. | no state change
    From + Pending Out    | MUST | From
    Both                  | MUST | From`,
};

const acts = Object.keys(outboundTables) as Act[];

describe.each(acts)('Appendix A.2, outbound %s', (act) => {
  it.each(table(outboundTables[act]))('%s: %s route, then %s', (existing, done, next) => {
    const step = outbound(inState(existing), act);
    expect({ next: stateOf(step.contact), route: step.route }).toEqual({ next, route: done === 'MUST' });
  });
});

describe.each(acts)('Appendix A.3, inbound %s', (act) => {
  it.each(table(inboundTables[act]))('%s: %s deliver, then %s', (existing, done, next) => {
    const step = inbound(inState(existing), act);
    expect({ next: stateOf(step.contact), deliver: step.deliver }).toEqual({ next, deliver: done === 'MUST' });
  });
});

describe('answers on behalf of the owner', () => {
  it.each(['From', 'From + Pending Out', 'Both'] as const)('a request in %s is answered (A.3.1 [2])', (state) => {
    expect(inbound(inState(state), 'subscribe').reply).toBe('subscribed');
  });

  it.each(table(inboundTables.unsubscribe))('%s: a delivered unsubscribe is answered (A.3.2 [1])', (state, done) => {
    expect(inbound(inState(state), 'unsubscribe').reply).toBe(done === 'MUST' ? 'unsubscribed' : undefined);
  });

  it('an answer is never answered', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...(Object.keys(states) as State[])),
        fc.constantFrom('subscribed', 'unsubscribed'),
        (state, act) => inbound(inState(state), act).reply === undefined,
      ),
    );
  });
});

describe('pre-approval (§3.4.2)', () => {
  it.each(['None', 'None + Pending Out', 'To'] as const)('in %s is noted and makes a roster item', (state) => {
    expect(outbound(inState(state), 'subscribed').contact).toMatchObject({ approved: true, listed: true });
  });

  it.each(['From', 'From + Pending Out', 'Both', 'None + Pending In'] as const)('is none in %s', (state) => {
    expect(outbound(inState(state), 'subscribed').contact.approved).toBe(false);
  });

  it.each([
    ['None', 'From'],
    ['None + Pending Out', 'From + Pending Out'],
    ['To', 'Both'],
  ] as const)('answers a request in %s', (state, next) => {
    const step = inbound({ ...inState(state), approved: true, listed: true }, 'subscribe');
    expect(stateOf(step.contact)).toBe(next);
    expect(step).toMatchObject({ deliver: false, reply: 'subscribed', contact: { approved: true } });
  });

  it('ends with unsubscribed, which is not routed', () => {
    const step = outbound({ ...inState('To'), approved: true }, 'unsubscribed');
    expect(step).toMatchObject({ route: false, contact: { approved: false, interest: 'granted' } });
  });
});

describe('requests', () => {
  it('do not make a roster item (§3.1.3)', () => {
    expect(inbound(blank, 'subscribe', '<presence/>').contact).toMatchObject({
      listed: false,
      request: '<presence/>',
    });
  });

  it('are kept once, the first of them, and only while they wait', () => {
    const waiting = inbound(blank, 'subscribe', 'first').contact;
    expect(inbound(waiting, 'subscribe', 'second').contact.request).toBe('first');
    expect(outbound(waiting, 'subscribed').contact).toMatchObject({ request: '', listed: true });
    expect(outbound(waiting, 'unsubscribed').contact).toMatchObject({ request: '', listed: false });
    expect(inbound(waiting, 'unsubscribe').contact.request).toBe('');
  });
});

describe('the two words of watcher rules (RFC 5025 §3.2.1)', () => {
  it('polite-block tells the watcher that it is allowed', () => {
    const step = inbound({ ...blank, permission: 'polite-block' }, 'subscribe');
    expect(step).toMatchObject({ deliver: false, reply: 'subscribed', contact: { permission: 'polite-block' } });
  });

  it('block tells the watcher that it is not', () => {
    const step = inbound({ ...blank, permission: 'block' }, 'subscribe');
    expect(step).toMatchObject({ deliver: false, reply: 'unsubscribed', contact: { permission: 'block' } });
  });

  it('an approval lifts either', () => {
    for (const permission of ['polite-block', 'block'] as const)
      expect(outbound({ ...blank, permission }, 'subscribed').contact.permission).toBe('allow');
  });
});

describe('two sides', () => {
  /** Both rows, one an image of the other: what one may, the other was granted. */
  const agree = (mine: Contact, theirs: Contact): boolean =>
    (mine.permission === 'allow') === (theirs.interest === 'granted') &&
    (mine.interest === 'granted') === (theirs.permission === 'allow');

  it('agree after every sequence of acts on a path that loses nothing', () => {
    const step = fc.record({ by: fc.constantFrom(0, 1), act: fc.constantFrom(...acts) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const rows: [Contact, Contact] = [blank, blank];
        for (const { by, act } of steps) {
          const other = by === 0 ? 1 : 0;
          const said = outbound(rows[by], act);
          rows[by] = said.contact;
          if (!said.route) continue;
          const heard = inbound(rows[other], act);
          rows[other] = heard.contact;
          if (heard.reply !== undefined) rows[by] = inbound(rows[by], heard.reply).contact;
        }
        return agree(...rows);
      }),
    );
  });
});

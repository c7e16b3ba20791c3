// ADR 0007, presence: lines come and go, and the merge as laws.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Account, emptyView } from './account.ts';
import { type AccountId, addressOf, firstSequence } from './ids.ts';
import { Board, compareLines, mergedLine, type PresenceLine, type PresenceSource, ranked } from './presence.ts';

const account = new Account(1 as AccountId, addressOf('juliet', 'capulet.example'), emptyView, firstSequence);
const source = (label: string, protocol: 'xmpp' | 'sip' = 'xmpp'): PresenceSource => ({ account, label, protocol });
const line = (change: Partial<PresenceLine> = {}): PresenceLine => ({
  show: 'online',
  priority: 0,
  note: '',
  activities: [],
  since: 1,
  ...change,
});

const anyLine = fc.record({
  show: fc.constantFrom<PresenceLine['show']>('chat', 'online', 'away', 'xa', 'dnd'),
  priority: fc.integer({ min: -128, max: 127 }),
  note: fc.constantFrom<string>('', 'busy'),
  activities: fc.constant<readonly string[]>([]),
  since: fc.integer({ min: 0, max: 3 }),
});

describe('the board', () => {
  it('has one line a source, tells of each change once, and forgets an address without lines', () => {
    const board = new Board();
    const heard: string[] = [];
    board.onChange.on('act', (news) => void heard.push(`${news.source.label} ${news.line?.show ?? 'gone'}`));
    const [balcony, phone] = [source('balcony'), source('phone', 'sip')];
    board.set(balcony, line());
    board.set(phone, line({ show: 'dnd' }));
    board.set(balcony, line({ since: 99 }));
    board.set(balcony, line({ show: 'away', since: 100 }));
    expect(board.of(account.address).map((each) => each.source.label)).toEqual(['balcony', 'phone']);
    board.clear(phone);
    board.clear(phone);
    board.clear(balcony);
    expect(heard).toEqual(['balcony online', 'phone dnd', 'balcony away', 'phone gone', 'balcony gone']);
    expect([board.size, board.of(account.address)]).toEqual([0, []]);
  });

  it('keeps the time since when it is so', () => {
    const board = new Board();
    const balcony = source('balcony');
    board.set(balcony, line({ since: 1 }));
    board.set(balcony, line({ since: 2 }));
    expect(board.of(account.address)[0]?.line.since).toBe(1);
  });
});

describe('the merge', () => {
  it('takes the highest priority, then chat, online, dnd, away, xa, then the newest', () => {
    expect(mergedLine([line({ show: 'chat' }), line({ show: 'xa', priority: 1 })])?.show).toBe('xa');
    const order = ['xa', 'chat', 'away', 'dnd', 'online'] as const;
    const lines = order.map((show) => ({ source: source(show), line: line({ show }) }));
    expect(ranked(lines).map((each) => each.line.show)).toEqual(['chat', 'online', 'dnd', 'away', 'xa']);
    expect(mergedLine([line({ note: 'old' }), line({ note: 'new', since: 2 })])?.note).toBe('new');
    expect(mergedLine([])).toBeUndefined();
  });

  it('is one of the lines, and no other speaks rather than it', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { minLength: 1 }), (lines) => {
        const best = mergedLine(lines);
        return best !== undefined && lines.includes(best) && lines.every((each) => compareLines(best, each) <= 0);
      }),
    );
  });

  it('does not depend on order or grouping', () => {
    const key = (each: PresenceLine | undefined): unknown => each && [each.show, each.priority, each.since];
    fc.assert(
      fc.property(fc.array(anyLine), fc.array(anyLine), (one, other) => {
        const whole = mergedLine([...one, ...other]);
        const halves = [mergedLine(other), mergedLine(one)].filter((each) => each !== undefined);
        expect(key(mergedLine([...other, ...one].toReversed()))).toEqual(key(whole));
        expect(key(mergedLine(halves))).toEqual(key(whole));
      }),
    );
  });

  it('orders totally: never both ways, and transitive', () => {
    fc.assert(
      fc.property(anyLine, anyLine, anyLine, (a, b, c) => {
        expect(Math.sign(compareLines(a, b)) + Math.sign(compareLines(b, a))).toBe(0);
        expect(compareLines(a, b) <= 0 && compareLines(b, c) <= 0 && compareLines(a, c) > 0).toBe(false);
      }),
    );
  });
});

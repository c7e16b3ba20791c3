// RFC 8048 §6: the two tables, and what differs in value.
import { Account, emptyView } from '@parlance/core/account';
import { type AccountId, addressOf, firstSequence } from '@parlance/core/ids';
import type { PresenceLine, Present } from '@parlance/core/presence';
import { readPresence } from '@parlance/sip/presence/read';
import { writePresence } from '@parlance/sip/presence/write';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tupleOfLine } from './presence-to-sip.ts';
import { presenceOfLine } from './presence-to-xmpp.ts';

const account = new Account(1 as AccountId, addressOf('juliet', 'example.com'), emptyView, firstSequence);
const line = (change: Partial<PresenceLine> = {}): PresenceLine => ({
  show: 'online',
  priority: 0,
  note: '',
  activities: [],
  since: 0,
  ...change,
});
const present = (label: string, change: Partial<PresenceLine> = {}): Present => ({
  source: { account, label, protocol: 'xmpp' },
  line: line(change),
});

describe('XMPP to SIP (§6.2)', () => {
  it('example 19: resource, basic and show', () => {
    const tuple = tupleOfLine(present('yn0cl4bnw0yr3vym', { show: 'away' }));
    const body = writePresence({
      entity: 'pres:juliet@example.com',
      tuples: [tuple],
      persons: [],
      devices: [],
      notes: [],
      extensions: [],
    });
    const text = new TextDecoder().decode(body);
    expect(text).toContain('<tuple id="ID-yn0cl4bnw0yr3vym">');
    expect(text).toContain('<basic>open</basic><show xmlns="jabber:client">away</show>');
    const read = readPresence(body).tuples[0];
    expect([read?.basic, read?.contact?.uri]).toEqual(['open', 'sip:juliet@example.com;gr=yn0cl4bnw0yr3vym']);
  });

  it('note 6: each priority has a value of its own between 0 and 1, a negative one none', () => {
    const values = Array.from({ length: 128 }, (_, n) => tupleOfLine(present('a', { priority: n })).contact?.priority);
    expect(new Set(values).size).toBe(128);
    expect([values[0], values[1], values[2], values[126], values[127]]).toEqual([0, 7, 15, 992, 1000]);
    expect(tupleOfLine(present('a', { priority: -1 })).contact?.priority).toBeUndefined();
  });

  it('makes an id that XML takes of every resource', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary' }), (label) => {
        expect(tupleOfLine(present(label)).id).toMatch(/^ID-[A-Za-z0-9._-]+$/);
      }),
    );
  });
});

describe('SIP to XMPP (§6.3)', () => {
  it('is available, with show, status and priority where there are some', () => {
    expect(presenceOfLine('romeo@example.net/phone', line())).toBe("<presence from='romeo@example.net/phone'/>");
    expect(presenceOfLine('r@e.net/p', line({ show: 'dnd', note: 'in a <meeting>', priority: 5 }))).toBe(
      "<presence from='r@e.net/p'><show>dnd</show><status>in a &lt;meeting&gt;</status><priority>5</priority></presence>",
    );
  });

  it('says that a phone is in use, in both languages', () => {
    const text = presenceOfLine('r@e.net/p', line({ show: 'dnd', activities: ['on-the-phone'] }));
    expect(text).toContain("<status>On a call</status><status xml:lang='zh'>通话中</status>");
    expect(presenceOfLine('r@e.net/p', line({ note: 'x', activities: ['on-the-phone'] }))).not.toContain('On a call');
  });
});

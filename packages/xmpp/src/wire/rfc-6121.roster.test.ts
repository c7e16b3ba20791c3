// Examples of RFC 6121 §2, and what it says must be refused.
import { parseDocument } from '@parlance/xml/document';
import { el, equal } from '@parlance/xml/element';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { namespaces } from '../namespaces.ts';
import {
  itemToSet,
  type RosterItem,
  readRosterItem,
  readRosterSet,
  removedItem,
  rosterItem,
  rosterQuery,
} from './rfc-6121.roster.ts';

const limits = { name: 20, groups: 3 };

const set = (items: string): ReturnType<typeof readRosterSet> =>
  readRosterSet(parseDocument(`<query xmlns='jabber:iq:roster'>${items}</query>`), limits);

describe('items', () => {
  it('look as in §2.6.3', () => {
    const item = rosterItem({
      jid: 'nurse@example.org',
      name: 'Nurse',
      subscription: 'to',
      ask: false,
      approved: false,
      groups: ['Servants'],
    });
    const query = parseDocument(`<query xmlns='jabber:iq:roster' ver='ver72'>
      <item jid='nurse@example.org' name='Nurse' subscription='to'><group>Servants</group></item></query>`);
    expect(
      equal(
        rosterQuery([item], 'ver72'),
        query.filter((node) => typeof node !== 'string'),
      ),
    ).toBe(true);
  });

  it('come out as they went in', () => {
    const item: fc.Arbitrary<RosterItem> = fc.record({
      jid: fc.constantFrom('romeo@montague.example', 'irc.example'),
      name: fc.string(),
      subscription: fc.constantFrom('none', 'to', 'from', 'both'),
      ask: fc.boolean(),
      approved: fc.boolean(),
      groups: fc.uniqueArray(fc.string()),
    });
    fc.assert(
      fc.property(item, (one) => {
        expect(readRosterItem(rosterItem(one))).toEqual(one);
      }),
    );
  });

  it('without an address are none; an unknown subscription is none (§2.1.2.5)', () => {
    expect(readRosterItem(el('item', namespaces.roster, { jid: '@' }))).toBeUndefined();
    const odd = el('item', namespaces.roster, { jid: 'a@b.example', subscription: 'friend', approved: '1' });
    expect(readRosterItem(odd)).toMatchObject({ subscription: 'none', approved: true, ask: false });
  });
});

describe('a roster set', () => {
  it('adds the nurse (§2.3.1)', () => {
    expect(set("<item jid='nurse@example.com' name='Nurse'><group>Servants</group></item>")).toEqual({
      jid: 'nurse@example.com',
      remove: false,
      name: 'Nurse',
      groups: ['Servants'],
    });
  });

  it('removes her (§2.5.1)', () => {
    expect(readRosterSet(rosterQuery([removedItem('nurse@example.com')]), limits)).toEqual({
      jid: 'nurse@example.com',
      remove: true,
    });
  });

  it("ignores what is the server's (§2.1.2.1, §2.1.2.2, §2.1.2.5)", () => {
    const said = set("<item jid='a@b.example' subscription='both' ask='subscribe' approved='true'/>");
    expect(said).toEqual({ jid: 'a@b.example', remove: false, name: '', groups: [] });
  });

  it('is read as it is written', () => {
    expect(readRosterSet(rosterQuery([itemToSet('a@b.example', 'A', ['One', 'Two'])]), limits)).toEqual({
      jid: 'a@b.example',
      remove: false,
      name: 'A',
      groups: ['One', 'Two'],
    });
  });

  it.each([
    ['no item', '', 'bad-request'],
    ['two items (§2.3.3)', "<item jid='a@b.example'/><item jid='c@d.example'/>", 'bad-request'],
    ['another element', "<thing jid='a@b.example'/>", 'bad-request'],
    ['no address', '<item/>', 'bad-request'],
    ['a malformed address', "<item jid='@b.example'/>", 'bad-request'],
    ['the address of a resource', "<item jid='a@b.example/c'/>", 'bad-request'],
    ['equal groups', "<item jid='a@b.example'><group>A</group><group>A</group></item>", 'bad-request'],
    ['an empty group', "<item jid='a@b.example'><group/></item>", 'not-acceptable'],
    ['a long name', `<item jid='a@b.example' name='${'n'.repeat(21)}'/>`, 'not-acceptable'],
    ['a name long in bytes', `<item jid='a@b.example' name='${'名'.repeat(7)}'/>`, 'not-acceptable'],
    ['a long group', `<item jid='a@b.example'><group>${'g'.repeat(21)}</group></item>`, 'not-acceptable'],
    [
      'many groups',
      "<item jid='a@b.example'><group>1</group><group>2</group><group>3</group><group>4</group></item>",
      'not-acceptable',
    ],
  ])('with %s is refused', (_what, items, condition) => {
    expect(set(items)).toBe(condition);
  });
});

// Examples of XEP-0191.
import { parseDocument } from '@parlance/xml/document';
import { equal } from '@parlance/xml/element';
import { expect, it } from 'vitest';
import { blocking, readBlocking } from './xep-0191.blocking.ts';

const list = parseDocument(
  "<blocklist xmlns='urn:xmpp:blocking'><item jid='romeo@montague.net'/><item jid='iago@shakespeare.lit'/></blocklist>",
);

it('a list (Example 4) is read and written', () => {
  expect(readBlocking(list)).toEqual(['romeo@montague.net', 'iago@shakespeare.lit']);
  expect(equal(blocking('blocklist', ['romeo@montague.net', 'iago@shakespeare.lit']), list)).toBe(true);
});

it('an empty one has no items (Examples 5, 13)', () => {
  expect(readBlocking(blocking('unblock', []))).toEqual([]);
});

it('addresses are prepared and named once', () => {
  const text =
    "<block xmlns='urn:xmpp:blocking'><item jid='Iago@Verona.Example'/><item jid='iago@verona.example'/></block>";
  expect(readBlocking(parseDocument(text))).toEqual(['iago@verona.example']);
});

it.each(['<item/>', "<item jid='@'/>", "<thing jid='a@b.example'/>", "<item xmlns='urn:x' jid='a@b.example'/>"])(
  '%s is no item',
  (item) => {
    expect(readBlocking(parseDocument(`<block xmlns='urn:xmpp:blocking'>${item}</block>`))).toBeUndefined();
  },
);

// Examples of XEP-0012.
import { parseDocument } from '@parlance/xml/document';
import { equal } from '@parlance/xml/element';
import { expect, it } from 'vitest';
import { lastActivity, lastActivityRequest, readLastActivity } from './xep-0012.last-activity.ts';

it.each([
  ["<query xmlns='jabber:iq:last' seconds='903'/>", { seconds: 903, status: '' }],
  ["<query xmlns='jabber:iq:last' seconds='903'>Heading Home</query>", { seconds: 903, status: 'Heading Home' }],
])('%s (Examples 2, 5)', (xml, value) => {
  expect(readLastActivity(parseDocument(xml))).toEqual(value);
  expect(equal(lastActivity(value), parseDocument(xml))).toBe(true);
});

it('a request says nothing, and is no answer', () => {
  expect(readLastActivity(lastActivityRequest())).toBeUndefined();
  expect(readLastActivity(parseDocument("<query xmlns='jabber:iq:last' seconds='-1'/>"))).toBeUndefined();
});

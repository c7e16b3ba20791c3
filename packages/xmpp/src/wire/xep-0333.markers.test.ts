// XEP-0333: the examples of §4.
import { parseDocument } from '@parlance/xml/document';
import { equal } from '@parlance/xml/element';
import { expect, test } from 'vitest';
import { displayed, isMarkable, markable, readDisplayed } from './xep-0333.markers.ts';

const asking =
  parseDocument(`<message xmlns='jabber:client' to='juliet@capulet.lit' from='romeo@montegue.lit/orchard' id='the-msg-1'>
  <body>Hi. How are you?</body><markable xmlns='urn:xmpp:chat-markers:0'/><request xmlns='urn:xmpp:receipts'/></message>`);

const answer = parseDocument(`<message xmlns='jabber:client' to='romeo@montegue.lit' from='juliet@capulet.let/balcony'>
  <displayed xmlns='urn:xmpp:chat-markers:0' id='the-msg-1'/></message>`);

test('a message asks for a marker (Example 3)', () => {
  expect(isMarkable(asking)).toBe(true);
  expect(readDisplayed(asking)).toBeUndefined();
  expect(asking.elements().some((child) => equal(child, markable))).toBe(true);
});

test('a marker names the message (Example 4)', () => {
  expect(isMarkable(answer)).toBe(false);
  expect(readDisplayed(answer)).toBe('the-msg-1');
  expect(answer.elements().some((child) => equal(child, displayed('the-msg-1')))).toBe(true);
});

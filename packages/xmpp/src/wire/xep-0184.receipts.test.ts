// XEP-0184: the examples of §5.
import { parseDocument } from '@parlance/xml/document';
import { equal } from '@parlance/xml/element';
import { expect, test } from 'vitest';
import { asksForReceipt, readReceipt, receipt, receiptRequest } from './xep-0184.receipts.ts';

const asking =
  parseDocument(`<message xmlns='jabber:client' from='northumberland@shakespeare.lit/westminster' id='richard2-4.1.247'
  to='kingrichard@royalty.england.lit/throne'><body>My lord, dispatch; read o&apos;er these articles.</body>
  <request xmlns='urn:xmpp:receipts'/></message>`);

const answer =
  parseDocument(`<message xmlns='jabber:client' from='kingrichard@royalty.england.lit/throne' id='bi29sg183b4v'
  to='northumberland@shakespeare.lit/westminster'><received xmlns='urn:xmpp:receipts' id='richard2-4.1.247'/></message>`);

test('a content message asks (Example 3)', () => {
  expect(asksForReceipt(asking)).toBe(true);
  expect(readReceipt(asking)).toBeUndefined();
  expect(asking.elements().some((child) => equal(child, receiptRequest))).toBe(true);
});

test('an ack message names what has arrived (Example 4)', () => {
  expect(asksForReceipt(answer)).toBe(false);
  expect(readReceipt(answer)).toBe('richard2-4.1.247');
  expect(answer.elements().some((child) => equal(child, receipt('richard2-4.1.247')))).toBe(true);
});

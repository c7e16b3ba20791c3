// XEP-0490: the payload of Example 1.
import { parseDocument } from '@parlance/xml/document';
import { equal } from '@parlance/xml/element';
import { expect, test } from 'vitest';
import { displayedUpTo, readDisplayedUpTo } from './xep-0490.displayed-sync.ts';

const example = parseDocument(`<displayed xmlns='urn:xmpp:mds:displayed:0'><stanza-id xmlns='urn:xmpp:sid:0'
  by='juliet@capulet.lit' id='0f710f2b-52ed-4d52-b928-784dad74a52b'/></displayed>`);

test('a chat shown up to a message (Example 1)', () => {
  expect(equal(displayedUpTo('0f710f2b-52ed-4d52-b928-784dad74a52b', 'juliet@capulet.lit'), example)).toBe(true);
  expect(readDisplayedUpTo(example, 'juliet@capulet.lit')).toBe('0f710f2b-52ed-4d52-b928-784dad74a52b');
});

test('the id of another archive, and another payload, say nothing', () => {
  expect(readDisplayedUpTo(example, 'romeo@montegue.lit')).toBeUndefined();
  expect(readDisplayedUpTo(parseDocument('<displayed xmlns="urn:xmpp:chat-markers:0"/>'), 'a@b')).toBeUndefined();
  expect(readDisplayedUpTo(undefined, 'a@b')).toBeUndefined();
});

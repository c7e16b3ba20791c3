// What is kept of which message (XEP-0160 §3, XEP-0313 §6.1.1, XEP-0334 §4 and §5).
import { parseDocument } from '@parlance/xml/document';
import { namespaces } from '@parlance/xmpp/namespaces';
import { expect, test } from 'vitest';
import { keepOf } from './keep.ts';
import { kindOf } from './native.ts';

const keep = (content: string, type = 'chat'): ReturnType<typeof keepOf> => {
  const stanza = parseDocument(`<message type='${type}'>${content}</message>`, undefined, namespaces.client);
  return keepOf(stanza, kindOf(stanza));
};
const hint = (name: string): string => `<${name} xmlns='urn:xmpp:hints'/>`;
const body = '<body>hi</body>';
const composing = "<composing xmlns='http://jabber.org/protocol/chatstates'/>";

const all = { archive: true, pending: true };
const nothing = { archive: false, pending: false };
const silent = { ...nothing, silent: true };

test('by type: chat and normal are kept, the others are not', () => {
  expect([keep(body), keep(body, 'normal'), keep(body, 'unheard-of')]).toEqual([all, all, all]);
  expect([keep(body, 'headline'), keep(body, 'groupchat'), keep(body, 'error')]).toEqual([nothing, nothing, nothing]);
});

test('a chat state alone is not kept, and nobody is told that it was lost', () => {
  expect(keep(composing)).toEqual({ ...nothing, passing: true });
  expect(keep(body + composing)).toEqual(all);
  expect(keep('')).toEqual(silent);
});

test('encrypted and other unknown content is kept without a body', () => {
  expect(keep("<encrypted xmlns='eu.siacs.conversations.axolotl'/>")).toEqual(all);
});

test('hints (XEP-0334 §4)', () => {
  expect(keep(body + hint('no-store'))).toEqual(silent);
  expect(keep(body + hint('no-permanent-store'))).toEqual({ archive: false, pending: true });
  expect(keep(composing + hint('store'))).toEqual({ ...all, passing: true });
  expect(keep(body + hint('store'), 'headline')).toEqual(all);
  expect(keep(body + hint('store') + hint('no-store'))).toEqual(silent);
  expect(keep(body + hint('no-copy'))).toEqual(all);
});

test('hints in errors are ignored, and room traffic is not kept (§5)', () => {
  expect([keep(body + hint('store'), 'error'), keep(body + hint('store'), 'groupchat')]).toEqual([nothing, nothing]);
});

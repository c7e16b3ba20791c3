// What a stanza tells a conversation, and what a hostile one does not.
import { parseDocument } from '@parlance/xml/document';
import { expect, test } from 'vitest';
import { hear } from './heard.ts';

const own = 'juliet@capulet.lit';
const now = Date.UTC(2030, 0, 1);

const message = (attributes: string, content: string) =>
  hear(parseDocument(`<message xmlns='jabber:client' ${attributes}>${content}</message>`), own, { now });

test('a message of a contact', () => {
  const heard = message(
    `from='romeo@montague.lit/orchard' to='${own}' type='chat' id='1'`,
    `<body>Hi</body><origin-id xmlns='urn:xmpp:sid:0' id='o'/><stanza-id xmlns='urn:xmpp:sid:0' by='${own}' id='s'/>
     <request xmlns='urn:xmpp:receipts'/><markable xmlns='urn:xmpp:chat-markers:0'/>`,
  );
  expect(heard).toMatchObject({ peer: 'romeo@montague.lit', direction: 'in', asksReceipt: '1', delayed: false });
  expect(heard?.sighting).toEqual({
    direction: 'in',
    text: 'Hi',
    at: now,
    id: '1',
    originId: 'o',
    archiveId: 's',
    markable: true,
    local: false,
  });
});

test('our own message from another device belongs to whom it was sent', () => {
  expect(message(`from='${own}/phone' to='romeo@montague.lit' type='chat'`, '<body>Hi</body>')).toMatchObject({
    peer: 'romeo@montague.lit',
    direction: 'out',
  });
});

test('an archive id that another gave is none (XEP-0359 §6)', () => {
  const forged = message(
    "from='romeo@montague.lit/x' type='chat'",
    "<body>Hi</body><stanza-id xmlns='urn:xmpp:sid:0' by='romeo@montague.lit' id='s'/>",
  );
  expect(forged?.sighting?.archiveId).toBeUndefined();
});

test('nobody writes in the future; a delay is believed backwards only', () => {
  const at = (stamp: string) =>
    message("from='a@b/c'", `<body>x</body><delay xmlns='urn:xmpp:delay' stamp='${stamp}'/>`)?.sighting?.at;
  expect(at('2040-01-01T00:00:00Z')).toBe(now);
  expect(at('2020-01-01T00:00:00Z')).toBe(Date.UTC(2020, 0, 1));
});

test('that a sender was late is no delay on the way (XEP-0198 §4)', () => {
  const delay = (from: string) => `<delay xmlns='urn:xmpp:delay' from='${from}' stamp='2020-01-01T00:00:00Z'/>`;
  const late = message("from='a@b/c'", `<body>x</body>${delay('a@b/d')}`);
  expect([late?.sighting?.at, late?.delayed]).toEqual([now, false]);
  const waited = message("from='a@b/c'", `<body>x</body>${delay('a@b/d')}${delay('b')}`);
  expect([waited?.sighting?.at, waited?.delayed]).toEqual([Date.UTC(2020, 0, 1), true]);
});

test('an error says which message came back, and why (RFC 6120 §8.3)', () => {
  const heard = message(
    "from='romeo@montague.lit' type='error' id='1'",
    "<body>Hi</body><error type='cancel'><service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error>",
  );
  expect(heard).toMatchObject({ bounced: { id: '1', condition: 'service-unavailable' }, sighting: undefined });
});

test('rooms and headlines are no conversations of two', () => {
  for (const type of ['groupchat', 'headline'])
    expect(message(`from='a@b/c' type='${type}'`, '<body>x</body>')).toBeUndefined();
});

test('texts and ids have bounds', () => {
  const heard = message(`from='a@b/c' id='${'i'.repeat(2_000)}'`, `<body>${'x'.repeat(100_000)}</body>`);
  expect(heard?.sighting?.text).toHaveLength(65_536);
  expect(heard?.sighting?.id).toBeUndefined();
});

// Reading an archive in which receipts stand above the words (XEP-0313 §4, XEP-0184): no page of them ends the reading.
import { FakeClock } from '@parlance/testkit/fake-clock';
import { parseDocument } from '@parlance/xml/document';
import type { ArchivedMessage } from '@parlance/xmpp-client/features/archive';
import { expect, it } from 'vitest';
import { Conversations } from '../conversations.ts';
import type { Line } from '../line.ts';
import { playedLine } from '../testing/played-line.ts';
import { ArchiveReader } from './reader.ts';

const own = 'juliet@capulet.example';
const romeo = 'romeo@montague.example';

const archived = (id: number, content: string): ArchivedMessage => ({
  id: `a${id}`,
  stamp: id,
  stanza: parseDocument(
    `<message xmlns='jabber:client' from='${romeo}/x' to='${own}' type='chat'>${content}</message>`,
  ),
});

const words = [archived(1, '<body>one</body>'), archived(2, '<body>two</body>')];
const receipts = Array.from({ length: 120 }, (_, n) =>
  archived(n + 3, `<received xmlns='urn:xmpp:receipts' id='m${n}'/>`),
);

/** Pages of an archive, read backwards. */
const lineOver = (archive: readonly ArchivedMessage[], asked: (string | undefined)[]): Line => {
  const page: Line['archive'] = ({ before, max }) => {
    asked.push(before);
    const end = before === '' ? archive.length : archive.findIndex(({ id }) => id === before);
    const start = Math.max(0, end - max);
    return Promise.resolve({ messages: archive.slice(start, end), complete: start === 0 });
  };
  return playedLine({ archive: page });
};

it('goes on above a page that has no words, and comes to the beginning', async () => {
  const conversations = new Conversations(new FakeClock());
  const reader = new ArchiveReader(own, conversations);
  const conversation = conversations.with(romeo);
  const asked: (string | undefined)[] = [];
  await reader.older(conversation, lineOver([...words, ...receipts], asked));
  expect(conversation.timeline.ranked.map(({ text }) => text)).toEqual(['one', 'two']);
  expect(conversation.timeline.complete).toBe(true);
  expect(asked).toEqual(['', 'a73', 'a23']);
});

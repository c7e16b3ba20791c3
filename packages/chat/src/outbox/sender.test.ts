// What a page leaves unsent, another sends: only once it is gone, and not what the archive or a copy shows (XEP-0280, 0359).
import { FakeClock } from '@parlance/testkit/fake-clock';
import { DeliveryRecord } from '@parlance/xmpp-client/session/delivery';
import { beforeEach, expect, test } from 'vitest';
import { Conversations } from '../conversations.ts';
import type { Line } from '../line.ts';
import type { TextStorage } from '../storage.ts';
import { memoryStorage } from '../testing/memory-storage.ts';
import { playedLine } from '../testing/played-line.ts';
import { withLive } from '../timeline/timeline.ts';
import { Sender } from './sender.ts';

const peer = 'romeo@montague.lit';

interface Page {
  readonly sender: Sender;
  readonly conversations: Conversations;
  /** Bodies that went over the line. */
  readonly said: string[];
  readonly line: Line;
}

let storage: TextStorage;
let clock: FakeClock;
let closings: Map<string, () => void>;

/** A page, and the ends of pages that it waits for. */
const open = (own: string): Page => {
  const conversations = new Conversations(clock);
  const said: string[] = [];
  const gone = (page: string): Promise<void> =>
    new Promise((resolve) => {
      closings.set(`${own} waits for ${page}`, resolve);
    });
  const sender = new Sender(clock, conversations, storage, { own, gone }, () => `id of ${own}`);
  const line = playedLine({
    send: (stanza) => {
      said.push(stanza.childText('body') ?? '');
      return new DeliveryRecord(stanza.attr('id') ?? '', stanza, () => undefined);
    },
  });
  return { sender, conversations, said, line };
};

const close = async (waiting: string): Promise<void> => {
  closings.get(waiting)?.();
  await Promise.resolve();
};

beforeEach(() => {
  storage = memoryStorage();
  clock = new FakeClock();
  closings = new Map();
  // A page without a connection.
  open('one').sender.send(peer, 'written in one');
});

test('while a page lives, its words are its own', async () => {
  const other = open('other');
  other.sender.begin();
  other.sender.ready(other.line);
  clock.advance(60_000);
  expect(other.said).toEqual([]);
  await close('other waits for one');
  expect(other.said).toEqual([]);
  clock.advance(3_000);
  expect(other.said).toEqual(['written in one']);
});

test('what a page begins to keep later is looked for, until the stream ends', async () => {
  const other = open('other');
  other.sender.begin();
  other.sender.ready(other.line);
  open('late').sender.send(peer, 'written late');
  expect(closings.has('other waits for late')).toBe(false);
  clock.advance(5_000);
  await close('other waits for late');
  clock.advance(3_000);
  expect(other.said).toEqual(['written late']);
  other.sender.lost();
  expect(clock.pending).toBe(0);
});

test('after a reload they are shown at once and sent when the archive has been read', async () => {
  const reloaded = open('reloaded');
  reloaded.sender.begin();
  await close('reloaded waits for one');
  clock.turn();
  const [entry] = reloaded.conversations.with(peer).view.snapshot().entries;
  expect(entry).toMatchObject({ text: 'written in one', state: 'waiting' });
  reloaded.sender.ready(reloaded.line);
  expect(reloaded.said).toEqual(['written in one']);
});

test('what the page had sent with its last breath is not sent again', async () => {
  const other = open('other');
  other.sender.begin();
  other.sender.ready(other.line);
  await close('other waits for one');
  const copy = {
    direction: 'out',
    text: 'written in one',
    at: clock.now(),
    id: 'id of one',
    originId: 'id of one',
  } as const;
  other.conversations
    .with(peer)
    .change((timeline) => withLive(timeline, { ...copy, archiveId: '7', markable: true, local: false }, 'last'));
  clock.advance(3_000);
  expect(other.said).toEqual([]);
  expect(storage.names()).toEqual([]);
});

test('a page that has signed out takes nothing over', async () => {
  const other = open('other');
  other.sender.begin();
  other.sender.ready(other.line);
  other.sender.lost();
  await close('other waits for one');
  expect(storage.names()).toEqual(['outbox/one']);
  other.sender.begin();
  await close('other waits for one');
  other.sender.ready(other.line);
  expect(other.said).toEqual(['written in one']);
});

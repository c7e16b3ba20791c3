// Reading the account's archive: the newest first at the beginning, what was missed after a break, older on demand (XEP-0313 §4).
import { StanzaError } from '@parlance/xmpp-client/errors';
import type { ArchivedMessage } from '@parlance/xmpp-client/features/archive';
import type { Conversation } from '../conversation.ts';
import type { Conversations } from '../conversations.ts';
import type { Line } from '../line.ts';
import { unreadOf } from '../timeline/entries.ts';
import { type Heard, hear } from '../timeline/heard.ts';
import type { Sighting } from '../timeline/message.ts';
import { asComplete, forgetPlaces, type PageSide, withFact, withPage } from '../timeline/timeline.ts';

/** Messages of a page. */
const pageSize = 50;

/** Pages of the whole archive that are read at the beginning: enough for the list of conversations. */
const firstPages = 4;

/** Pages that are read to catch up; whoever missed more begins anew. */
const catchUpPages = 40;

/** Unread messages beyond which the exact number no longer matters. */
const countedUnread = 100;

export class ArchiveReader {
  readonly #own: string;
  readonly #conversations: Conversations;
  /** Archive id of the newest message whose place is known. */
  #newest: string | undefined;
  #wholeRead = false;
  #upToDate = false;
  /** The latest stamp that was read. */
  #latest = 0;

  /** `own` is the account's bare address. */
  constructor(own: string, conversations: Conversations) {
    this.#own = own;
    this.#conversations = conversations;
  }

  /**
   * Everything up to now has been read, so that a live message is the newest. So is one that the stream brings late, with
   * the stamp of its sending, unless it is older than what was read: then it has waited since before.
   */
  isNewest(at: number, delayed: boolean): boolean {
    return this.#upToDate && (!delayed || at >= this.#latest);
  }

  /** A live message has been placed as the newest. */
  placed(archiveId: string): void {
    this.#newest = archiveId;
  }

  /** Live messages may be missed from now on. */
  lost(): void {
    this.#upToDate = false;
  }

  /** Reads what is new since the last time, or the newest at all. Rejects when the connection is lost. */
  async catchUp(line: Line): Promise<void> {
    if (this.#newest === undefined || !(await this.#readMissed(line, this.#newest))) await this.#readNewest(line);
    this.#upToDate = true;
    for (const conversation of this.#conversations.all()) await this.#count(conversation, line);
  }

  /** Reads the page above what is known of a conversation, and on while there was no word on it: receipts have no place. */
  async older(conversation: Conversation, line: Line): Promise<void> {
    const { peer, timeline, loading } = conversation;
    if (loading || timeline.complete) return;
    if (this.#wholeRead) return void conversation.change(asComplete);
    conversation.setLoading(true);
    try {
      const oldest = timeline.ranked[0]?.archiveId;
      let before = oldest ?? '';
      while (!conversation.timeline.complete && conversation.timeline.ranked[0]?.archiveId === oldest) {
        const page = await line.archive({ peer, before, max: pageSize });
        this.#take(page.messages, 'before');
        before = page.messages[0]?.id ?? '';
        if (page.complete || before === '') conversation.change(asComplete);
      }
    } finally {
      conversation.setLoading(false);
    }
  }

  async #readNewest(line: Line): Promise<void> {
    for (const conversation of this.#conversations.all()) conversation.change(forgetPlaces);
    let before = '';
    this.#wholeRead = false;
    for (let pages = 0; pages < firstPages && !this.#wholeRead; pages++) {
      const page = await line.archive({ before, max: pageSize });
      this.#take(page.messages, 'before');
      if (pages === 0) this.#newest = page.messages.at(-1)?.id;
      before = page.messages[0]?.id ?? '';
      this.#wholeRead = page.complete || before === '';
    }
    if (this.#wholeRead) for (const conversation of this.#conversations.all()) conversation.change(asComplete);
  }

  /** False when there is too much, or the archive no longer knows the place. */
  async #readMissed(line: Line, from: string): Promise<boolean> {
    let after = from;
    try {
      for (let pages = 0; pages < catchUpPages; pages++) {
        const page: { messages: readonly ArchivedMessage[]; complete: boolean } = await line.archive({
          after,
          max: pageSize,
        });
        this.#take(page.messages, 'after');
        after = page.messages.at(-1)?.id ?? after;
        this.#newest = after;
        if (page.complete || page.messages.length === 0) return true;
      }
    } catch (error) {
      if (!(error instanceof StanzaError) || error.condition !== 'item-not-found') throw error;
    }
    return false;
  }

  /** Reads on until the number of unread messages is the true one, whatever this device has seen before. */
  async #count(conversation: Conversation, line: Line): Promise<void> {
    for (let pages = 0; pages < 3; pages++) {
      const { count, exact } = unreadOf(conversation.timeline);
      if (exact || count === 0 || count >= countedUnread) return;
      await this.older(conversation, line);
    }
  }

  #take(messages: readonly ArchivedMessage[], side: PageSide): void {
    const pages = new Map<string, Sighting[]>();
    for (const { id, stamp, stanza } of messages) {
      this.#latest = Math.max(this.#latest, stamp);
      const heard = hear(stanza, this.#own, { now: stamp, archive: { id, stamp } });
      if (heard === undefined) continue;
      this.#note(heard);
      if (heard.sighting === undefined) continue;
      const page = pages.get(heard.peer);
      if (page === undefined) pages.set(heard.peer, [heard.sighting]);
      else page.push(heard.sighting);
    }
    for (const [peer, page] of pages)
      this.#conversations.forIncoming(peer)?.change((timeline) => withPage(timeline, page, side));
  }

  #note({ peer, direction, received, displayed }: Heard): void {
    if (received === undefined && displayed === undefined) return;
    this.#conversations.forIncoming(peer)?.change((timeline) => {
      const noted = received === undefined || direction === 'out' ? timeline : withFact(timeline, 'received', received);
      if (displayed === undefined) return noted;
      return withFact(noted, direction === 'in' ? 'readByThem' : 'readByUs', displayed);
    });
  }
}

// Messages of an account: hears live ones and copies, answers receipts, marks what was read, follows typing.
import type { Clock } from '@parlance/base/clock';
import type { Element } from '@parlance/xml/element';
import type { ChatState } from '@parlance/xmpp/wire/xep-0085.chatstates';
import { StanzaError, TimeoutError } from '@parlance/xmpp-client/errors';
import { ArchiveReader } from './archive/reader.ts';
import type { Conversation } from './conversation.ts';
import { Conversations } from './conversations.ts';
import { KeptMap } from './kept-map.ts';
import type { Line } from './line.ts';
import { Sender } from './outbox/sender.ts';
import { displayedMessage, receiptMessage, stateMessage } from './outbox/stanzas.ts';
import type { Pages, TextStorage } from './storage.ts';
import { lastIncoming, unreadOf } from './timeline/entries.ts';
import { type Heard, hear } from './timeline/heard.ts';
import { withFact, withLive } from './timeline/timeline.ts';
import { OurTyping, TheirTyping } from './typing.ts';

export interface MessagesOptions {
  /** Bare address of the account. */
  readonly own: string;
  readonly clock: Clock;
  readonly storage: TextStorage;
  readonly pages: Pages;
  readonly newId: () => string;
  /** May this person know when we are here? Receipts, markers and typing tell (XEP-0184 §8, XEP-0333 §7, XEP-0085 §8). */
  readonly mayKnow: (peer: string) => boolean;
}

export class Messages {
  readonly conversations: Conversations;
  readonly #options: MessagesOptions;
  readonly #reader: ArchiveReader;
  readonly #sender: Sender;
  /** How far each conversation was read here, for contacts who do not ask for markers (XEP-0333 §5). */
  readonly #marks: KeptMap;
  readonly #theirTyping: TheirTyping;
  readonly #ourTyping = new Map<string, OurTyping>();
  #line: Line | undefined;

  constructor(options: MessagesOptions) {
    const { own, clock, storage, pages, newId } = options;
    this.#options = options;
    this.conversations = new Conversations(clock);
    this.#marks = new KeptMap(storage, 'read');
    for (const [peer, mark] of this.#marks.all)
      this.conversations.with(peer).change((timeline) => withFact(timeline, 'readByUs', mark));
    this.#reader = new ArchiveReader(own, this.conversations);
    this.#sender = new Sender(clock, this.conversations, storage, pages, newId);
    this.#theirTyping = new TheirTyping(clock, (peer) =>
      this.conversations.with(peer).setTyping(this.#theirTyping.isTyping(peer)),
    );
  }

  /** A new stream: reads what was missed, then sends what waits. Rejects when the connection is lost meanwhile. */
  async begin(line: Line): Promise<void> {
    this.#line = line;
    this.#sender.begin();
    this.#reader.lost();
    await this.#reader.catchUp(line).catch((error: unknown) => {
      // A server without an archive, or with a slow one, is no reason not to send.
      if (!(error instanceof StanzaError || error instanceof TimeoutError)) throw error;
    });
    if (this.#line === line) this.#sender.ready(line);
  }

  /** The stream is gone for good. */
  end(): void {
    this.#line = undefined;
    this.#reader.lost();
    this.#sender.lost();
  }

  /** A message from the stream, or a copy of one that another device of ours has sent or received (XEP-0280). */
  hear(stanza: Element, isCopy: boolean): void {
    const heard = hear(stanza, this.#options.own, { now: this.#options.clock.now() });
    const conversation = heard && this.#conversationOf(heard);
    if (heard === undefined || conversation === undefined) return;
    const { peer, bounced, sighting, direction } = heard;
    if (bounced !== undefined) return void this.#sender.bounced(peer, bounced.id, bounced.condition);
    this.#noteFacts(conversation, heard);
    if (sighting === undefined) return;
    if (direction === 'in') this.#theirTyping.ended(peer);
    this.#place(conversation, heard);
    if (!isCopy && direction === 'in') this.#acknowledge(heard);
  }

  send(peer: string, text: string): boolean {
    this.#ourTyping.get(peer)?.sent();
    return this.#sender.send(peer, text);
  }

  retry(peer: string, id: string): void {
    this.#sender.retry(peer, id);
  }

  discard(peer: string, id: string): void {
    this.#sender.discard(peer, id);
  }

  /** Everything that has come is on the screen of somebody who looks at it. */
  read(peer: string): void {
    const conversation = this.conversations.with(peer);
    const last = lastIncoming(conversation.timeline);
    const reference = last?.id ?? last?.archiveId;
    if (reference === undefined || unreadOf(conversation.timeline).count === 0) return;
    conversation.change((timeline) => withFact(timeline, 'readByUs', reference));
    this.#marks.set(peer, reference);
    if (last?.archiveId !== undefined) this.#line?.markDisplayed(peer, last.archiveId);
    // XEP-0333 §5: only on request, and only to those who may know that we are here (§7).
    if (last?.id !== undefined && last.markable && this.#options.mayKnow(peer))
      this.#line?.send(displayedMessage(this.#options.newId(), peer, last.id));
  }

  /** Another device of ours has shown a chat up to this message of the archive. */
  shown(peer: string, archiveId: string): void {
    this.conversations.forIncoming(peer)?.change((timeline) => withFact(timeline, 'readByUs', archiveId));
  }

  /** Fetches the page above. Nothing happens without a connection. */
  async older(peer: string): Promise<void> {
    if (this.#line !== undefined) await this.#reader.older(this.conversations.with(peer), this.#line);
  }

  /** The text in the composer is now this. */
  composing(peer: string, text: string): void {
    const typing = this.#ourTyping.get(peer) ?? new OurTyping(this.#options.clock, (state) => this.#say(peer, state));
    this.#ourTyping.set(peer, typing);
    typing.changed(text);
  }

  #say(peer: string, state: ChatState): void {
    if (this.#options.mayKnow(peer)) this.#line?.send(stateMessage(this.#options.newId(), peer, state));
  }

  /** Only text, and what concerns a conversation that there is, makes us keep one. */
  #conversationOf({ peer, sighting }: Heard): Conversation | undefined {
    const known = this.conversations.known(peer);
    return known ?? (sighting === undefined ? undefined : this.conversations.forIncoming(peer));
  }

  #noteFacts(conversation: Conversation, { peer, direction, received, displayed, state }: Heard): void {
    if (received !== undefined && direction === 'in')
      conversation.change((timeline) => withFact(timeline, 'received', received));
    if (displayed !== undefined)
      conversation.change((timeline) => withFact(timeline, direction === 'in' ? 'readByThem' : 'readByUs', displayed));
    if (state !== undefined && direction === 'in') this.#theirTyping.heard(peer, state);
  }

  #place(conversation: Conversation, { sighting, delayed }: Heard): void {
    if (sighting === undefined) return;
    const waited = delayed ? 'past' : 'now';
    const place = this.#reader.isNewest(sighting.at, delayed) ? 'last' : waited;
    conversation.change((timeline) => withLive(timeline, sighting, place));
    if (place === 'last' && sighting.archiveId !== undefined) this.#reader.placed(sighting.archiveId);
  }

  /** XEP-0184 §5.4; §8: not to strangers, whom it would tell that we are here. */
  #acknowledge({ peer, asksReceipt }: Heard): void {
    if (asksReceipt !== undefined && this.#options.mayKnow(peer))
      this.#line?.send(receiptMessage(this.#options.newId(), peer, asksReceipt));
  }
}

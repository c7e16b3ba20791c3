// Sending: every text is kept here until the server has taken it, and is sent once there is a line that has caught up.
import type { Clock, Timer } from '@parlance/base/clock';
import type { Delivery } from '@parlance/xmpp-client/session/delivery';
import type { Conversations } from '../conversations.ts';
import type { Line } from '../line.ts';
import type { Pages, TextStorage } from '../storage.ts';
import { asRetried, find, withFact, withFailure, withLive, without } from '../timeline/timeline.ts';
import { type Pending, PendingMessages } from './pending.ts';
import { textMessage } from './stanzas.ts';

/** Characters of one message; longer ones are refused by the composer. */
export const longestText = 10_000;

/** Milliseconds in which a copy comes of what another page has sent with its last breath (XEP-0280). */
const lastBreath = 3_000;

/** Milliseconds between looks at what other pages keep. */
const lookEvery = 5_000;

const sightingOf = ({ id, text, at }: Pending) =>
  ({ direction: 'out', text, at, id, originId: id, archiveId: undefined, markable: true, local: true }) as const;

export class Sender {
  readonly #clock: Clock;
  readonly #conversations: Conversations;
  readonly #pages: Pages;
  readonly #pending: PendingMessages;
  readonly #newId: () => string;
  /** Ids that the present line has been given. */
  readonly #given = new Set<string>();
  /** Pages whose end is waited for. */
  readonly #watched = new Set<string>();
  /** Runs from the begin of a stream to its end. */
  #look: Timer | undefined;
  #line: Line | undefined;

  constructor(clock: Clock, conversations: Conversations, storage: TextStorage, pages: Pages, newId: () => string) {
    this.#clock = clock;
    this.#conversations = conversations;
    this.#pages = pages;
    this.#pending = new PendingMessages(storage, pages.own);
    this.#newId = newId;
    for (const message of this.#pending.all) this.#show(message);
  }

  /** A new stream: what other pages have left is ours, as soon as they are gone. */
  begin(): void {
    this.#look?.cancel();
    this.#look = this.#clock.after(lookEvery, () => this.begin());
    for (const page of this.#pending.others()) {
      if (this.#watched.has(page)) continue;
      this.#watched.add(page);
      void this.#pages.gone(page).then(() => this.#inherit(page));
    }
  }

  /** The archive has been read: what it has is done, the rest is sent. */
  ready(line: Line): void {
    this.#line = line;
    this.#sendAll();
  }

  /** The line is gone; what it was given and could not deliver comes back by itself. */
  lost(): void {
    this.#look?.cancel();
    this.#look = undefined;
    this.#line = undefined;
  }

  /** Shows the text at once and sends it as soon as possible. False when too many wait already. */
  send(peer: string, text: string): boolean {
    const message = { id: this.#newId(), peer, text: text.slice(0, longestText), at: this.#clock.now() };
    if (!this.#pending.add(message)) return false;
    this.#show(message);
    this.#give(message);
    return true;
  }

  /** Sends a failed message again, under the same id. */
  retry(peer: string, id: string): void {
    const conversation = this.#conversations.with(peer);
    const { ranked, loose, failed } = conversation.timeline;
    const message = [...ranked, ...loose].find(({ originId }) => originId === id);
    if (message === undefined || !failed.has(id)) return;
    const again = { id, peer, text: message.text, at: this.#clock.now() };
    conversation.change((timeline) => asRetried(timeline, id, again.at));
    this.#pending.remove(id);
    this.#given.delete(id);
    if (this.#pending.add(again)) this.#give(again);
  }

  /** Takes a failed message back. */
  discard(peer: string, id: string): void {
    this.#pending.remove(id);
    this.#conversations.with(peer).change((timeline) => without(timeline, id));
  }

  #sendAll(): void {
    for (const message of this.#pending.all) {
      if (message.failed !== undefined) continue;
      const seen = find(this.#conversations.with(message.peer).timeline, sightingOf(message));
      if (seen?.local === false) this.#pending.remove(message.id);
      else this.#give(message);
    }
  }

  /** Before the archive has been read, that tells what the page had sent; afterwards copies do. */
  #inherit(page: string): void {
    this.#watched.delete(page);
    if (this.#look === undefined) return;
    for (const message of this.#pending.inherit(page)) this.#show(message);
    if (this.#line !== undefined) this.#clock.after(lastBreath, () => this.#sendAll());
  }

  #show(message: Pending): void {
    const { id, peer, failed } = message;
    this.#conversations.with(peer).change((timeline) => {
      const shown = withLive(timeline, sightingOf(message), 'now');
      return failed === undefined ? shown : withFailure(shown, id, failed);
    });
  }

  #give(message: Pending): void {
    if (this.#line === undefined || this.#given.has(message.id)) return;
    this.#given.add(message.id);
    const delivery = this.#line.send(textMessage(message));
    void delivery.outcome().then(() => this.#settle(message, delivery));
  }

  /** `sent` is final where the server acknowledges nothing; `failed` leaves the message here for the next line. */
  #settle({ id, peer }: Pending, { state }: Delivery): void {
    if (state === 'failed') return void this.#given.delete(id);
    const conversation = this.#conversations.with(peer);
    // The error may come before the acknowledgement: what came back stays here.
    if (!conversation.timeline.failed.has(id)) this.#pending.remove(id);
    conversation.change((timeline) => withFact(timeline, 'taken', id));
  }

  /** An error came back for a message of ours; `failed` is a condition of RFC 6120 §8.3.3. Archives keep no errors. */
  bounced(peer: string, id: string, failed: string): void {
    const conversation = this.#conversations.with(peer);
    const ours = find(conversation.timeline, sightingOf({ id, peer, text: '', at: 0 }));
    if (ours === undefined) return;
    this.#pending.remove(id);
    this.#pending.add({ id, peer, text: ours.text, at: ours.at, failed });
    conversation.change((timeline) => withFailure(timeline, id, failed));
  }
}

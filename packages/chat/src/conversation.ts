// One conversation: its timeline, who is typing, and what a view sees of it, recomputed once a turn.
import type { Clock } from '@parlance/base/clock';
import { Cell, type Readable } from './cell.ts';
import { type Entry, entriesOf, type Unread, unreadOf } from './timeline/entries.ts';
import { emptyTimeline, type Timeline } from './timeline/timeline.ts';

export interface ConversationView {
  /** Bare address of the other person. */
  readonly peer: string;
  /** Oldest first. */
  readonly entries: readonly Entry[];
  readonly unread: Unread;
  readonly typing: boolean;
  /** `entries` begins with the first message that was ever kept. */
  readonly complete: boolean;
  /** Older messages are being fetched. */
  readonly loading: boolean;
}

const viewOf = (peer: string, timeline: Timeline, typing: boolean, loading: boolean): ConversationView => ({
  peer,
  entries: entriesOf(timeline),
  unread: unreadOf(timeline),
  typing,
  complete: timeline.complete,
  loading,
});

export class Conversation {
  readonly peer: string;
  readonly #clock: Clock;
  readonly #published: () => void;
  readonly #view: Cell<ConversationView>;
  #timeline = emptyTimeline;
  #typing = false;
  #loading = false;
  #dirty = false;

  /** `published` is called after a view has changed. */
  constructor(peer: string, clock: Clock, published: () => void) {
    this.peer = peer;
    this.#clock = clock;
    this.#published = published;
    this.#view = new Cell(viewOf(peer, emptyTimeline, false, false));
  }

  get view(): Readable<ConversationView> {
    return this.#view;
  }

  /** The present state, also what views have not seen yet. */
  get timeline(): Timeline {
    return this.#timeline;
  }

  get loading(): boolean {
    return this.#loading;
  }

  change(change: (timeline: Timeline) => Timeline): void {
    const next = change(this.#timeline);
    if (next === this.#timeline) return;
    this.#timeline = next;
    this.#changed();
  }

  setTyping(typing: boolean): void {
    if (typing === this.#typing) return;
    this.#typing = typing;
    this.#changed();
  }

  setLoading(loading: boolean): void {
    if (loading === this.#loading) return;
    this.#loading = loading;
    this.#changed();
  }

  #changed(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.#clock.soon(() => {
      this.#dirty = false;
      this.#view.set(viewOf(this.peer, this.#timeline, this.#typing, this.#loading));
      this.#published();
    });
  }
}

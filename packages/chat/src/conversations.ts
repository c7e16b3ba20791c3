// All conversations of an account, and the list of them: the one that spoke last first.
import type { Clock } from '@parlance/base/clock';
import { Cell, type Readable } from './cell.ts';
import { Conversation, type ConversationView } from './conversation.ts';

/** Conversations that strangers can make us keep; the account's own are few. */
const conversationLimit = 2_000;

const spokeAt = ({ entries }: ConversationView): number => entries.at(-1)?.at ?? 0;

export class Conversations {
  readonly #clock: Clock;
  readonly #all = new Map<string, Conversation>();
  readonly #list = new Cell<readonly ConversationView[]>([]);
  #dirty = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Those in which something was said, the latest first. */
  get list(): Readable<readonly ConversationView[]> {
    return this.#list;
  }

  all(): readonly Conversation[] {
    return [...this.#all.values()];
  }

  /** The conversation with a bare address, begun if need be. */
  with(peer: string): Conversation {
    const known = this.#all.get(peer);
    if (known !== undefined) return known;
    const conversation = new Conversation(peer, this.#clock, () => this.#changed());
    this.#all.set(peer, conversation);
    return conversation;
  }

  /** The conversation if it was begun. */
  known(peer: string): Conversation | undefined {
    return this.#all.get(peer);
  }

  /** As `with`, for what somebody sends unasked; undefined when there are too many. */
  forIncoming(peer: string): Conversation | undefined {
    return this.#all.has(peer) || this.#all.size < conversationLimit ? this.with(peer) : undefined;
  }

  #changed(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.#clock.soon(() => {
      this.#dirty = false;
      const views = this.all().map(({ view }) => view.snapshot());
      this.#list.set(
        views.filter(({ entries }) => entries.length > 0).toSorted((one, other) => spokeAt(other) - spokeAt(one)),
      );
    });
  }
}

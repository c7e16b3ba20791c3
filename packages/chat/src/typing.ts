// Who is typing: theirs with a time-out, ours with as few words as possible (XEP-0085 §5).
import type { Clock, Timer } from '@parlance/base/clock';
import type { ChatState } from '@parlance/xmpp/wire/xep-0085.chatstates';

/** Milliseconds after which somebody who said nothing more is no longer typing: their client may be gone. */
export const typingPatience = 30_000;

/** Milliseconds without a keystroke after which we have paused. */
export const pauseAfter = 5_000;

/** Conversations in which typing is followed. */
const followed = 100;

/** The others: calls `changed` when somebody begins or ends typing. */
export class TheirTyping {
  readonly #clock: Clock;
  readonly #changed: (peer: string) => void;
  readonly #timers = new Map<string, Timer>();

  constructor(clock: Clock, changed: (peer: string) => void) {
    this.#clock = clock;
    this.#changed = changed;
  }

  isTyping(peer: string): boolean {
    return this.#timers.has(peer);
  }

  heard(peer: string, state: ChatState): void {
    if (state !== 'composing') return void this.ended(peer);
    const before = this.#timers.get(peer);
    before?.cancel();
    if (before === undefined && this.#timers.size >= followed) return;
    this.#timers.set(
      peer,
      this.#clock.after(typingPatience, () => this.ended(peer)),
    );
    if (before === undefined) this.#changed(peer);
  }

  /** A message came, or a state that ends it. */
  ended(peer: string): void {
    this.#timers.get(peer)?.cancel();
    if (this.#timers.delete(peer)) this.#changed(peer);
  }
}

/** Ourselves in one conversation: says `composing` once, `paused` after a while, `active` when the text is gone. */
export class OurTyping {
  readonly #clock: Clock;
  readonly #say: (state: ChatState) => void;
  #timer: Timer | undefined;

  constructor(clock: Clock, say: (state: ChatState) => void) {
    this.#clock = clock;
    this.#say = say;
  }

  /** The text in the composer has changed. */
  changed(text: string): void {
    if (text === '') return void this.#end('active');
    if (this.#timer === undefined) this.#say('composing');
    this.#timer?.cancel();
    this.#timer = this.#clock.after(pauseAfter, () => this.#end('paused'));
  }

  /** The text was sent; the message itself says that we are active. */
  sent(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #end(state: ChatState): void {
    if (this.#timer === undefined) return;
    this.sent();
    this.#say(state);
  }
}

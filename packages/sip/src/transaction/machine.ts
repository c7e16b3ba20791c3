// What the four machines of RFC 3261 §17 have in common: a figure that says what happens, and at most two timers at a time.
import type { Clock, Timer } from '@parlance/base/clock';
import {
  type Ending,
  lengthOf,
  type Pace,
  type Repeating,
  type TimerName,
  type Timers,
  type Trying,
} from './timers.ts';

/** An arrow of a figure: the event is its key, under it what is done and where it leads. */
export interface Arrow<State, Action> {
  /** The same state when there is none. */
  readonly to?: State;
  readonly acts: readonly Action[];
}

/** A box of a figure. Its timers start as it is entered, unless the box before had the same; all others stop. */
export interface Box<State, Cause extends string, Action> {
  readonly repeats?: { readonly timer: Repeating | Trying; readonly pace: Pace };
  readonly ends?: Ending;
  /** What is not here happens without effect. */
  readonly on: Readonly<Partial<Record<Cause | TimerName, Arrow<State, Action>>>>;
}

export type Figure<State extends string, Cause extends string, Action> = Readonly<
  Record<State, Box<State, Cause, Action>>
>;

export const stay = <const Action>(...acts: readonly Action[]): Arrow<never, Action> => ({ acts });
export const go = <const State, const Action>(to: State, ...acts: readonly Action[]): Arrow<State, Action> => ({
  to,
  acts,
});

/** How time passes for all transactions of one layer. */
export interface Pulse {
  readonly clock: Clock;
  readonly timers: Timers;
}

/** Walks through one figure. The state changes before anything is done, so that what is done may cause further events. */
export abstract class Machine<State extends string, Cause extends string, Action, Subject> {
  readonly #figure: Figure<State, Cause, Action>;
  readonly #pulse: Pulse;
  readonly #reliable: boolean;
  #state: State;
  #repeating: Timer | undefined;
  #ending: Timer | undefined;

  protected constructor(figure: Figure<State, Cause, Action>, state: State, pulse: Pulse, reliable: boolean) {
    this.#figure = figure;
    this.#pulse = pulse;
    this.#reliable = reliable;
    this.#state = state;
    this.#setRepeating();
    this.#setEnding();
  }

  get state(): State {
    return this.#state;
  }

  /** Does what an arrow says. */
  protected abstract act(action: Action, subject: Subject | undefined): void;

  /** Called as `terminated` is entered. */
  protected abstract over(): void;

  /** Whether an event has an effect now. */
  protected hears(event: Cause): boolean {
    return this.#box.on[event] !== undefined;
  }

  protected fire(event: Cause | TimerName, subject?: Subject): void {
    const arrow = this.#box.on[event];
    if (arrow === undefined) return;
    const entered = arrow.to !== undefined && arrow.to !== this.#state;
    if (entered) this.#enter(arrow.to);
    for (const action of arrow.acts) this.act(action, subject);
    if (entered && this.#state === arrow.to) this.#endAtOnce();
  }

  /** An event in a turn of its own: nobody who called is in the middle of something then. */
  protected fireSoon(event: Cause): void {
    this.#pulse.clock.soon(() => this.fire(event));
  }

  /** Begins the wait for the state's end anew. */
  protected renew(): void {
    this.#setEnding();
  }

  get #box(): Box<State, Cause, Action> {
    return this.#figure[this.#state];
  }

  #enter(state: State): void {
    const before = this.#box;
    this.#state = state;
    if (before.repeats?.timer !== this.#box.repeats?.timer) this.#setRepeating();
    if (before.ends !== this.#box.ends) this.#setEnding();
    if (state === 'terminated') this.over();
  }

  #setRepeating(): void {
    this.#repeating?.cancel();
    this.#repeating = undefined;
    const { repeats } = this.#box;
    if (repeats !== undefined) this.#repeat(this.#length(repeats.timer));
  }

  #repeat(ms: number): void {
    if (ms === Number.POSITIVE_INFINITY) return;
    this.#repeating = this.#pulse.clock.after(ms, () => {
      const { repeats } = this.#box;
      this.#repeating = undefined;
      if (repeats === undefined) return;
      this.#repeat(repeats.pace(ms, this.#pulse.timers));
      this.fire(repeats.timer);
    });
  }

  #setEnding(): void {
    this.#ending?.cancel();
    this.#ending = undefined;
    const { ends } = this.#box;
    const ms = ends === undefined ? 0 : this.#length(ends);
    if (ends !== undefined && ms > 0) this.#ending = this.#pulse.clock.after(ms, () => this.fire(ends));
  }

  /** A timer of zero seconds. */
  #endAtOnce(): void {
    const { ends } = this.#box;
    if (ends !== undefined && this.#length(ends) === 0) this.fire(ends);
  }

  #length(timer: TimerName): number {
    return lengthOf(timer, this.#pulse.timers, this.#reliable);
  }
}

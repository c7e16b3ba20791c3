// How long archives keep, and how much: the oldest entries go, a few at a time, so that nobody waits (ADR 0002; XEP-0313 §9).
import type { Clock, Timer } from '@parlance/base/clock';
import type { Log } from '@parlance/base/log';
import type { Account } from './account.ts';
import type { CommitLoop } from './commit-loop.ts';
import { type AccountId, domainOf, type Sequence } from './ids.ts';
import type { AgedEntry, Keeper, RetentionStore, Write } from './store.ts';

/** What an archived entry is counted as, in bytes, beside its payload. */
export const entryBytes = 256;

export interface RetentionRules {
  /** Milliseconds for which the archives of a domain keep; undefined: for ever. */
  readonly keep: (domain: string) => number | undefined;
  /** Bytes that one archive may hold; undefined: as many as there are. */
  readonly bytes: number | undefined;
  /** Milliseconds for which nothing goes for want of room: a stream that may be resumed still points at it. */
  readonly young: number;
}

/** What was done, for people. */
export interface RetentionReport {
  /** Milliseconds since 1970 at which all archives had been gone through. */
  readonly time: number;
  /** Entries that have left archives since the start. */
  readonly left: number;
}

export interface RetentionParts {
  readonly store: RetentionStore;
  readonly commits: CommitLoop;
  readonly clock: Clock;
  readonly log: Log;
  readonly rules: RetentionRules;
}

/** Milliseconds from one round to the next, from the start to the first, and from an archive's growth to a look at it. */
const [interval, delay, soon] = [3_600_000, 1_000, 5_000];

/** Entries of one commit, and the milliseconds until the next one. */
const [batch, pause] = [200, 50];

/** Entries counted by one query; accounts read by one query. */
const [countable, page] = [1_000, 100];

/** Accounts that wait for a look at most; the next round finds the others. */
const mostGrown = 10_000;

const prefix = (entries: readonly AgedEntry[], leaves: (entry: AgedEntry) => boolean): readonly AgedEntry[] => {
  const end = entries.findIndex((entry) => !leaves(entry));
  return end === -1 ? entries : entries.slice(0, end);
};

/**
 * Goes through all archives, one after another: at start, then every hour, and through those that grow much in between. It
 * costs the message path nothing: what is new is counted afterwards, from the place that was counted last.
 */
export class Retention {
  readonly #parts: RetentionParts;
  #rules: RetentionRules;
  readonly #grown = new Set<AccountId>();
  /** Counts that go with the next commit. */
  #counts: Write[] = [];
  #round: Timer | undefined;
  #look: Timer | undefined;
  #work: Promise<void> = Promise.resolve();
  #stopped = false;
  #resume: () => void = () => undefined;
  #time: number | undefined;
  #left = 0;

  constructor(parts: RetentionParts) {
    this.#parts = parts;
    this.#rules = parts.rules;
  }

  /** Undefined until all archives have been gone through once. */
  get report(): RetentionReport | undefined {
    return this.#time === undefined ? undefined : { time: this.#time, left: this.#left };
  }

  start(): void {
    this.#schedule(delay);
  }

  /** Other rules from now on. */
  follow(rules: RetentionRules): void {
    this.#rules = rules;
    this.#schedule(delay);
  }

  /** An archive has grown by much: it is looked at before the next round. */
  grown({ id }: Account): void {
    if (this.#rules.bytes === undefined || this.#stopped || this.#grown.size >= mostGrown) return;
    this.#grown.add(id);
    this.#look ??= this.#parts.clock.after(soon, () => {
      this.#look = undefined;
      this.#then(() => this.#lookAtGrown());
    });
  }

  /** Begins nothing any more; resolves when what runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#round?.cancel();
    this.#look?.cancel();
    this.#resume();
    await this.#work;
  }

  #schedule(ms: number): void {
    if (this.#stopped) return;
    this.#round?.cancel();
    this.#round = this.#parts.clock.after(ms, () => this.#then(() => this.#goRound()));
  }

  #then(work: () => Promise<void>): void {
    const failed = (error: unknown): void => this.#parts.log.error('archives could not be gone through', { error });
    this.#work = this.#work.then(work).catch(failed);
  }

  async #goRound(): Promise<void> {
    const { store, clock } = this.#parts;
    let after = -1 as AccountId;
    for (let more = true; more && !this.#stopped; ) {
      const keepers = await store.keepers(after, page);
      for (const keeper of keepers) await this.#tidy(keeper);
      this.#noteCounts();
      after = keepers.at(-1)?.id ?? after;
      more = keepers.length === page;
    }
    if (!this.#stopped) this.#time = clock.now();
    this.#schedule(interval);
  }

  async #lookAtGrown(): Promise<void> {
    const accounts = [...this.#grown];
    this.#grown.clear();
    for (const id of accounts) {
      const keeper = await this.#parts.store.keeper(id);
      if (keeper !== undefined) await this.#tidy(keeper);
    }
    this.#noteCounts();
  }

  /** What is too old goes first, then what is too much. */
  async #tidy(keeper: Keeper): Promise<void> {
    if (this.#stopped) return;
    const { store, clock } = this.#parts;
    const { bytes, young } = this.#rules;
    const keep = this.#rules.keep(domainOf(keeper.address));
    const now = clock.now();
    const aged = keep === undefined ? undefined : await this.#drop(keeper.id, ({ time }) => time < now - keep, true);
    const known = aged === undefined ? keeper : await store.keeper(keeper.id);
    if (known === undefined) return;
    let excess = bytes === undefined ? 0 : (await this.#measure(known)) - bytes;
    const surplus = ({ time, pending, ...entry }: AgedEntry): boolean => {
      if (excess <= 0 || time > now - young) return false;
      if (!pending) excess -= entry.bytes;
      return true;
    };
    const dropped = excess > 0 ? await this.#drop(keeper.id, surplus, false) : undefined;
    const end = dropped ?? aged;
    if (end !== undefined) await this.#forget(keeper.id, end);
  }

  /** How many bytes an archive holds, with what has come since it was counted last. */
  async #measure({ id, size }: Keeper): Promise<number> {
    const { store } = this.#parts;
    let { counted, bytes } = size;
    for (;;) {
      const measured = await store.measure(id, counted, countable);
      if (measured === undefined) return bytes;
      this.#counts.push(store.grow(id, measured));
      bytes += measured.bytes;
      counted = measured.counted;
    }
  }

  #noteCounts(): void {
    if (this.#counts.length > 0) this.#parts.commits.write(...this.#counts);
    this.#counts = [];
  }

  /** Lets the oldest entries go as long as they are such; the place of the last of them, undefined when there was none. */
  async #drop(
    account: AccountId,
    leaves: (entry: AgedEntry) => boolean,
    waiting: boolean,
  ): Promise<Sequence | undefined> {
    const { store, commits } = this.#parts;
    let end: Sequence | undefined;
    for (let limit = 1; !this.#stopped; limit = batch) {
      const entries = await store.oldest(account, end ?? (-1 as Sequence), limit);
      const part = prefix(entries, leaves);
      const [first, last] = [part[0], part.at(-1)];
      if (first === undefined || last === undefined) break;
      this.#noteCounts();
      commits.write(...store.release(account, first.sequence, last.sequence, waiting));
      // No space: the next round tries again.
      if (!(await this.#flushed())) break;
      this.#left += part.filter(({ pending }) => waiting || !pending).length;
      end = last.sequence;
      if (part.length < limit) break;
      await this.#rest();
    }
    return end;
  }

  /** What the index of conversations says of the part that is gone, up to the oldest entry that is left. */
  async #forget(account: AccountId, end: Sequence): Promise<void> {
    const { store, commits } = this.#parts;
    const [oldest] = await store.oldest(account, -1 as Sequence, 1);
    commits.write(store.forgetConversations(account, oldest?.sequence ?? end));
    await this.#flushed();
  }

  #flushed(): Promise<boolean> {
    return this.#parts.commits.flushed().then(
      () => true,
      () => false,
    );
  }

  #rest(): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#parts.clock.after(pause, resolve);
      this.#resume = () => {
        timer.cancel();
        resolve();
      };
    });
  }
}

// Moving through a list by keys: arrows, pages, ends, and the first letters of what is looked for.

export interface ListTitle {
  readonly kind: 'title';
  readonly key: string;
  readonly text: string;
}

export interface ListOption {
  readonly kind: 'option';
  readonly key: string;
  /** What letters find. */
  readonly text: string;
  /** Among the options, from 0. */
  readonly position: number;
}

export type ListRow = ListTitle | ListOption;

/** Options that Page Up and Page Down pass. */
const page = 8;

const steps: Readonly<Record<string, number>> = {
  ArrowUp: -1,
  ArrowDown: 1,
  PageUp: -page,
  PageDown: page,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

/** Where a key leads from a position among `count` options; undefined for a key that leads nowhere. */
export const moved = (key: string, position: number, count: number): number | undefined => {
  const step = steps[key];
  return step === undefined || count === 0 ? undefined : Math.min(count - 1, Math.max(0, position + step));
};

/** Milliseconds after which a letter begins a new word. */
const pause = 800;

export class TypeAhead {
  #text = '';
  #at = Number.NEGATIVE_INFINITY;

  /** The option that a key typed at `at` milliseconds leads to; from the next one on when it begins a word. */
  find(options: readonly ListOption[], position: number, key: string, at: number): ListOption | undefined {
    const begins = at - this.#at > pause;
    // A space within a word belongs to it; alone it is no letter to look for.
    if (Array.from(key).length !== 1 || (key === ' ' && begins)) return undefined;
    this.#text = (begins ? '' : this.#text) + key.toLocaleLowerCase();
    this.#at = at;
    const from = begins ? position + 1 : Math.max(0, position);
    const isMeant = ({ text }: ListOption): boolean => text.toLocaleLowerCase().startsWith(this.#text);
    return options.slice(from).find(isMeant) ?? options.slice(0, from).find(isMeant);
  }
}

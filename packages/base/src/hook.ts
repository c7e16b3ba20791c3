// Hook points: named, typed objects on which extensions register synchronous functions in ordered bands.

/** Order in which hooks run; within a band, the order of registration. */
export type Band = 'first' | 'check' | 'change' | 'act' | 'last';

const bands: readonly Band[] = ['first', 'check', 'change', 'act', 'last'];

interface Entry<Subject> {
  readonly band: number;
  readonly run: (subject: Subject) => unknown;
}

/**
 * A point in the flow where extensions may look at or act on a subject.
 * Hooks are synchronous. `run` stops at the first hook that answers anything but `undefined` and returns that answer.
 */
export class HookPoint<Subject, Answer = never> {
  readonly name: string;
  #entries: readonly Entry<Subject>[] = [];

  constructor(name: string) {
    this.name = name;
  }

  /** Registers a hook; the returned function takes it off again. */
  on(band: Band, run: (subject: Subject) => Answer | undefined): () => void {
    const entry: Entry<Subject> = { band: bands.indexOf(band), run };
    this.#entries = [...this.#entries, entry].sort((a, b) => a.band - b.band);
    return () => {
      this.#entries = this.#entries.filter((e) => e !== entry);
    };
  }

  run(subject: Subject): Answer | undefined {
    for (const entry of this.#entries) {
      const answer = entry.run(subject) as Answer | undefined;
      if (answer !== undefined) return answer;
    }
    return undefined;
  }
}

// One line of `parlance check`: what was looked at, and whether it will do.

export interface Finding {
  /** `bad`: the server would not start, or clients would refuse it. */
  readonly mark: 'ok' | 'note' | 'bad';
  readonly text: string;
}

export const ok = (text: string): Finding => ({ mark: 'ok', text });
export const note = (text: string): Finding => ({ mark: 'note', text });
export const bad = (text: string): Finding => ({ mark: 'bad', text });

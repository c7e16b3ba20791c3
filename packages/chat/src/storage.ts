// The port of storage: a few named texts of one account on this device, as a browser keeps them.

export interface TextStorage {
  /** The text kept under this name; undefined when there is none. */
  load(name: string): string | undefined;
  /** Keeps the text; undefined removes it. What cannot be kept (no room, not allowed) is dropped without a word. */
  save(name: string, text: string | undefined): void;
  /** The names of all texts that are kept, in no order. */
  names(): readonly string[];
}

/** The pages that may be open on one account at the same time, and share what the device keeps. */
export interface Pages {
  /** This page: another name after every reload. */
  readonly own: string;
  /** Resolves once a page lives no more; at once when it is gone already. */
  gone(page: string): Promise<void>;
}

/** The JSON kept under a name; undefined when there is none or it is none. */
export const loadJson = (storage: TextStorage, name: string): unknown => {
  try {
    return JSON.parse(storage.load(name) ?? 'null') ?? undefined;
  } catch {
    return undefined;
  }
};

// The storage of a device, in memory, for tests.
import type { TextStorage } from '../storage.ts';

export const memoryStorage = (): TextStorage => {
  const texts = new Map<string, string>();
  return {
    load: (name) => texts.get(name),
    save: (name, text) => void (text === undefined ? texts.delete(name) : texts.set(name, text)),
    names: () => [...texts.keys()],
  };
};

// What is kept on this device: a few texts in localStorage, each account's under its own prefix.
import type { TextStorage } from '@parlance/chat/storage';

/** Private windows and full disks refuse: what cannot be kept is dropped. */
const quietly = <T>(work: () => T): T | undefined => {
  try {
    return work();
  } catch {
    return undefined;
  }
};

/** The texts under a prefix in a store of the browser. */
const storageIn = (store: () => Storage, prefix: string): TextStorage => ({
  names: () =>
    (quietly(() => Object.keys(store())) ?? [])
      .filter((key) => key.startsWith(prefix))
      .map((key) => key.slice(prefix.length)),
  load: (name) => quietly(() => store().getItem(`${prefix}${name}`)) ?? undefined,
  save: (name, text) => {
    quietly(() => {
      if (text === undefined) store().removeItem(`${prefix}${name}`);
      else store().setItem(`${prefix}${name}`, text);
    });
  },
});

/** Of one account. */
export const accountStorage = (address: string): TextStorage => storageIn(() => localStorage, `parlance:${address}:`);

/** Of this device, whoever uses it: language and appearance. */
export const deviceStorage: TextStorage = storageIn(() => localStorage, 'parlance:');

/** Of this tab: gone when it is closed. */
export const tabStorage: TextStorage = storageIn(() => sessionStorage, 'parlance:');

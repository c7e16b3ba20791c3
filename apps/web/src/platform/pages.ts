// The pages of this browser that are open on the server's address: each holds a lock for as long as it lives (Web Locks API).
import type { Pages } from '@parlance/chat/storage';
import { systemPlatform } from '@parlance/xmpp-client/platform';
import { answeringPages } from './answering-pages.ts';

const lockOf = (page: string): string => `parlance:page:${page}`;

const forLife = new Promise<void>(() => undefined);

const lockedPages = (own: string, locks: LockManager): Pages => {
  void locks.request(lockOf(own), () => forLife);
  return {
    own,
    gone: async (page) => {
      await locks.request(lockOf(page), () => undefined);
    },
  };
};

/** This page, from now on. */
export const openPage = (): Pages => {
  const own = systemPlatform.random.token(96);
  // Off a secure path browsers have no locks.
  const { locks } = navigator as Partial<Navigator>;
  return locks === undefined
    ? answeringPages(own, new BroadcastChannel('parlance:pages'), systemPlatform)
    : lockedPages(own, locks);
};
